"""API operations, their parameters and the IAM actions that they need."""

import botocore
import pytest

from asr_templates.aws_reference import aliases, iam, operations
from asr_templates.aws_reference.operations import iam_actions
from asr_templates.aws_reference.services import (
    UnknownServiceError,
    iam_prefix,
    model,
    service_of_sdk_integration,
    ssm_service_name,
)

# What the remediations and the orchestrator call.
SERVICES = (
    "acm",
    "apigateway",
    "apigatewayv2",
    "application-autoscaling",
    "athena",
    "autoscaling",
    "cloudformation",
    "cloudfront",
    "cloudtrail",
    "cloudwatch",
    "codebuild",
    "config",
    "dynamodb",
    "ec2",
    "ecr",
    "ecs",
    "elasticache",
    "elbv2",
    "events",
    "guardduty",
    "iam",
    "kms",
    "lambda",
    "logs",
    "macie2",
    "organizations",
    "rds",
    "redshift",
    "resourcegroupstaggingapi",
    "s3",
    "s3control",
    "secretsmanager",
    "securityhub",
    "sns",
    "sqs",
    "ssm",
    "stepfunctions",
    "sts",
)

# Operations of botocore 1.44.5 that were released after cfn-lint 1.58's list of actions was made: none is older.
CHECKED_WITH = "1.44.5"
NEWER_THAN_THE_LIST = {
    "athena": 5,
    "cloudformation": 2,
    "cloudfront": 1,
    "cloudtrail": 1,
    "cloudwatch": 7,
    "dynamodb": 4,
    "ec2": 28,
    "ecr": 5,
    "elasticache": 2,
    "guardduty": 1,
    "iam": 2,
    "kms": 2,
    "lambda": 3,
    "logs": 1,
    "rds": 5,
    "secretsmanager": 3,
    "securityhub": 4,
    "ssm": 2,
}


@pytest.mark.parametrize("service", SERVICES)
def test_operations_need_existing_actions(service: str) -> None:
    """Only operations newer than the list may lead to an action outside it; other botocores have a margin."""
    names = operations.operation_names(service)
    unknown = [name for name in names if not all(map(iam.is_action, iam_actions(service, name)))]
    margin = 0 if botocore.__version__ == CHECKED_WITH else len(names) // 10

    assert NEWER_THAN_THE_LIST.get(service, 0) + margin >= len(unknown), unknown


@pytest.mark.parametrize(
    ("service", "operation", "expected"),
    [
        ("ec2", "RevokeSecurityGroupIngress", ("ec2:RevokeSecurityGroupIngress",)),
        ("ec2", "describe_vpcs", ("ec2:DescribeVpcs",)),
        ("s3", "PutBucketEncryption", ("s3:PutEncryptionConfiguration",)),
        ("s3", "put_public_access_block", ("s3:PutBucketPublicAccessBlock",)),
        ("s3", "HeadBucket", ("s3:ListBucket",)),
        ("s3", "GetBucketLifecycleConfiguration", ("s3:GetLifecycleConfiguration",)),
        ("s3control", "PutPublicAccessBlock", ("s3:PutAccountPublicAccessBlock",)),
        ("apigateway", "UpdateStage", ("apigateway:PATCH",)),
        ("apigatewayv2", "GetStage", ("apigateway:GET",)),
        ("lambda", "Invoke", ("lambda:InvokeFunction",)),
        ("elbv2", "CreateListener", ("elasticloadbalancing:CreateListener",)),
        ("cloudwatch", "PutMetricAlarm", ("cloudwatch:PutMetricAlarm",)),
        ("stepfunctions", "StartExecution", ("states:StartExecution",)),
        ("securityhub", "BatchUpdateFindingsV2", ("securityhub:BatchUpdateFindings",)),
        ("resourcegroupstaggingapi", "GetResources", ("tag:GetResources",)),
        ("sqs", "SendMessageBatch", ("sqs:SendMessage",)),
        ("kms", "ReEncrypt", ("kms:ReEncryptFrom", "kms:ReEncryptTo")),
        ("sts", "GetCallerIdentity", ()),
    ],
)
def test_operation_needs_the_action_that_iam_has_for_it(
    service: str, operation: str, expected: tuple[str, ...]
) -> None:
    assert expected == iam_actions(service, operation)


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "expected"),
    [
        (
            "dynamodb",
            "TransactWriteItems",
            {"TransactItems": [{"Put": {}}, {"ConditionCheck": {}}, {"Put": {}}]},
            ("dynamodb:ConditionCheckItem", "dynamodb:PutItem"),
        ),
        ("dynamodb", "ExecuteStatement", {"Statement": "select * from x"}, ("dynamodb:PartiQLSelect",)),
        ("cloudwatch", "PutMetricAlarm", {"Tags": []}, ("cloudwatch:PutMetricAlarm", "cloudwatch:TagResource")),
        ("ec2", "CreateFlowLogs", {"TagSpecifications": [{}]}, ("ec2:CreateFlowLogs", "ec2:CreateTags")),
        ("iam", "CreateInstanceProfile", {"Tags": []}, ("iam:CreateInstanceProfile", "iam:TagInstanceProfile")),
        ("s3", "GetObject", {"VersionId": "1"}, ("s3:GetObjectVersion",)),
        ("s3", "PutObject", {"ACL": "private"}, ("s3:PutObject", "s3:PutObjectAcl")),
        ("sns", "CreateTopic", {"Name": "x", "Tags": []}, ("sns:CreateTopic", "sns:TagResource")),
        ("sns", "CreateTopic", {"Name": "x"}, ("sns:CreateTopic",)),
    ],
)
def test_parameters_decide_which_actions_a_call_needs(
    service: str, operation: str, parameters: dict[str, object], expected: tuple[str, ...]
) -> None:
    assert expected == iam_actions(service, operation, parameters)


