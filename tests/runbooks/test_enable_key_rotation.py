"""EnableKeyRotation: a key that can be rotated is; any other is refused with the reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from moto.kms.models import kms_backends

RUNBOOK = "EnableKeyRotation"


class Keys:
    """Keys of one region."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.kms = boto3.client("kms")

    def create(self, **properties: Any) -> str:
        return str(self.kms.create_key(**properties)["KeyMetadata"]["KeyId"])

    def is_rotated(self, key_id: str) -> bool:
        return bool(self.kms.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"])

    def is_now(self, key_id: str, **attributes: Any) -> None:
        """Put a key into a state that no call of moto's leads to."""
        for name, value in attributes.items():
            setattr(kms_backends[self.account]["us-east-1"].keys[key_id], name, value)


@pytest.fixture
def keys(account: str) -> Keys:
    return Keys(account)


def test_rotation_is_switched_on_and_off_again(prove: Callable[..., Any], keys: Keys) -> None:
    key_id = keys.create()

    prove(
        RUNBOOK,
        lambda: keys.is_rotated(key_id),
        drift=lambda: keys.kms.disable_key_rotation(KeyId=key_id),
        KeyId=key_id,
    )


def test_key_that_is_rotated_is_left_alone(remediation: Callable[[str], Any], keys: Keys) -> None:
    key_id = keys.create()
    keys.kms.enable_key_rotation(KeyId=key_id)

    assert "NoChange" == remediation(RUNBOOK)(KeyId=key_id)["Status"]


def test_key_that_is_gone_is_no_change(remediation: Callable[[str], Any], keys: Keys) -> None:
    output = remediation(RUNBOOK)(KeyId="00000000-0000-0000-0000-000000000000")

    assert ("NoChange", "gone") == (output["Status"], output["Message"])


@pytest.mark.parametrize(
    ("properties", "attributes", "expected"),
    [
        (
            {"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"},
            {},
            "a key of type RSA_2048 has no automatic rotation: make a new one and move its users",
        ),
        (
            {"Origin": "EXTERNAL"},
            {},
            "its material is from EXTERNAL, which KMS cannot rotate by itself: rotate it on demand",
        ),
        ({}, {"key_manager": "AWS"}, "AWS owns this key and rotates it"),
        ({}, {"key_state": "Disabled"}, "the key is Disabled, not Enabled"),
        ({}, {"key_state": "PendingDeletion"}, "the key is PendingDeletion, not Enabled"),
    ],
)
def test_key_that_cannot_be_rotated_is_refused_with_the_reason(
    remediation: Callable[[str], Any],
    keys: Keys,
    properties: dict[str, str],
    attributes: dict[str, str],
    expected: str,
) -> None:
    key_id = keys.create(**properties)
    keys.is_now(key_id, **attributes)

    output = remediation(RUNBOOK)(KeyId=key_id)

    assert ("Refused", expected, []) == (output["Status"], output["Message"], output["Changes"])


def test_replica_is_refused_and_its_primary_key_named(
    remediation: Callable[[str], Any], keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_id = keys.create(MultiRegion=True)
    primary = keys.kms.describe_key(KeyId=key_id)["KeyMetadata"]["Arn"]
    keys.kms.replicate_key(KeyId=key_id, ReplicaRegion="eu-west-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")

    output = remediation(RUNBOOK)(KeyId=key_id)

    expected = f"a replica is rotated with its primary key: switch on the rotation of {primary}"
    assert ("Refused", expected) == (output["Status"], output["Message"])
