"""Which resources a call is checked for."""

from typing import Any

import pytest

from asr_templates.aws_reference.operations import iam_actions, operation_name
from asr_templates.simulator.aws.access.calls import ApiCall
from asr_templates.simulator.aws.access.resources import resources_of

ACCOUNT = "111111111111"
FINDINGS = "arn:aws:securityhub:eu-west-1::product/aws/securityhub"


def resources(service: str, operation: str, parameters: dict[str, Any], action: str | None = None) -> list[str] | None:
    """The first name of each resource of a call's action, by default its only one."""
    call = ApiCall(service, operation_name(service, operation), parameters, ACCOUNT, "eu-west-1")
    found = resources_of(call, action or iam_actions(service, operation, parameters)[0])
    return None if found is None else [names[0] for names in found]


def arn(service: str, resource: str, region: str = "eu-west-1", account: str = ACCOUNT) -> str:
    return f"arn:aws:{service}:{region}:{account}:{resource}"


CASES: list[tuple[str, str, dict[str, Any], list[str]]] = [
    (
        "apigateway",
        "UpdateStage",
        {"restApiId": "a", "stageName": "s"},
        ["arn:aws:apigateway:eu-west-1::/restapis/a/stages/s"],
    ),
    ("apigatewayv2", "GetStage", {"ApiId": "a", "StageName": "s"}, ["arn:aws:apigateway:eu-west-1::/apis/a/stages/s"]),
    (
        "application-autoscaling",
        "RegisterScalableTarget",
        {"ResourceId": "table/x"},
        [arn("application-autoscaling", "scalable-target/*")],
    ),
    ("athena", "UpdateWorkGroup", {"WorkGroup": "w"}, [arn("athena", "workgroup/w")]),
    (
        "autoscaling",
        "UpdateAutoScalingGroup",
        {"AutoScalingGroupName": "g"},
        [arn("autoscaling", "autoScalingGroup:*:autoScalingGroupName/g")],
    ),
    ("cloudformation", "UpdateStack", {"StackName": "s"}, [arn("cloudformation", "stack/s/*")]),
    ("cloudformation", "DescribeStacks", {}, [arn("cloudformation", "stack/*/*")]),
    ("cloudfront", "UpdateDistribution", {"Id": "d"}, [arn("cloudfront", "distribution/d", region="")]),
    ("cloudtrail", "UpdateTrail", {"Name": "t"}, [arn("cloudtrail", "trail/t")]),
    ("cloudwatch", "PutMetricAlarm", {"AlarmName": "a"}, [arn("cloudwatch", "alarm:a")]),
    ("cloudwatch", "DescribeAlarms", {"ActionPrefix": "arn"}, [arn("cloudwatch", "alarm:*")]),
    ("codebuild", "UpdateProject", {"name": "p"}, [arn("codebuild", "project/p")]),
    (
        "config",
        "PutConfigurationRecorder",
        {"ConfigurationRecorder": {"name": "r"}},
        [arn("config", "configuration-recorder/r")],
    ),
    ("dynamodb", "PutItem", {"TableName": "t"}, [arn("dynamodb", "table/t")]),
    ("dynamodb", "Query", {"TableName": "t", "IndexName": "i"}, [arn("dynamodb", "table/t/index/i")]),
    (
        "dynamodb",
        "BatchGetItem",
        {"RequestItems": {"t": {}, "u": {}}},
        [arn("dynamodb", "table/t"), arn("dynamodb", "table/u")],
    ),
    ("dynamodb", "TransactWriteItems", {"TransactItems": [{"Put": {"TableName": "t"}}]}, [arn("dynamodb", "table/t")]),
    ("dynamodb", "TagResource", {"ResourceArn": arn("dynamodb", "table/t")}, [arn("dynamodb", "table/t")]),
    ("ec2", "RevokeSecurityGroupIngress", {"GroupId": "sg-1"}, [arn("ec2", "security-group/sg-1")]),
    ("ec2", "DescribeSecurityGroups", {"GroupIds": ["sg-1"]}, ["*"]),
    ("ec2", "EnableEbsEncryptionByDefault", {}, ["*"]),
    (
        "ec2",
        "CreateSecurityGroup",
        {"GroupName": "g", "VpcId": "vpc-1"},
        [arn("ec2", "vpc/vpc-1"), arn("ec2", "security-group/*")],
    ),
    ("ec2", "CreateFlowLogs", {"ResourceIds": ["vpc-1"]}, [arn("ec2", "vpc/vpc-1"), arn("ec2", "vpc-flow-log/*")]),
    (
        "ec2",
        "CreateTags",
        {"Resources": ["sgr-1", "tgw-attach-1"]},
        [arn("ec2", "security-group-rule/sgr-1"), arn("ec2", "transit-gateway-attachment/tgw-attach-1")],
    ),
    ("ec2", "ModifySnapshotAttribute", {"SnapshotId": "snap-1"}, [arn("ec2", "snapshot/snap-1", account="")]),
    ("ecr", "PutImageScanningConfiguration", {"repositoryName": "r"}, [arn("ecr", "repository/r")]),
    ("ecs", "RegisterTaskDefinition", {"family": "f"}, [arn("ecs", "task-definition/f")]),
    (
        "elasticache",
        "ModifyReplicationGroup",
        {"ReplicationGroupId": "r", "SecurityGroupIds": ["sg-1"]},
        [arn("elasticache", "replicationgroup:r")],
    ),
    (
        "elbv2",
        "ModifyListener",
        {"ListenerArn": arn("elasticloadbalancing", "listener/app/a/1/2")},
        [arn("elasticloadbalancing", "listener/app/a/1/2")],
    ),
    (
        "events",
        "PutEvents",
        {"Entries": [{}, {"EventBusName": "b"}]},
        [arn("events", "event-bus/default"), arn("events", "event-bus/b")],
    ),
    ("events", "PutRule", {"Name": "r"}, [arn("events", "rule/r")]),
    ("events", "PutTargets", {"Rule": "r", "EventBusName": "b"}, [arn("events", "rule/b/r")]),
    ("guardduty", "UpdateDetector", {"DetectorId": "d"}, [arn("guardduty", "detector/d")]),
    ("iam", "UpdateAccountPasswordPolicy", {}, ["*"]),
    ("iam", "CreateRole", {"RoleName": "r", "Path": "/p/"}, [arn("iam", "role/p/r", region="")]),
    (
        "iam",
        "CreateServiceLinkedRole",
        {"AWSServiceName": "config.amazonaws.com"},
        [arn("iam", "role/aws-service-role/config.amazonaws.com/*", region="")],
    ),
    ("iam", "UpdateAccessKey", {"UserName": "u", "AccessKeyId": "A"}, [arn("iam", "user/u", region="")]),
    ("kms", "EnableKeyRotation", {"KeyId": "k"}, [arn("kms", "key/k")]),
    ("lambda", "Invoke", {"FunctionName": "f"}, [arn("lambda", "function:f")]),
    ("lambda", "Invoke", {"FunctionName": "f", "Qualifier": "1"}, [arn("lambda", "function:f:1")]),
    (
        "lambda",
        "GetPolicy",
        {"FunctionName": "222222222222:function:f"},
        [arn("lambda", "function:f", account="222222222222")],
    ),
    ("logs", "PutRetentionPolicy", {"logGroupName": "g"}, [arn("logs", "log-group:g")]),
    ("logs", "PutLogEvents", {"logGroupName": "g", "logStreamName": "s"}, [arn("logs", "log-group:g:log-stream:s")]),
    ("macie2", "EnableMacie", {}, ["*"]),
    ("rds", "ModifyDBInstance", {"DBInstanceIdentifier": "d"}, [arn("rds", "db:d")]),
    ("rds", "DescribeDBInstances", {}, [arn("rds", "db:*")]),
    ("redshift", "ModifyCluster", {"ClusterIdentifier": "c"}, [arn("redshift", "cluster:c")]),
    ("s3", "PutBucketEncryption", {"Bucket": "b"}, ["arn:aws:s3:::b"]),
    ("s3", "PutObject", {"Bucket": "b", "Key": "k/x"}, ["arn:aws:s3:::b/k/x"]),
    ("s3", "DeleteObjects", {"Bucket": "b", "Delete": {"Objects": [{"Key": "k"}]}}, ["arn:aws:s3:::b/k"]),
    ("s3", "ListBuckets", {}, ["*"]),
    ("s3control", "PutPublicAccessBlock", {"AccountId": ACCOUNT}, ["*"]),
    ("secretsmanager", "RotateSecret", {"SecretId": "s"}, [arn("secretsmanager", "secret:s-??????")]),
    ("securityhub", "BatchUpdateFindings", {"FindingIdentifiers": []}, [arn("securityhub", "hub/default")]),
    ("securityhub", "BatchImportFindings", {"Findings": [{"ProductArn": FINDINGS}]}, [FINDINGS]),
    ("sns", "Publish", {"TopicArn": arn("sns", "t")}, [arn("sns", "t")]),
    ("sns", "Unsubscribe", {"SubscriptionArn": arn("sns", "t:1")}, [arn("sns", "t")]),
    ("sns", "CreateTopic", {"Name": "t"}, [arn("sns", "t")]),
    (
        "sqs",
        "SendMessage",
        {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/222222222222/q"},
        [arn("sqs", "q", "us-east-1", "222222222222")],
    ),
    ("ssm", "GetParameter", {"Name": "/ASR/x"}, [arn("ssm", "parameter/ASR/x")]),
    ("ssm", "GetParametersByPath", {"Path": "/ASR"}, [arn("ssm", "parameter/ASR")]),
    ("ssm", "DescribeDocument", {"Name": "ASR-X"}, [arn("ssm", "document/ASR-X")]),
    ("ssm", "GetAutomationExecution", {"AutomationExecutionId": "1"}, [arn("ssm", "automation-execution/1")]),
    ("ssm", "UpdateServiceSetting", {"SettingId": "/ssm/documents/x"}, [arn("ssm", "servicesetting/ssm/documents/x")]),
    (
        "ssm",
        "StartAutomationExecution",
        {"DocumentName": "ASR-X"},
        [
            arn("ssm", "document/ASR-X"),
            arn("ssm", "automation-definition/ASR-X:$DEFAULT"),
            arn("ssm", "automation-execution/*"),
        ],
    ),
    (
        "stepfunctions",
        "StartExecution",
        {"stateMachineArn": arn("states", "stateMachine:m")},
        [arn("states", "stateMachine:m")],
    ),
    ("stepfunctions", "CreateStateMachine", {"name": "m"}, [arn("states", "stateMachine:m")]),
    ("sts", "AssumeRole", {"RoleArn": "arn:aws:iam::222222222222:role/r"}, ["arn:aws:iam::222222222222:role/r"]),
]


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "expected"),
    CASES,
    ids=[f"{case[0]}-{case[1]}-{n}" for n, case in enumerate(CASES)],
)
@pytest.mark.usefixtures("aws")
def test_call_touches_the_resources_that_it_names(
    service: str, operation: str, parameters: dict[str, Any], expected: list[str]
) -> None:
    assert expected == resources(service, operation, parameters)