def test_without_parameters_a_transaction_may_need_every_action_of_its_kind() -> None:
    assert iam_actions("dynamodb", "TransactWriteItems") == (
        "dynamodb:ConditionCheckItem",
        "dynamodb:DeleteItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
    )


def test_tables_name_existing_operations_parameters_and_actions() -> None:
    aliased = [(service, name) for service, names in aliases.ALIASES.items() for name in names]
    free = [(service, name) for service, names in aliases.WITHOUT_PERMISSION.items() for name in names]
    added = [
        key
        for key, action in operations.ADDED_BY_PARAMETER.items()
        if key[2] not in operations.parameter_names(key[0], key[1]) or not iam.is_action(action)
    ]

    assert [
        entry for entry in (*aliased, *free, *operations.BY_PARAMETERS) if not operations.is_operation(*entry)
    ] == []
    assert added == []


def test_alias_is_needed_only_where_no_action_has_the_operations_name() -> None:
    """S3 Control shares S3's prefix: its actions for buckets on Outposts have a prefix of their own."""
    needless = [
        (service, name)
        for service, names in aliases.ALIASES.items()
        for name in names
        if service != "s3control" and iam.is_action(f"{iam_prefix(service)}:{name}")
    ]

    assert needless == []


def test_operation_has_two_names() -> None:
    assert operations.operation_name("ec2", "describe_vpcs") == "DescribeVpcs"
    assert operations.operation_name("ec2", "DescribeVpcs") == "DescribeVpcs"
    assert operations.method_name("rds", "DescribeDBInstances") == "describe_db_instances"
    assert operations.is_operation("rds", "describe_db_instances")
    assert not operations.is_operation("rds", "describe_instances")
    assert not operations.is_operation("nothing", "describe_instances")


def test_misspelt_operation_is_reported_with_the_nearest_one() -> None:
    with pytest.raises(operations.UnknownOperationError) as raised:
        operations.operation_name("ec2", "describe_vpc")

    assert str(raised.value) == "ec2 has no operation describe_vpc; did you mean describe_vpcs?"


def test_parameters_are_compared_with_the_operations() -> None:
    assert operations.unknown_parameters("sns", "Publish", ["TopicArn", "Text"]) == ("Text",)
    assert operations.missing_parameters("sns", "publish", ["TopicArn"]) == ("Message",)
    assert operations.missing_parameters("sts", "GetCallerIdentity", []) == ()


def test_path_leads_through_structures_lists_and_maps() -> None:
    output = operations.output_shape("ec2", "DescribeVpcs")
    attributes = operations.output_shape("sqs", "GetQueueAttributes")

    cidr = operations.shape_at(output, ["Vpcs", 0, "CidrBlock"])
    policy = operations.shape_at(attributes, ["Attributes", "Policy"])

    assert cidr is not None
    assert cidr.type_name == "string"
    assert policy is not None
    assert policy.type_name == "string"
    assert operations.shape_at(output, ["Vpcs", "CidrBlock"]) is None
    assert operations.shape_at(output, ["Vpcs", "*", "Nothing"]) is None


def test_service_has_a_name_for_each_place() -> None:
    assert iam_prefix("stepfunctions") == "states"
    assert ssm_service_name("ec2") == "ec2"
    assert ssm_service_name("states") == "stepfunctions"
    assert service_of_sdk_integration("sfn") == "stepfunctions"
    assert service_of_sdk_integration("cloudwatchlogs") == "logs"
    assert service_of_sdk_integration("ssm") == "ssm"
    assert service_of_sdk_integration("dynamodb") == "dynamodb"


def test_misspelt_service_is_reported_with_the_nearest_one() -> None:
    with pytest.raises(UnknownServiceError) as raised:
        model("securtyhub")

    assert str(raised.value) == "unknown AWS service 'securtyhub'; did you mean 'securityhub'?"
