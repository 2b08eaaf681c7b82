"""SetSSLBucketPolicy: a bucket's policy denies every request without TLS, and keeps what it said before."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

RUNBOOK = "SetSSLBucketPolicy"
NAME = "invoices"
ARN = f"arn:aws-cn:s3:::{NAME}"
WHERE = {"BucketName": NAME, "Partition": "aws-cn"}
READ = {"Sid": "Read", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{ARN}/*"}
DENIAL: dict[str, Any] = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [ARN, f"{ARN}/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


class Bucket:
    """A bucket and its policy."""

    def __init__(self) -> None:
        self.s3 = boto3.client("s3")
        self.s3.create_bucket(Bucket=NAME)

    def say(self, *statements: Any, **more: Any) -> None:
        policy = {"Version": "2008-10-17", "Statement": list(statements), **more}
        self.s3.put_bucket_policy(Bucket=NAME, Policy=json.dumps(policy))

    def describe(self) -> Any:
        try:
            return json.loads(self.s3.get_bucket_policy(Bucket=NAME)["Policy"])
        except self.s3.exceptions.ClientError:
            return None


@pytest.fixture
def bucket(account: str) -> Bucket:
    return Bucket()


def test_bucket_without_a_policy_gets_one(prove: Callable[..., Any], bucket: Bucket) -> None:
    applied = prove(RUNBOOK, bucket.describe, drift=lambda: bucket.say(READ), **WHERE)

    [statement] = applied["After"]["Policy"]["Statement"]
    assert {"Sid": "ASRRequireTLS", **DENIAL} == statement


def test_policy_keeps_its_statements_its_id_and_its_version(prove: Callable[..., Any], bucket: Bucket) -> None:
    bucket.say(READ, Id="Public")

    policy = prove(RUNBOOK, bucket.describe, **WHERE)["After"]["Policy"]

    assert ("2008-10-17", "Public", READ) == (policy["Version"], policy["Id"], policy["Statement"][0])


def test_policy_with_one_statement_that_is_no_list_keeps_it(prove: Callable[..., Any], bucket: Bucket) -> None:
    bucket.say(Statement=READ)

    assert READ in prove(RUNBOOK, bucket.describe, **WHERE)["After"]["Policy"]["Statement"]


@pytest.mark.parametrize(
    "statements",
    [
        [DENIAL],
        [{**DENIAL, "Principal": {"AWS": "*"}}],
        [{**DENIAL, "Principal": {"AWS": ["*"]}, "Action": ["s3:*"]}],
        [{**DENIAL, "Action": "*", "Resource": "*"}],
        [{**DENIAL, "Resource": f"{ARN}*"}],
        [{**DENIAL, "Resource": ARN}, {**DENIAL, "Resource": f"{ARN}/*"}],
        [{**DENIAL, "Condition": {"Bool": {"AWS:securetransport": [False]}}}],
        [{**DENIAL, "Condition": {"BoolIfExists": {"aws:SecureTransport": "false"}}}],
    ],
)
def test_denial_in_another_form_is_enough(
    remediation: Callable[[str], Any], bucket: Bucket, statements: list[dict[str, Any]]
) -> None:
    bucket.say(READ, *statements)

    assert "NoChange" == remediation(RUNBOOK)(**WHERE)["Status"]


@pytest.mark.parametrize(
    "change",
    [
        {"Effect": "Allow"},
        {"Principal": {"AWS": "111111111111"}},
        {"Action": "s3:GetObject"},
        {"Resource": f"{ARN}/*"},
        {"Resource": ARN},
        {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {"Condition": {"Bool": {"aws:SecureTransport": "false"}, "StringEquals": {"aws:PrincipalTag/a": "b"}}},
    ],
    ids=str,
)
def test_denial_of_less_is_not_enough(prove: Callable[..., Any], bucket: Bucket, change: dict[str, Any]) -> None:
    bucket.say({**DENIAL, **change})

    assert 2 == len(prove(RUNBOOK, bucket.describe, **WHERE)["After"]["Policy"]["Statement"])


def test_own_statement_that_somebody_weakened_is_replaced(prove: Callable[..., Any], bucket: Bucket) -> None:
    bucket.say(READ, {**DENIAL, "Sid": "ASRRequireTLS", "Action": "s3:PutObject"})

    statements = prove(RUNBOOK, bucket.describe, **WHERE)["After"]["Policy"]["Statement"]
    assert [READ, {"Sid": "ASRRequireTLS", **DENIAL}] == statements


def test_policy_that_has_no_room_is_refused(remediation: Callable[[str], Any], bucket: Bucket) -> None:
    bucket.say(*({**READ, "Sid": f"{number}{'x' * 400}"} for number in range(39)))

    output = remediation(RUNBOOK)(**WHERE)

    expected = "with statement ASRRequireTLS the bucket's policy would exceed 20 KB: shorten it first"
    assert ("Refused", expected) == (output["Status"], output["Message"])


def test_bucket_that_is_gone_is_no_change(remediation: Callable[[str], Any], account: str) -> None:
    output = remediation(RUNBOOK)(BucketName="gone", Partition="aws")

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