def test_log_group_has_two_names() -> None:
    call = ApiCall("logs", "PutRetentionPolicy", {"logGroupName": "g"}, ACCOUNT, "eu-west-1")

    assert resources_of(call, "logs:PutRetentionPolicy") == (
        (arn("logs", "log-group:g"), arn("logs", "log-group:g:*")),
    )


def test_document_of_aws_belongs_to_no_account_and_may_be_named_with_the_callers() -> None:
    parameters = {"DocumentName": "AWS-TerminateEC2Instance", "DocumentVersion": "1"}
    call = ApiCall("ssm", "StartAutomationExecution", parameters, ACCOUNT, "cn-north-1", "aws-cn")

    document, definition, _ = resources_of(call, "ssm:StartAutomationExecution") or ()

    assert document[0] == "arn:aws-cn:ssm:cn-north-1::document/AWS-TerminateEC2Instance"
    assert tuple(definition) == (
        "arn:aws-cn:ssm:cn-north-1::automation-definition/AWS-TerminateEC2Instance:1",
        f"arn:aws-cn:ssm:cn-north-1:{ACCOUNT}:automation-definition/AWS-TerminateEC2Instance:1",
    )


def test_tags_on_creation_are_put_on_the_new_resource() -> None:
    parameters = {"VpcId": "vpc-1", "TagSpecifications": [{"ResourceType": "vpc-endpoint", "Tags": []}]}

    assert resources("ec2", "CreateVpcEndpoint", parameters, "ec2:CreateTags") == [arn("ec2", "vpc-endpoint/*")]


