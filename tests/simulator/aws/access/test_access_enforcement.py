"""Every client is checked before its call is sent."""

import json
from contextlib import suppress
from typing import Any

import boto3
import botocore.handlers
import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.access.calls import ApiCall
from asr_templates.simulator.aws.access.enforcement import Call
from asr_templates.simulator.aws.access.request_keys import request_keys
from asr_templates.simulator.aws.access.roles import role_policies
from asr_templates.simulator.aws.errors import NotSimulated

ACCOUNT = "111111111111"
OTHER = "222222222222"
REGION = "eu-west-1"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:topic"
FINDING = {"Id": "x", "ProductArn": f"arn:aws:securityhub:{REGION}::product/aws/securityhub"}


def error(call: Any, **parameters: Any) -> dict[str, Any]:
    """The error of a call that must fail."""
    with pytest.raises(ClientError) as raised:
        call(**parameters)
    return {**raised.value.response["Error"]}


def test_allowed_call_reaches_its_service_and_is_recorded(aws: Any) -> None:
    role = aws.role("Reader", aws.allow("ec2:DescribeVpcs"))

    vpcs = aws.session(role).client("ec2", region_name=REGION).describe_vpcs()["Vpcs"]

    assert len(vpcs) == 1
    assert aws.access.calls == [
        Call(role, "ec2", "DescribeVpcs", "ec2:DescribeVpcs", None, True, "allowed by policy"),
    ]


def test_refused_call_is_not_sent_and_is_recorded_with_its_reason(aws: Any) -> None:
    sns = aws.client("sns", aws.allow("sns:Publish"))

    reason = error(sns.create_topic, Name="topic")["Message"]

    assert aws.administrator("sns").list_topics()["Topics"] == []
    assert [(call.operation, call.resource, call.allowed, call.reason) for call in aws.access.denied] == [
        ("CreateTopic", TOPIC, False, reason)
    ]


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "code", "action"),
    [
        ("ec2", "create_vpc", {"CidrBlock": "10.0.0.0/16"}, "UnauthorizedOperation", "ec2:CreateVpc"),
        ("iam", "update_account_password_policy", {}, "AccessDenied", "iam:UpdateAccountPasswordPolicy"),
        ("rds", "modify_db_instance", {"DBInstanceIdentifier": "d"}, "AccessDenied", "rds:ModifyDBInstance"),
        (
            "s3control",
            "put_public_access_block",
            {"AccountId": ACCOUNT, "PublicAccessBlockConfiguration": {}},
            "AccessDenied",
            "s3:PutAccountPublicAccessBlock",
        ),
        ("ssm", "get_parameter", {"Name": "x"}, "AccessDeniedException", "ssm:GetParameter"),
        ("sns", "publish", {"TopicArn": TOPIC, "Message": "x"}, "AuthorizationError", "sns:Publish"),
        (
            "securityhub",
            "batch_update_findings",
            {"FindingIdentifiers": [FINDING]},
            "AccessDeniedException",
            "securityhub:BatchUpdateFindings",
        ),
    ],
)
def test_refusal_has_the_services_code_and_names_the_action(
    aws: Any, service: str, operation: str, parameters: dict[str, Any], code: str, action: str
) -> None:
    refusal = error(getattr(aws.client(service), operation), **parameters)

    assert refusal["Code"] == code
    assert f"is not authorized to perform: {action}" in refusal["Message"]
    assert refusal["Message"].endswith(f"because no identity-based policy allows the {action} action")


def test_message_names_session_action_and_resource(aws: Any) -> None:
    role = aws.role("Reader", Path="/team/")
    sns = aws.session(role).client("sns", region_name=REGION)

    assert error(sns.publish, TopicArn=TOPIC, Message="x")["Message"] == (
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/Reader/lambda is not authorized to perform: sns:Publish "
        f"on resource: {TOPIC} because no identity-based policy allows the sns:Publish action"
    )


def test_explicit_deny_is_named_as_one(aws: Any) -> None:
    sns = aws.client("sns", aws.allow("*"), {"Effect": "Deny", "Action": "sns:Publish", "Resource": TOPIC})

    message = error(sns.publish, TopicArn=TOPIC, Message="x")["Message"]

    assert message.endswith(f"on resource: {TOPIC} with an explicit deny in an identity-based policy")


