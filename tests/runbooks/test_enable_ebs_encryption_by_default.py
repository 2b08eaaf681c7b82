"""EnableEbsEncryptionByDefault: new volumes of the region are encrypted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest


@pytest.fixture
def ec2(account: str) -> Any:
    return boto3.client("ec2")


def test_encryption_by_default_is_switched_on(prove: Callable[..., Any], ec2: Any) -> None:
    def describe() -> bool:
        return bool(ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"])

    prove("EnableEbsEncryptionByDefault", describe, drift=ec2.disable_ebs_encryption_by_default)


def test_region_that_encrypts_is_left_alone(remediation: Callable[[str], Any], ec2: Any) -> None:
    ec2.enable_ebs_encryption_by_default()

    assert ("NoChange", []) == tuple(
        remediation("EnableEbsEncryptionByDefault")()[key] for key in ("Status", "Changes")
    )


def test_other_regions_are_left_alone(remediation: Callable[[str], Any], ec2: Any) -> None:
    remediation("EnableEbsEncryptionByDefault")()

    elsewhere = boto3.client("ec2", region_name="eu-west-1")
    assert not elsewhere.get_ebs_encryption_by_default()["EbsEncryptionByDefault"]
