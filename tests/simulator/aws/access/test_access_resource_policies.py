"""Policies of queues, topics, buses, functions, buckets, keys and secrets."""

import io
import json
import zipfile
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.access.decisions import service_verdict
from asr_templates.simulator.aws.errors import NotSimulated

ACCOUNT = "111111111111"
OTHER = "222222222222"
REGION = "eu-west-1"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:queue"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:topic"
RULE = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/rule"
EVENTS = "events.amazonaws.com"


def statement(principal: object, action: str, resource: str, **condition: object) -> dict[str, object]:
    return {
        "Effect": "Allow",
        "Principal": principal,
        "Action": action,
        "Resource": resource,
        "Condition": condition,
    }


def make_queue(aws: Any, *statements: dict[str, object], account: str = ACCOUNT, **attributes: str) -> str:
    policy = {"Policy": aws.document(*statements)} if statements else {}
    queue = aws.administrator("sqs", account).create_queue(QueueName="queue", Attributes={**policy, **attributes})
    url: str = queue["QueueUrl"]
    return url


def make_topic(aws: Any, *statements: dict[str, object], **attributes: str) -> None:
    policy = {"Policy": aws.document(*statements)} if statements else {}
    aws.administrator("sns").create_topic(Name="topic", Attributes={**policy, **attributes})


def make_function(aws: Any) -> str:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("app.py", "")
    arn: str = aws.administrator("lambda").create_function(
        FunctionName="function",
        Role=aws.role("FunctionRole"),
        Runtime="python3.13",
        Handler="app.handler",
        Code={"ZipFile": content.getvalue()},
    )["FunctionArn"]
    return arn


def may(service: str, action: str, resource: str, source_arn: str = RULE, account: str = ACCOUNT) -> bool:
    return service_verdict(service, action, resource, {}, source_account=account, source_arn=source_arn).allowed


def test_rule_may_send_to_a_queue_only_if_the_queues_policy_names_it(aws: Any) -> None:
    make_queue(aws, statement({"Service": EVENTS}, "sqs:SendMessage", QUEUE, ArnEquals={"aws:SourceArn": RULE}))

    assert may(EVENTS, "sqs:SendMessage", QUEUE)
    assert not may(EVENTS, "sqs:SendMessage", QUEUE, f"{RULE}-other")
    assert not may("sns.amazonaws.com", "sqs:SendMessage", QUEUE)
    assert not may(EVENTS, "sqs:SendMessage", f"{QUEUE}-that-does-not-exist")


def test_service_calls_are_enforced_and_recorded(aws: Any) -> None:
    url = make_queue(aws)
    sqs = identity.service(EVENTS, ACCOUNT, RULE).client("sqs", region_name=REGION)

    with pytest.raises(ClientError) as raised:
        sqs.send_message(QueueUrl=url, MessageBody="x")

    assert raised.value.response["Error"]["Message"] == (
        f"User: {EVENTS} is not authorized to perform: sqs:SendMessage on resource: {QUEUE} "
        "because no resource-based policy allows the sqs:SendMessage action"
    )
    assert [(call.principal, call.action, call.resource, call.allowed) for call in aws.access.calls] == [
        (EVENTS, "sqs:SendMessage", QUEUE, False)
    ]


def test_default_policy_of_a_topic_serves_alarms_but_no_rules(aws: Any) -> None:
    make_topic(aws)

    assert may("cloudwatch.amazonaws.com", "sns:Publish", TOPIC)
    assert not may("cloudwatch.amazonaws.com", "sns:Publish", TOPIC, account=OTHER)
    assert not may(EVENTS, "sns:Publish", TOPIC)


def test_function_is_invoked_by_whom_add_permission_names(aws: Any) -> None:
    function = make_function(aws)
    aws.administrator("lambda").add_permission(
        FunctionName="function",
        StatementId="rule",
        Action="lambda:InvokeFunction",
        Principal=EVENTS,
        SourceArn=RULE,
        SourceAccount=ACCOUNT,
    )

    assert may(EVENTS, "lambda:InvokeFunction", function)
    assert not may(EVENTS, "lambda:InvokeFunction", function, f"{RULE}-other")
    assert not may(EVENTS, "lambda:InvokeFunction", function, account=OTHER)
    assert not may("s3.amazonaws.com", "lambda:InvokeFunction", function)