def test_attached_policies_count_and_boundary_takes_away(aws: Any) -> None:
    iam = aws.administrator("iam")
    boundary = iam.create_policy(PolicyName="b", PolicyDocument=aws.document(aws.allow("sns:*")))["Policy"]["Arn"]
    attached = iam.create_policy(PolicyName="a", PolicyDocument=aws.document(aws.allow(["sns:*", "ec2:*"])))
    role = aws.role("Bounded", PermissionsBoundary=boundary)
    iam.attach_role_policy(RoleName="Bounded", PolicyArn=attached["Policy"]["Arn"])
    session = aws.session(role)

    session.client("sns", region_name=REGION).create_topic(Name="topic")
    message = error(session.client("ec2", region_name=REGION).describe_vpcs)["Message"]

    assert "because no permissions boundary allows the ec2:DescribeVpcs action" in message
    assert [json.loads(policy)["Statement"] for policy in role_policies(role)] == [[aws.allow(["sns:*", "ec2:*"])]]


def test_session_policy_takes_away(aws: Any) -> None:
    role = aws.role("Wide", aws.allow("*"), trust=aws.trust({"AWS": ACCOUNT}))
    sts = aws.client("sts", aws.allow("sts:AssumeRole"))
    policy = aws.document(aws.allow("sns:*"))
    keys = sts.assume_role(RoleArn=role, RoleSessionName="narrow", Policy=policy)["Credentials"]
    narrow = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])

    narrow.client("sns", region_name=REGION).create_topic(Name="topic")
    message = error(narrow.client("ec2", region_name=REGION).describe_vpcs)["Message"]

    assert "assumed-role/Wide/narrow is not authorized to perform: ec2:DescribeVpcs" in message
    assert "because no session policy allows" in message


@pytest.mark.parametrize(("region", "allowed"), [("eu-west-1", True), ("us-east-1", False)])
def test_requested_region_is_the_clients(aws: Any, region: str, allowed: bool) -> None:
    condition = {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
    session = aws.session(aws.role("Regional", aws.allow("ec2:*", Condition=condition)))

    with suppress(ClientError):
        session.client("ec2", region_name=region).describe_vpcs()

    assert [call.allowed for call in aws.access.calls] == [allowed]


@pytest.mark.parametrize(("status", "allowed"), [("RESOLVED", True), ("SUPPRESSED", False), (None, False)])
def test_findings_can_be_updated_only_to_the_statuses_of_the_condition(
    aws: Any, status: str | None, allowed: bool
) -> None:
    condition = {"StringEquals": {"securityhub:ASFFSyntaxPath/Workflow.Status": ["RESOLVED", "NOTIFIED"]}}
    hub = f"arn:aws:securityhub:{REGION}:{ACCOUNT}:hub/default"
    client = aws.client("securityhub", aws.allow("securityhub:BatchUpdateFindings", hub, Condition=condition))
    workflow = {"Workflow": {"Status": status}} if status else {}

    with suppress(Exception):  # moto does not know the operation: only the decision is looked at
        client.batch_update_findings(FindingIdentifiers=[FINDING], **workflow)

    assert [(call.resource, call.allowed) for call in aws.access.calls] == [(hub, allowed)]


def test_tags_of_the_request_and_the_role_can_be_compared(aws: Any) -> None:
    condition = {"StringEquals": {"aws:RequestTag/team": "${aws:PrincipalTag/team}"}}
    role = aws.role("Tagged", aws.allow("sns:*", Condition=condition), Tags=[{"Key": "team", "Value": "red"}])
    sns = aws.session(role).client("sns", region_name=REGION)

    sns.create_topic(Name="a", Tags=[{"Key": "team", "Value": "red"}])

    assert error(sns.create_topic, Name="b", Tags=[{"Key": "team", "Value": "blue"}])
    assert error(sns.create_topic, Name="c")


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("sns", "CreateTopic", {"Tags": [{"Key": "team", "Value": "red"}]}),
        ("kms", "CreateKey", {"Tags": [{"TagKey": "team", "TagValue": "red"}]}),
        ("ecs", "RegisterTaskDefinition", {"tags": [{"key": "team", "value": "red"}]}),
        ("lambda", "CreateFunction", {"Tags": {"team": "red"}}),
        ("ec2", "CreateVpcEndpoint", {"TagSpecifications": [{"Tags": [{"Key": "team", "Value": "red"}]}]}),
    ],
)
def test_tags_are_read_in_the_form_of_each_service(service: str, operation: str, parameters: dict[str, Any]) -> None:
    keys = request_keys(ApiCall(service, operation, parameters, ACCOUNT, REGION), "x:Y", None)

    assert keys["aws:RequestTag/team"] == "red"
    assert keys["aws:TagKeys"] == ("team",)


