"""EnableDeliveryStatusLoggingForSNSTopic: every kind of endpoint, under a role of the topic's own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from asr_templates.simulator.aws.gaps import sns as gap

RUNBOOK = "EnableDeliveryStatusLoggingForSNSTopic"
THEIRS = "arn:aws:iam::123456789012:role/theirs"


class Topic:
    """A topic, and the roles of the account."""

    def __init__(self) -> None:
        self.sns, self.iam = boto3.client("sns"), boto3.client("iam")
        self.arn = self.sns.create_topic(Name="orders")["TopicArn"]

    def set(self, name: str, value: str) -> None:
        self.sns.set_topic_attributes(TopicArn=self.arn, AttributeName=name, AttributeValue=value)

    def attributes(self) -> dict[str, str]:
        return dict(self.sns.get_topic_attributes(TopicArn=self.arn)["Attributes"])

    def roles(self) -> list[str]:
        return [role["RoleName"] for role in self.iam.list_roles()["Roles"]]

    def describe(self) -> Any:
        return self.attributes(), self.roles()


@pytest.fixture
def topic(account: str) -> Iterator[Topic]:
    with gap.installed():
        yield Topic()


def test_what_is_set_already_stays(prove: Callable[..., Any], topic: Topic) -> None:
    topic.set("HTTPSuccessFeedbackRoleArn", THEIRS)
    topic.set("HTTPSuccessFeedbackSampleRate", "100")

    def drift() -> None:
        topic.set("SQSSuccessFeedbackSampleRate", "50")

    applied = prove(RUNBOOK, topic.describe, drift, SNSTopicArn=topic.arn, SampleRate=7)

    after = applied["After"]["Attributes"]
    assert (THEIRS, "100") == (after["HTTPSuccessFeedbackRoleArn"], after["HTTPSuccessFeedbackSampleRate"])
    assert {"7", "100"} == {after[name] for name in after if name.endswith("SampleRate")}


def test_role_may_write_the_log_groups_of_its_topic_and_nothing_else(
    remediation: Callable[[str], Any], topic: Topic
) -> None:
    remediation(RUNBOOK)(SNSTopicArn=topic.arn, SampleRate=0)

    [role] = topic.roles()
    document = topic.iam.get_role_policy(RoleName=role, PolicyName="logs")["PolicyDocument"]
    group = "arn:aws:logs:us-east-1:123456789012:log-group:sns/us-east-1/123456789012/orders"
    [statement] = document["Statement"]
    assert [f"{group}:*", f"{group}/Failure:*"] == statement["Resource"]
    assert {"logs"} == {action.partition(":")[0] for action in statement["Action"]}


def test_run_that_failed_half_way_goes_on_with_its_role(remediation: Callable[[str], Any], topic: Topic) -> None:
    remediation(RUNBOOK)(SNSTopicArn=topic.arn, SampleRate=0)
    [role] = topic.roles()
    topic.iam.delete_role_policy(RoleName=role, PolicyName="logs")
    topic.set("SQSFailureFeedbackRoleArn", "")

    output = remediation(RUNBOOK)(SNSTopicArn=topic.arn, SampleRate=0)

    operations = [change["operation"] for change in output["Changes"]]
    assert ("Success", ["put_role_policy", "set_topic_attributes"]) == (output["Status"], operations)


def test_role_of_its_name_that_others_made_is_refused(remediation: Callable[[str], Any], topic: Topic) -> None:
    preview = remediation(RUNBOOK)("Preview", SNSTopicArn=topic.arn, SampleRate=0)
    name = preview["Changes"][0]["parameters"]["RoleName"]
    topic.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17"}))
    before = topic.describe()

    output = remediation(RUNBOOK)(SNSTopicArn=topic.arn, SampleRate=0)

    assert ("Refused", f"role {name} is not ours", before) == (output["Status"], output["Message"], topic.describe())


def test_topic_that_logs_everything_gets_no_role(remediation: Callable[[str], Any], topic: Topic) -> None:
    for protocol in ("Application", "Firehose", "HTTP", "Lambda", "SQS"):
        topic.set(f"{protocol}SuccessFeedbackRoleArn", THEIRS)
        topic.set(f"{protocol}FailureFeedbackRoleArn", THEIRS)
        topic.set(f"{protocol}SuccessFeedbackSampleRate", "1")

    output = remediation(RUNBOOK)(SNSTopicArn=topic.arn, SampleRate=0)

    assert ("NoChange", []) == (output["Status"], topic.roles())


def test_topic_that_is_gone_is_no_change(remediation: Callable[[str], Any], account: str) -> None:
    output = remediation(RUNBOOK)(SNSTopicArn="arn:aws:sns:us-east-1:123456789012:gone", SampleRate=0)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
