"""EnableEncryptionForSQSQueue: SQS's own key, or a key of the customer's; a key that is there stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from asr_templates.simulator.aws.gaps import sqs as gap

RUNBOOK = "EnableEncryptionForSQSQueue"
KEY = "arn:aws:kms:us-east-1:123456789012:key/mrk-0123456789abcdef0123456789abcdef"
POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sqs:SendMessage"}]}'


class Queue:
    """A queue with a policy, by default without encryption."""

    def __init__(self, **attributes: str) -> None:
        self.sqs = boto3.client("sqs")
        given = {"Policy": POLICY, "SqsManagedSseEnabled": "false", **attributes}
        name = "orders.fifo" if "FifoQueue" in attributes else "orders"
        self.name, self.url = name, self.sqs.create_queue(QueueName=name, Attributes=given)["QueueUrl"]

    def describe(self) -> dict[str, str]:
        found = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])["Attributes"]
        return {name: value for name, value in found.items() if name != "LastModifiedTimestamp"}


@pytest.fixture
def queue(account: str) -> Iterator[type[Queue]]:
    with gap.installed():
        yield Queue


@pytest.mark.parametrize("key", ["", KEY], ids=["SQS's own key", "customer's key"])
@pytest.mark.parametrize("attributes", [{}, {"FifoQueue": "true"}], ids=["standard", "FIFO"])
def test_queue_is_encrypted_and_keeps_its_other_settings(
    prove: Callable[..., Any], queue: type[Queue], key: str, attributes: dict[str, str]
) -> None:
    orders = queue(**attributes)
    applied = prove(RUNBOOK, orders.describe, SQSQueueName=orders.name, KmsKeyArn=key)

    expected = {"KmsMasterKeyId": key, "SqsManagedSseEnabled": "false" if key else "true"}
    assert expected == applied["After"]


@pytest.mark.parametrize("attributes", [{"SqsManagedSseEnabled": "true"}, {"KmsMasterKeyId": "alias/aws/sqs"}])
def test_queue_with_a_key_is_left_alone(
    remediation: Callable[[str], Any], queue: type[Queue], attributes: dict[str, str]
) -> None:
    orders = queue(**attributes)

    assert "NoChange" == remediation(RUNBOOK)(SQSQueueName=orders.name, KmsKeyArn=KEY)["Status"]


def test_queue_that_is_gone_is_no_change(remediation: Callable[[str], Any], account: str) -> None:
    output = remediation(RUNBOOK)(SQSQueueName="gone", KmsKeyArn="")

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
