"""A queue has one kind of encryption, and keeps what a request does not name."""

from typing import Any

import pytest

ACCOUNT = "111111111111"
KEY = {"KmsMasterKeyId": "alias/mine"}
POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sqs:SendMessage"}]}'


@pytest.fixture
def sqs(environment: Any) -> Any:
    return environment.session(ACCOUNT).client("sqs", region_name="eu-west-1")


def encryption(sqs: Any, url: str) -> tuple[str | None, str]:
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return found.get("KmsMasterKeyId"), found["SqsManagedSseEnabled"]


def test_new_queue_is_encrypted_by_sqs(sqs: Any) -> None:
    assert (None, "true") == encryption(sqs, sqs.create_queue(QueueName="orders")["QueueUrl"])


def test_new_queue_with_a_key_is_not_encrypted_by_sqs(sqs: Any) -> None:
    url = sqs.create_queue(QueueName="orders", Attributes=KEY)["QueueUrl"]

    assert ("alias/mine", "false") == encryption(sqs, url)


def test_one_kind_of_encryption_replaces_the_other(sqs: Any) -> None:
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes=KEY)
    with_key = encryption(sqs, url)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"SqsManagedSseEnabled": "true"})

    assert (("alias/mine", "false"), (None, "true")) == (with_key, encryption(sqs, url))


def test_key_that_is_taken_away_leaves_no_encryption(sqs: Any) -> None:
    url = sqs.create_queue(QueueName="orders", Attributes=KEY)["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"KmsMasterKeyId": ""})

    assert (None, "false") == encryption(sqs, url)


def test_policy_stays_when_another_attribute_is_set(sqs: Any) -> None:
    url = sqs.create_queue(QueueName="orders", Attributes={"Policy": POLICY})["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "90"})

    assert POLICY == sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"]


def test_policy_can_be_taken_away(sqs: Any) -> None:
    url = sqs.create_queue(QueueName="orders", Attributes={"Policy": POLICY})["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})

    assert "Policy" not in sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
