"""S3BlockDenylist: other accounts cannot take a bucket over; what they were allowed besides stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from asr_templates.simulator.aws.access.context import role_context
from asr_templates.simulator.aws.access.policies import decide
from asr_templates.simulator.aws.access.principals import Caller

RUNBOOK = "S3BlockDenylist"
NAME = "invoices"
ARN = f"arn:aws:s3:::{NAME}"
OWN, OTHER = "123456789012", "999999999999"
WHERE = {"BucketName": NAME, "AccountId": OWN, "Partition": "aws"}


def allow(principal: Any, *actions: str, **more: Any) -> dict[str, Any]:
    """A statement that allows actions on the bucket and its objects."""
    return {
        "Effect": "Allow",
        "Principal": principal,
        "Action": list(actions),
        "Resource": [ARN, f"{ARN}/*"],
        **more,
    }


class Bucket:
    """A bucket, its policy, and what the policy says about a role of some account."""

    def __init__(self) -> None:
        self.s3 = boto3.client("s3")
        self.s3.create_bucket(Bucket=NAME)

    def say(self, *statements: Any) -> None:
        policy = {"Version": "2012-10-17", "Statement": list(statements)}
        self.s3.put_bucket_policy(Bucket=NAME, Policy=json.dumps(policy))

    def describe(self) -> Any:
        try:
            return json.loads(self.s3.get_bucket_policy(Bucket=NAME)["Policy"])
        except self.s3.exceptions.ClientError:
            return None

    def allows(self, account: str, action: str) -> bool:
        role = f"arn:aws:iam::{account}:role/Reader"
        policy = self.describe()
        return decide([policy], action, ((ARN,),), role_context(role, {}, {}), Caller(role)).allowed


@pytest.fixture
def bucket(account: str) -> Bucket:
    return Bucket()


def test_policy_is_extended_and_brought_back(prove: Callable[..., Any], bucket: Bucket) -> None:
    partners = allow({"AWS": [f"arn:aws:iam::{OTHER}:root", f"arn:aws:iam::{OWN}:root"]}, "s3:*")
    bucket.say(partners)

    policy = prove(RUNBOOK, bucket.describe, drift=lambda: bucket.say(partners), **WHERE)["After"]["Policy"]

    assert (partners, "Deny") == (policy["Statement"][0], policy["Statement"][1]["Effect"])


def test_denial_is_about_other_accounts_only(remediation: Callable[[str], Any], bucket: Bucket) -> None:
    bucket.say(allow("*", "s3:*"))

    remediation(RUNBOOK)(**WHERE)

    actions = ("s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:PutEncryptionConfiguration", "s3:GetBucketLocation")
    assert [False, False, False, True] == [bucket.allows(OTHER, action) for action in actions]
    assert [True, True, True, True] == [bucket.allows(OWN, action) for action in actions]


@pytest.mark.parametrize(
    ("principal", "action"),
    [
        ("*", "*"),
        ({"AWS": "*"}, "s3:*"),
        ({"AWS": OTHER}, "s3:Put*"),
        ({"AWS": f"arn:aws:iam::{OTHER}:role/path/Reader"}, "S3:putbucketacl"),
        ({"AWS": [OWN, f"arn:aws:sts::{OTHER}:assumed-role/Reader/session"]}, "s3:PutObjectAcl"),
        ({"AWS": "AROAEXAMPLEID"}, "s3:Put?bjectAcl"),
        ({"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}, "s3:*Policy"),
    ],
    ids=str,
)
def test_every_way_to_name_a_stranger_and_an_action_is_seen(
    remediation: Callable[[str], Any], bucket: Bucket, principal: Any, action: str
) -> None:
    bucket.say(allow(principal, "s3:GetObject", action))

    assert 1 == len(remediation(RUNBOOK)("Preview", **WHERE)["Changes"])


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Allow", "NotPrincipal": {"AWS": OWN}, "Action": "s3:*", "Resource": ARN},
        {"Effect": "Allow", "Principal": "*", "NotAction": "s3:PutBucketAcl", "Resource": ARN},
    ],
    ids=["NotPrincipal", "NotAction"],
)
def test_what_a_statement_leaves_out_is_understood(
    remediation: Callable[[str], Any], bucket: Bucket, statement: dict[str, Any]
) -> None:
    bucket.say(statement)

    assert 1 == len(remediation(RUNBOOK)("Preview", **WHERE)["Changes"])


@pytest.mark.parametrize(
    "statement",
    [
        allow({"AWS": OWN}, "s3:*"),
        allow({"AWS": f"arn:aws:iam::{OWN}:role/Admin"}, "s3:*"),
        allow({"Service": "cloudtrail.amazonaws.com"}, "s3:*"),
        allow("*", "s3:GetObject", "s3:ListBucket"),
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ARN},
        {"Effect": "Allow", "Principal": "*", "NotAction": ["s3:Put*", "s3:Delete*"], "Resource": ARN},
    ],
    ids=str,
)
def test_policy_that_lets_no_stranger_do_harm_is_left_alone(
    remediation: Callable[[str], Any], bucket: Bucket, statement: dict[str, Any]
) -> None:
    bucket.say(statement)

    assert "NoChange" == remediation(RUNBOOK)(**WHERE)["Status"]


def test_bucket_without_a_policy_is_left_alone(remediation: Callable[[str], Any], bucket: Bucket) -> None:
    assert "NoChange" == remediation(RUNBOOK)(**WHERE)["Status"]


def test_bucket_that_is_gone_is_no_change(remediation: Callable[[str], Any], account: str) -> None:
    output = remediation(RUNBOOK)(**{**WHERE, "BucketName": "gone"})

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
