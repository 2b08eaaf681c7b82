"""ConfigureS3BucketLogging: access logs are delivered to a private bucket that serves all, and outlives an undo."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends

from asr_templates.simulator.aws.gaps import s3 as mended

RUNBOOK = "ConfigureS3BucketLogging"
REGION = "us-east-1"
LOGS = f"asr-access-logs-{DEFAULT_ACCOUNT_ID}-{REGION}"
WHERE = {"AccountId": DEFAULT_ACCOUNT_ID, "Region": REGION, "Partition": "aws"}
CREATION = ["create_bucket", "put_bucket_tagging", "put_public_access_block", "put_bucket_encryption"]


class Buckets:
    """Buckets and where their access logs go."""

    def __init__(self) -> None:
        self.s3 = boto3.client("s3")

    def create(self, name: str) -> str:
        self.s3.create_bucket(Bucket=name)
        return name

    def describe(self, name: str) -> Any:
        return self.s3.get_bucket_logging(Bucket=name).get("LoggingEnabled")

    def move(self, name: str) -> None:
        enabled = {"TargetBucket": LOGS, "TargetPrefix": "elsewhere/"}
        self.s3.put_bucket_logging(Bucket=name, BucketLoggingStatus={"LoggingEnabled": enabled})


@pytest.fixture
def buckets(account: str) -> Iterator[Buckets]:
    with mended.installed():
        yield Buckets()


def operations(output: Any) -> list[str]:
    return [change["operation"] for change in output["Changes"]]


def test_bucket_and_its_log_bucket_are_set_up_and_only_the_bucket_is_undone(
    prove: Callable[..., Any], buckets: Buckets
) -> None:
    name = buckets.create("invoices")

    applied = prove(RUNBOOK, lambda: buckets.describe(name), drift=lambda: buckets.move(name), BucketName=name, **WHERE)

    assert [*CREATION, "put_bucket_policy", "put_bucket_logging"] == operations(applied)
    assert {"TargetBucket": LOGS, "TargetPrefix": "invoices/"} == applied["After"]["Logging"]
    assert LOGS in [bucket["Name"] for bucket in buckets.s3.list_buckets()["Buckets"]]


def test_second_bucket_uses_the_same_log_bucket(remediation: Callable[[str], Any], buckets: Buckets) -> None:
    for name in ("invoices", "orders"):
        output = remediation(RUNBOOK)(BucketName=buckets.create(name), **WHERE)

    assert ["put_bucket_logging"] == operations(output)


def test_log_bucket_that_was_half_made_is_completed_and_keeps_what_others_set(
    remediation: Callable[[str], Any], buckets: Buckets
) -> None:
    name, tag = buckets.create("invoices"), {"Key": "team", "Value": "audit"}
    buckets.create(LOGS)
    buckets.s3.put_bucket_tagging(Bucket=LOGS, Tagging={"TagSet": [tag]})
    audit = {"Sid": "Audit", "Effect": "Allow", "Principal": {"AWS": DEFAULT_ACCOUNT_ID}, "Action": "s3:GetObject"}
    statement = {**audit, "Resource": f"arn:aws:s3:::{LOGS}/*"}
    buckets.s3.put_bucket_policy(Bucket=LOGS, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))

    output = remediation(RUNBOOK)(BucketName=name, **WHERE)

    assert [*CREATION[1:], "put_bucket_policy", "put_bucket_logging"] == operations(output)
    policy = json.loads(buckets.s3.get_bucket_policy(Bucket=LOGS)["Policy"])
    assert [statement["Sid"], "ASRRequireTLS", "ASRServerAccessLogs"] == [each["Sid"] for each in policy["Statement"]]
    assert tag in buckets.s3.get_bucket_tagging(Bucket=LOGS)["TagSet"]


def test_logs_that_go_somewhere_else_stay_there(remediation: Callable[[str], Any], buckets: Buckets) -> None:
    remediation(RUNBOOK)(BucketName=buckets.create("invoices"), **WHERE)
    buckets.move("invoices")

    assert "NoChange" == remediation(RUNBOOK)(BucketName="invoices", **WHERE)["Status"]


def test_log_bucket_of_another_account_is_refused(remediation: Callable[[str], Any], buckets: Buckets) -> None:
    name = buckets.create("invoices")
    s3_backends["999999999999"]["aws"].create_bucket(LOGS, REGION)

    output = remediation(RUNBOOK)(BucketName=name, **WHERE)

    expected = f"bucket {LOGS} is another account's, or hidden from this role"
    assert ("Refused", expected, None) == (output["Status"], output["Message"], buckets.describe(name))


def test_log_bucket_itself_is_refused(remediation: Callable[[str], Any], buckets: Buckets) -> None:
    output = remediation(RUNBOOK)(BucketName=buckets.create(LOGS), **WHERE)

    expected = "it receives the access logs of other buckets: its own would bring forth logs without end"
    assert ("Refused", expected) == (output["Status"], output["Message"])


def test_bucket_that_is_gone_is_no_change(remediation: Callable[[str], Any], account: str) -> None:
    output = remediation(RUNBOOK)(BucketName="gone", **WHERE)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
