"""EnableCloudTrailLogFileValidation: a trail signs its log files; all else of it stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest

RUNBOOK = "EnableCloudTrailLogFileValidation"


@pytest.fixture
def cloudtrail(account: str) -> Any:
    boto3.client("s3").create_bucket(Bucket="audit")
    client = boto3.client("cloudtrail")
    client.create_trail(Name="events", S3BucketName="audit", S3KeyPrefix="all")
    return client


def test_validation_is_switched_on_and_off_again(prove: Callable[..., Any], cloudtrail: Any) -> None:
    def drift() -> None:
        cloudtrail.update_trail(Name="events", EnableLogFileValidation=False)

    prove(RUNBOOK, lambda: cloudtrail.get_trail(Name="events")["Trail"], drift, TrailName="events")


def test_trail_that_signs_its_files_is_left_alone(remediation: Callable[[str], Any], cloudtrail: Any) -> None:
    cloudtrail.update_trail(Name="events", EnableLogFileValidation=True)

    assert "NoChange" == remediation(RUNBOOK)(TrailName="events")["Status"]


def test_trail_that_is_gone_is_no_change(remediation: Callable[[str], Any], cloudtrail: Any) -> None:
    output = remediation(RUNBOOK)(TrailName="former-events")

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