def test_condition_on_an_unknown_key_reaches_the_user(aws: Any) -> None:
    condition = {"StringEquals": {"aws:ResourceTag/team": "red"}}
    sns = aws.client("sns", aws.allow("sns:*", Condition=condition))

    with pytest.raises(NotSimulated, match="condition key aws:resourcetag/team is not simulated"):
        sns.create_topic(Name="topic")


def test_start_of_an_automation_needs_all_three_resources(aws: Any) -> None:
    forms = [
        f"arn:aws:ssm:*:{ACCOUNT}:document/ASR-*",
        f"arn:aws:ssm:*:{ACCOUNT}:automation-definition/ASR-*:*",
        f"arn:aws:ssm:*:{ACCOUNT}:automation-execution/*",
    ]
    action = "ssm:StartAutomationExecution"

    messages = []
    for missing in forms:
        granted = [form for form in forms if form != missing]
        client = aws.client("ssm", aws.allow(action, granted))
        messages.append(error(client.start_automation_execution, DocumentName="ASR-X")["Message"])

    assert [message.partition("on resource: ")[2].split()[0] for message in messages] == [
        f"arn:aws:ssm:{REGION}:{ACCOUNT}:document/ASR-X",
        f"arn:aws:ssm:{REGION}:{ACCOUNT}:automation-definition/ASR-X:$DEFAULT",
        f"arn:aws:ssm:{REGION}:{ACCOUNT}:automation-execution/*",
    ]


def test_call_that_needs_no_permission_is_recorded_as_such(aws: Any) -> None:
    sts = aws.client("sts")

    assert sts.get_caller_identity()["Account"] == ACCOUNT
    assert [(call.action, call.allowed, call.reason) for call in aws.access.calls] == [
        ("sts:GetCallerIdentity", True, "needs no permission")
    ]


def test_administrator_is_neither_checked_nor_recorded(aws: Any) -> None:
    aws.administrator("sns").create_topic(Name="topic")

    assert aws.access.calls == []


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("ssm", "list_documents", "UnrecognizedClientException"),
        ("ec2", "describe_vpcs", "AuthFailure"),
        ("sns", "list_topics", "InvalidClientTokenId"),
    ],
)
@pytest.mark.usefixtures("aws")
def test_key_that_was_never_issued_is_refused(service: str, operation: str, code: str) -> None:
    client = boto3.Session("AKIAUNKNOWN", "secret").client(service, region_name=REGION)  # type: ignore[call-overload]

    assert error(getattr(client, operation))["Code"] == code


def test_sessions_of_a_deleted_role_lose_their_permissions(aws: Any) -> None:
    sns = aws.session(aws.role("Gone", aws.allow("*"))).client("sns", region_name=REGION)
    aws.administrator("iam").delete_role_policy(RoleName="Gone", PolicyName="own")
    aws.administrator("iam").delete_role(RoleName="Gone")

    assert error(sns.list_topics)["Code"] == "AuthorizationError"


def test_partition_is_that_of_the_role(aws: Any) -> None:
    iam = identity.administrator(ACCOUNT).client("iam", region_name="cn-north-1")
    trusted = aws.document(aws.trust({"Service": "lambda.amazonaws.com"}))
    role = iam.create_role(RoleName="R", AssumeRolePolicyDocument=trusted)["Role"]["Arn"]
    topic = f"arn:aws-cn:sns:cn-north-1:{ACCOUNT}:topic"
    iam.put_role_policy(
        RoleName="R", PolicyName="own", PolicyDocument=aws.document(aws.allow("sns:CreateTopic", topic))
    )

    aws.session(role).client("sns", region_name="cn-north-1").create_topic(Name="topic")

    assert [(call.resource, call.allowed) for call in aws.access.calls] == [(topic, True)]


def test_hooks_are_gone_after_use(aws: Any) -> None:
    before = len(botocore.handlers.BUILTIN_HANDLERS)
    with aws.access.installed():
        assert len(botocore.handlers.BUILTIN_HANDLERS) == before + 2

    assert len(botocore.handlers.BUILTIN_HANDLERS) == before
