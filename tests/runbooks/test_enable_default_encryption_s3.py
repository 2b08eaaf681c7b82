"""EnableDefaultEncryptionS3: a bucket encrypts new objects by default."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest

RUNBOOK = "EnableDefaultEncryptionS3"


class Bucket:
    """A bucket and its default encryption."""

    name = "invoices"

    def __init__(self) -> None:
        self.s3 = boto3.client("s3")
        self.s3.create_bucket(Bucket=self.name)

    def encrypt(self, **by_default: str) -> None:
        rules = [{"ApplyServerSideEncryptionByDefault": by_default}]
        self.s3.put_bucket_encryption(Bucket=self.name, ServerSideEncryptionConfiguration={"Rules": rules})

    def describe(self) -> Any:
        try:
            return self.s3.get_bucket_encryption(Bucket=self.name)["ServerSideEncryptionConfiguration"]
        except self.s3.exceptions.ClientError:
            return None


@pytest.fixture
def bucket(account: str) -> Bucket:
    return Bucket()


def test_bucket_without_encryption_gets_that_of_s3(prove: Callable[..., Any], bucket: Bucket) -> None:
    prove(RUNBOOK, bucket.describe, drift=lambda: bucket.encrypt(SSEAlgorithm="aws:kms"), BucketName=bucket.name)


@pytest.mark.parametrize("algorithm", ["AES256", "aws:kms", "aws:kms:dsse"])
def test_encryption_of_any_kind_stays(remediation: Callable[[str], Any], bucket: Bucket, algorithm: str) -> None:
    bucket.encrypt(SSEAlgorithm=algorithm)
    before = bucket.describe()

    assert "NoChange" == remediation(RUNBOOK)(BucketName=bucket.name)["Status"]
    assert before == bucket.describe()


def test_bucket_that_is_gone_is_no_change(remediation: Callable[[str], Any], account: str) -> None:
    output = remediation(RUNBOOK)(BucketName="gone")

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
