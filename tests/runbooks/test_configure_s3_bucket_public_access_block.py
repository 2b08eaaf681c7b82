"""ConfigureS3BucketPublicAccessBlock: a bucket blocks public access by ACLs and by policies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest

RUNBOOK = "ConfigureS3BucketPublicAccessBlock"
SETTINGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
ALL_ON = dict.fromkeys(SETTINGS, True)
PARTLY = [dict.fromkeys(SETTINGS, False), *({**ALL_ON, setting: False} for setting in SETTINGS)]


class Bucket:
    """A bucket and its block."""

    name = "My_Old.Bucket"

    def __init__(self) -> None:
        self.s3 = boto3.client("s3")
        self.s3.create_bucket(Bucket=self.name)

    def block(self, settings: dict[str, bool]) -> None:
        self.s3.put_public_access_block(Bucket=self.name, PublicAccessBlockConfiguration=settings)

    def unblock(self) -> None:
        self.s3.delete_public_access_block(Bucket=self.name)

    def describe(self) -> dict[str, bool] | None:
        try:
            return dict(self.s3.get_public_access_block(Bucket=self.name)["PublicAccessBlockConfiguration"])
        except self.s3.exceptions.ClientError:
            return None


@pytest.fixture
def bucket(account: str) -> Bucket:
    return Bucket()


def test_bucket_without_a_block_gets_one(prove: Callable[..., Any], bucket: Bucket) -> None:
    prove(RUNBOOK, bucket.describe, drift=bucket.unblock, BucketName=bucket.name)


@pytest.mark.parametrize("settings", PARTLY, ids=lambda settings: "".join("ny"[on] for on in settings.values()))
def test_block_that_is_not_fully_on_is_completed_and_restored(
    prove: Callable[..., Any], bucket: Bucket, settings: dict[str, bool]
) -> None:
    bucket.block(settings)

    applied = prove(RUNBOOK, bucket.describe, BucketName=bucket.name)
    assert (settings, ALL_ON) == tuple(applied[key]["PublicAccessBlock"] for key in ("Before", "After"))


def test_block_that_is_fully_on_is_left_alone(remediation: Callable[[str], Any], bucket: Bucket) -> None:
    bucket.block(ALL_ON)

    assert "NoChange" == remediation(RUNBOOK)(BucketName=bucket.name)["Status"]


def test_bucket_that_is_gone_is_no_change(remediation: Callable[[str], Any], account: str) -> None:
    output = remediation(RUNBOOK)(BucketName="gone")

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