def test_tags_on_creation_are_not_put_on_what_the_request_names() -> None:
    parameters = {"ResourceIds": ["vpc-1"], "TagSpecifications": [{"ResourceType": "vpc-flow-log", "Tags": []}]}

    assert resources("ec2", "CreateFlowLogs", parameters, "ec2:CreateTags") == [arn("ec2", "vpc-flow-log/*")]


@pytest.mark.parametrize(
    ("operation", "parameters", "expected"),
    [
        ("AddTagsToResource", {"ResourceType": "Document", "ResourceId": "ASR-X"}, "document/ASR-X"),
        ("PutParameter", {"Name": "/ASR/x", "Tags": []}, "parameter/ASR/x"),
        ("StartAutomationExecution", {"DocumentName": "ASR-X", "Tags": []}, "automation-execution/*"),
    ],
)
def test_tags_of_systems_manager_are_put_on_what_is_tagged_or_made(
    operation: str, parameters: dict[str, Any], expected: str
) -> None:
    assert resources("ssm", operation, parameters, "ssm:AddTagsToResource") == [arn("ssm", expected)]


def test_command_needs_its_document_and_its_instances() -> None:
    parameters = {"DocumentName": "ASR-X", "InstanceIds": ["i-1"]}

    assert resources("ssm", "SendCommand", parameters) == [
        arn("ssm", "document/ASR-X"),
        arn("ec2", "instance/i-1"),
    ]