def test_bus_accepts_events_of_the_account_that_its_policy_names(aws: Any) -> None:
    events = aws.administrator("events")
    bus = events.create_event_bus(Name="members")["EventBusArn"]
    policy = statement({"AWS": f"arn:aws:iam::{OTHER}:root"}, "events:PutEvents", bus)
    events.put_permission(EventBusName="members", Policy=aws.document({**policy, "Sid": "members"}))

    assert may(EVENTS, "events:PutEvents", bus, account=OTHER)
    assert not may(EVENTS, "events:PutEvents", bus, account="333333333333")


def test_service_at_a_resource_without_policies_is_not_simulated() -> None:
    with pytest.raises(NotSimulated) as raised:
        may(EVENTS, "states:StartExecution", f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:m")

    assert "access: events.amazonaws.com calling states:StartExecution: the policy of arn:aws:states" in str(
        raised.value
    )


@pytest.mark.parametrize("identity_allows", [True, False])
@pytest.mark.parametrize(
    ("principal", "direct", "of_account"),
    [("role", True, True), ("root", False, True), ("stranger", False, False)],
)
@pytest.mark.parametrize("owner", [ACCOUNT, OTHER])
def test_role_needs_one_side_within_its_account_and_both_across(
    aws: Any, owner: str, principal: str, direct: bool, of_account: bool, identity_allows: bool
) -> None:
    """A policy that names only the account of a role leaves the decision to the role's policies."""
    queue = QUEUE.replace(ACCOUNT, owner)
    role = aws.role("Sender", *([aws.allow("sqs:SendMessage", queue)] if identity_allows else []))
    names = {"role": role, "root": f"arn:aws:iam::{ACCOUNT}:root", "stranger": f"arn:aws:iam::{OTHER}:role/x"}
    url = make_queue(aws, statement({"AWS": names[principal]}, "sqs:SendMessage", queue), account=owner)
    expected = identity_allows or direct if owner == ACCOUNT else identity_allows and of_account

    with suppress(ClientError):  # moto itself does not find another account's queue: only the decision is looked at
        aws.session(role).client("sqs", region_name=REGION).send_message(QueueUrl=url, MessageBody="x")

    assert [call.allowed for call in aws.access.calls] == [expected]


def test_deny_of_a_resource_policy_beats_the_roles_own_policy(aws: Any) -> None:
    url = make_queue(aws, {**statement("*", "sqs:*", QUEUE), "Effect": "Deny"})
    sqs = aws.client("sqs", aws.allow("*"))

    with pytest.raises(ClientError, match="with an explicit deny in a resource-based policy"):
        sqs.send_message(QueueUrl=url, MessageBody="x")


def test_bucket_of_another_account_is_read_only_with_its_policy(aws: Any) -> None:
    s3 = aws.administrator("s3", OTHER)
    s3.create_bucket(Bucket="shared", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="shared", Key="a/template", Body=b"{}")
    reader = aws.client("s3", aws.allow("s3:GetObject"))

    with pytest.raises(ClientError, match="because no resource-based policy allows the s3:GetObject action"):
        reader.get_object(Bucket="shared", Key="a/template")
    policy = statement({"AWS": ACCOUNT}, "s3:GetObject", "arn:aws:s3:::shared/a/*")
    s3.put_bucket_policy(Bucket="shared", Policy=aws.document(policy))

    assert reader.get_object(Bucket="shared", Key="a/template")["Body"].read() == b"{}"


def test_access_to_another_accounts_resource_without_known_policies_is_not_simulated(aws: Any) -> None:
    dynamodb = aws.client("dynamodb", aws.allow("dynamodb:*"))

    with pytest.raises(NotSimulated, match=r"access to arn:aws:dynamodb:.* from another account is not simulated"):
        dynamodb.describe_table(TableName=f"arn:aws:dynamodb:{REGION}:{OTHER}:table/t")


def test_key_policy_has_the_last_word_about_a_key(aws: Any) -> None:
    kms = aws.administrator("kms")
    closed = statement({"AWS": f"arn:aws:iam::{ACCOUNT}:role/Keeper"}, "kms:*", "*")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    locked = kms.create_key(Policy=aws.document(closed))["KeyMetadata"]["Arn"]
    client = aws.client("kms", aws.allow("kms:*"))

    assert client.describe_key(KeyId=key)["KeyMetadata"]["Arn"] == key
    with pytest.raises(ClientError, match="because no resource-based policy allows the kms:DescribeKey action"):
        client.describe_key(KeyId=locked)


def test_tags_of_a_new_key_need_only_the_callers_policy(aws: Any) -> None:
    client = aws.client("kms", aws.allow(["kms:CreateKey", "kms:TagResource"]))

    assert client.create_key(Tags=[{"TagKey": "a", "TagValue": "b"}])["KeyMetadata"]["Arn"]


def test_encrypted_queue_needs_its_key_as_well(aws: Any) -> None:
    key = aws.administrator("kms").create_key()["KeyMetadata"]
    url = make_queue(aws, statement({"Service": EVENTS}, "sqs:SendMessage", QUEUE), KmsMasterKeyId=key["KeyId"])
    use = {"StringEquals": {"kms:ViaService": f"sqs.{REGION}.amazonaws.com"}}
    full = aws.client(
        "sqs",
        aws.allow("sqs:SendMessage"),
        aws.allow(["kms:GenerateDataKey", "kms:Decrypt"], key["Arn"], Condition=use),
    )
    bare = aws.client("sqs", aws.allow("sqs:SendMessage"))
    events = identity.service(EVENTS, ACCOUNT, RULE).client("sqs", region_name=REGION)

    full.send_message(QueueUrl=url, MessageBody="x")
    for client in (bare, events):
        with pytest.raises(ClientError, match=f"kms:GenerateDataKey on resource: {key['Arn']}"):
            client.send_message(QueueUrl=url, MessageBody="x")


def test_key_that_aws_manages_serves_roles_but_no_services(aws: Any) -> None:
    make_topic(aws, statement({"Service": EVENTS}, "sns:Publish", TOPIC), KmsMasterKeyId="alias/aws/sns")
    events = identity.service(EVENTS, ACCOUNT, RULE).client("sns", region_name=REGION)

    aws.client("sns", aws.allow("sns:Publish")).publish(TopicArn=TOPIC, Message="x")
    with pytest.raises(ClientError, match="not authorized to perform: kms:GenerateDataKey"):
        events.publish(TopicArn=TOPIC, Message="x")


def test_secret_of_another_account_is_read_only_with_its_policy(aws: Any) -> None:
    secrets = aws.administrator("secretsmanager", OTHER)
    arn = secrets.create_secret(Name="s", SecretString="x")["ARN"]
    reader = aws.client("secretsmanager", aws.allow("secretsmanager:GetSecretValue"))
    policy = json.dumps({"Version": "2012-10-17", "Statement": statement({"AWS": ACCOUNT}, "secretsmanager:*", "*")})

    with pytest.raises(ClientError, match="because no resource-based policy allows"):
        reader.get_secret_value(SecretId=arn)
    secrets.put_resource_policy(SecretId=arn, ResourcePolicy=policy)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):  # moto itself does not look into other accounts
        reader.get_secret_value(SecretId=arn)

    assert [call.allowed for call in aws.access.calls] == [False, True]


def test_policy_of_aws_itself_needs_only_the_callers_policy(aws: Any) -> None:
    arn = "arn:aws:iam::aws:policy/AWSSupportAccess"
    reader = aws.client("iam", aws.allow("iam:ListEntitiesForPolicy", arn))

    assert reader.list_entities_for_policy(PolicyArn=arn)["PolicyRoles"] == []
    with pytest.raises(ClientError, match="because no identity-based policy allows"):
        reader.list_entities_for_policy(PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
