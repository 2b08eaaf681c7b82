"""EnableBucketEventNotifications: events that nobody receives go to a topic; every other notification stays."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from asr_templates.simulator.aws.gaps import s3 as mended

RUNBOOK = "EnableBucketEventNotifications"
NAME, OWN, REGION = "invoices", "123456789012", "us-east-1"
TOPIC = f"arn:aws:sns:{REGION}:{OWN}:ASR-S3BucketNotifications"
WHERE: dict[str, Any] = {"BucketName": NAME, "AccountId": OWN, "Region": REGION, "Partition": "aws", "eventTypes": []}
QUEUE = f"arn:aws:sqs:{REGION}:{OWN}:orders"
IMAGES = {"Key": {"FilterRules": [{"Name": "prefix", "Value": "images/"}]}}


class Bucket:
    """A bucket and where its events go."""

    def __init__(self) -> None:
        self.s3, self.sns = boto3.client("s3"), boto3.client("sns")
        self.s3.create_bucket(Bucket=NAME)

    def notify(self, **configuration: Any) -> None:
        self.s3.put_bucket_notification_configuration(Bucket=NAME, NotificationConfiguration=configuration)

    def queue(self, *events: str, **more: Any) -> dict[str, Any]:
        boto3.client("sqs").create_queue(QueueName="orders")
        return {"Id": "orders", "QueueArn": QUEUE, "Events": list(events), **more}

    def describe(self) -> Any:
        found = self.s3.get_bucket_notification_configuration(Bucket=NAME)
        return {name: value for name, value in found.items() if name != "ResponseMetadata"}

    def policy(self) -> Any:
        return json.loads(self.sns.get_topic_attributes(TopicArn=TOPIC)["Attributes"]["Policy"])


@pytest.fixture
def bucket(account: str) -> Iterator[Bucket]:
    with mended.installed():
        yield Bucket()


def operations(output: Any) -> list[str]:
    return [change["operation"] for change in output["Changes"]]


def test_bucket_without_notifications_gets_one_and_the_topic_outlives_the_undo(
    prove: Callable[..., Any], bucket: Bucket
) -> None:
    applied = prove(RUNBOOK, bucket.describe, drift=bucket.notify, **WHERE)

    assert ["create_topic", "put_bucket_notification_configuration"] == operations(applied)
    assert [{"Key": "ASR", "Value": "managed"}] == bucket.sns.list_tags_for_resource(ResourceArn=TOPIC)["Tags"]
    [statement] = bucket.policy()["Statement"]
    assert {"StringEquals": {"aws:SourceAccount": OWN}, "ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}} == (
        statement["Condition"]
    )


def test_second_bucket_adds_nothing_to_the_topic(remediation: Callable[[str], Any], bucket: Bucket) -> None:
    remediation(RUNBOOK)(**WHERE)
    before = bucket.policy()
    bucket.s3.create_bucket(Bucket="orders")

    output = remediation(RUNBOOK)(**{**WHERE, "BucketName": "orders"})

    assert ["put_bucket_notification_configuration"] == operations(output)
    assert before == bucket.policy()


def test_topic_that_is_there_keeps_its_policy(remediation: Callable[[str], Any], bucket: Bucket) -> None:
    bucket.sns.create_topic(Name="ASR-S3BucketNotifications")
    [own] = bucket.policy()["Statement"]

    output = remediation(RUNBOOK)(**WHERE)

    assert ["set_topic_attributes", "put_bucket_notification_configuration"] == operations(output)
    assert [own["Sid"], "ASRBucketNotifications"] == [each["Sid"] for each in bucket.policy()["Statement"]]


@pytest.mark.parametrize("events", [["s3:ObjectRemoved:Delete"], ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]], ids=str)
def test_any_notification_is_enough_where_no_event_is_asked_for(
    remediation: Callable[[str], Any], bucket: Bucket, events: list[str]
) -> None:
    bucket.notify(QueueConfigurations=[bucket.queue(*events, Filter=IMAGES)])

    assert "NoChange" == remediation(RUNBOOK)(**WHERE)["Status"]


def test_event_bridge_stays_and_is_not_enough(prove: Callable[..., Any], bucket: Bucket) -> None:
    bucket.notify(EventBridgeConfiguration={})

    applied = prove(RUNBOOK, bucket.describe, **WHERE)

    assert {"EventBridgeConfiguration", "TopicConfigurations"} == set(applied["After"]["Notifications"])


def test_only_events_that_nobody_receives_are_added(prove: Callable[..., Any], bucket: Bucket) -> None:
    bucket.notify(QueueConfigurations=[bucket.queue("s3:ObjectCreated:*", Filter=IMAGES)])
    asked = ["s3:ObjectCreated:Put", "s3:ObjectRemoved:Delete", "s3:ObjectRemoved:*"]

    found = prove(RUNBOOK, bucket.describe, **{**WHERE, "eventTypes": asked})["After"]["Notifications"]

    assert ["s3:ObjectRemoved:*"] == found["TopicConfigurations"][0]["Events"]
    assert [("orders", IMAGES)] == [(each["Id"], each["Filter"]) for each in found["QueueConfigurations"]]


def test_own_notification_is_extended(remediation: Callable[[str], Any], bucket: Bucket) -> None:
    run = remediation(RUNBOOK)
    for asked in (["s3:ObjectCreated:Put", "s3:ObjectTagging:*"], ["s3:ObjectCreated:*"]):
        output = run(**{**WHERE, "eventTypes": asked})

    [ours] = output["After"]["Notifications"]["TopicConfigurations"]
    assert ["s3:ObjectTagging:*", "s3:ObjectCreated:*"] == ours["Events"]


def test_event_that_is_partly_sent_elsewhere_is_refused(remediation: Callable[[str], Any], bucket: Bucket) -> None:
    bucket.notify(QueueConfigurations=[bucket.queue("s3:ObjectCreated:Put")])
    before = bucket.describe()

    output = remediation(RUNBOOK)(**{**WHERE, "eventTypes": ["s3:ObjectCreated:*"]})

    expected = "s3:ObjectCreated:Put is sent elsewhere, and S3 sends no event twice: widen that notification"
    assert ("Refused", expected, before) == (output["Status"], output["Message"], bucket.describe())


def test_bucket_that_is_gone_is_no_change(remediation: Callable[[str], Any], account: str) -> None:
    output = remediation(RUNBOOK)(**{**WHERE, "BucketName": "gone"})

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