def test_copied_object_is_read_from_its_source() -> None:
    parameters = {"Bucket": "to", "Key": "k", "CopySource": "from/a/b"}

    assert resources("s3", "CopyObject", parameters, "s3:GetObject") == ["arn:aws:s3:::from/a/b"]
    assert resources("s3", "CopyObject", parameters, "s3:PutObject") == ["arn:aws:s3:::to/k"]


def test_request_that_names_nothing_is_about_unknown_resources() -> None:
    assert resources("guardduty", "UpdateDetector", {}) is None
    assert resources_of(ApiCall("ec2", "DescribeVpcs", {}, ACCOUNT, "eu-west-1"), "ec2:NoSuchAction") is None


def test_path_key_and_secret_are_completed_from_the_state_of_the_account(aws: Any) -> None:
    role_arn = aws.role("r", Path="/team/")
    key = aws.administrator("kms").create_key()["KeyMetadata"]
    aws.administrator("kms").create_alias(AliasName="alias/k", TargetKeyId=key["KeyId"])
    secret_arn = aws.administrator("secretsmanager").create_secret(Name="s", SecretString="x")["ARN"]
    aws.administrator("iam").create_user(UserName="u", Path="/people/")
    access_key = aws.administrator("iam").create_access_key(UserName="u")["AccessKey"]["AccessKeyId"]

    assert resources("iam", "GetRole", {"RoleName": "r"}) == [role_arn]
    assert resources("kms", "EnableKeyRotation", {"KeyId": "alias/k"}) == [key["Arn"]]
    assert resources("secretsmanager", "RotateSecret", {"SecretId": "s"}) == [secret_arn]
    assert resources("iam", "GetAccessKeyLastUsed", {"AccessKeyId": access_key}) == [
        arn("iam", "user/people/u", region="")
    ]


def test_association_of_an_instance_profile_is_that_of_its_instance(aws: Any) -> None:
    ec2, iam = aws.administrator("ec2"), aws.administrator("iam")
    image = ec2.register_image(Name="linux")["ImageId"]
    instance = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    iam.create_instance_profile(InstanceProfileName="p")
    made = ec2.associate_iam_instance_profile(InstanceId=instance, IamInstanceProfile={"Name": "p"})
    association = made["IamInstanceProfileAssociation"]["AssociationId"]

    found = resources("ec2", "DisassociateIamInstanceProfile", {"AssociationId": association})
    unknown = resources("ec2", "DisassociateIamInstanceProfile", {"AssociationId": "iip-assoc-0"})

    assert (found, unknown) == ([arn("ec2", f"instance/{instance}")], [arn("ec2", "instance/*")])
