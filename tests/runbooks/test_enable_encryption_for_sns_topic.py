"""EnableEncryptionForSNSTopic: AWS's own key, unless an AWS service publishes to the topic."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

RUNBOOK = "EnableEncryptionForSNSTopic"
KEY = "arn:aws:kms:us-east-1:123456789012:alias/topics"


class Topic:
    """A topic without a key."""

    def __init__(self, statement: dict[str, Any] | None = None) -> None:
        self.sns = boto3.client("sns")
        self.arn = self.sns.create_topic(Name="orders")["TopicArn"]
        if statement:
            self.set("Policy", json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}))

    def set(self, name: str, value: str) -> None:
        self.sns.set_topic_attributes(TopicArn=self.arn, AttributeName=name, AttributeValue=value)

    def describe(self) -> Any:
        return self.sns.get_topic_attributes(TopicArn=self.arn)["Attributes"]

    def notified_by_an_alarm(self) -> None:
        boto3.client("cloudwatch").put_metric_alarm(
            AlarmName="errors",
            MetricName="Errors",
            Namespace="AWS/Lambda",
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=1,
            AlarmActions=["arn:aws:sns:us-east-1:123456789012:other", self.arn],
        )


@pytest.fixture
def topic(account: str) -> type[Topic]:
    return Topic


def test_topic_that_roles_publish_to_gets_the_key_that_aws_has(prove: Callable[..., Any], topic: type[Topic]) -> None:
    orders = topic({"Principal": {"AWS": "arn:aws:iam::123456789012:role/web"}, "Action": "sns:Publish"})
    applied = prove(RUNBOOK, orders.describe, TopicArn=orders.arn, KmsKeyArn="")

    assert {"KmsMasterKeyId": "alias/aws/sns"} == applied["After"]


@pytest.mark.parametrize("service", ["events.amazonaws.com", ["s3.amazonaws.com", "events.amazonaws.com"]])
def test_topic_that_a_service_publishes_to_is_refused_without_a_key_of_its_own(
    remediation: Callable[[str], Any], topic: type[Topic], service: Any
) -> None:
    orders = topic({"Principal": {"Service": service}, "Action": "sns:Publish"})
    output = remediation(RUNBOOK)(TopicArn=orders.arn, KmsKeyArn="")

    first = service if isinstance(service, str) else service[0]
    expected = f"{first} publishes to it and could not use AWS's own key: give a key as KmsKeyArn"
    assert ("Refused", expected) == (output["Status"], output["Message"])


def test_topic_of_an_alarm_is_refused_without_a_key_of_its_own(
    remediation: Callable[[str], Any], topic: type[Topic]
) -> None:
    orders = topic()
    orders.notified_by_an_alarm()
    output = remediation(RUNBOOK)(TopicArn=orders.arn, KmsKeyArn="")

    expected = "cloudwatch.amazonaws.com publishes to it and could not use AWS's own key: give a key as KmsKeyArn"
    assert ("Refused", expected) == (output["Status"], output["Message"])


def test_topic_of_an_alarm_gets_a_key_that_is_given(prove: Callable[..., Any], topic: type[Topic]) -> None:
    orders = topic({"Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish"})
    orders.notified_by_an_alarm()
    applied = prove(RUNBOOK, orders.describe, TopicArn=orders.arn, KmsKeyArn=KEY)

    assert {"KmsMasterKeyId": KEY} == applied["After"]


def test_topic_with_a_key_is_left_alone(remediation: Callable[[str], Any], topic: type[Topic]) -> None:
    orders = topic({"Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish"})
    orders.set("KmsMasterKeyId", "alias/mine")

    assert "NoChange" == remediation(RUNBOOK)(TopicArn=orders.arn, KmsKeyArn=KEY)["Status"]


def test_topic_that_is_gone_is_no_change(remediation: Callable[[str], Any], account: str) -> None:
    output = remediation(RUNBOOK)(TopicArn="arn:aws:sns:us-east-1:123456789012:gone", KmsKeyArn="")

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
