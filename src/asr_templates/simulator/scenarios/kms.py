"""Broken resources of AWS KMS."""

from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario


def key_without_rotation(place: Place) -> str:
    """A customer's symmetric key that is never rotated."""
    tags = [{"TagKey": "team", "TagValue": "orders"}]
    return str(place.client("kms").create_key(Description="orders", Tags=tags)["KeyMetadata"]["Arn"])


def described(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the key: what it is, who may use it, its tags, and whether it is rotated."""
    kms = place.client("kms")
    return {
        "Key": kms.describe_key(KeyId=resource_id)["KeyMetadata"],
        "Policy": kms.get_key_policy(KeyId=resource_id, PolicyName="default")["Policy"],
        "Tags": kms.list_resource_tags(KeyId=resource_id)["Tags"],
        "Rotated": is_rotated(place, resource_id),
    }


def is_rotated(place: Place, resource_id: str) -> bool:
    """Automatic rotation is on."""
    return bool(place.client("kms").get_key_rotation_status(KeyId=resource_id)["KeyRotationEnabled"])


def stop_rotation(place: Place, resource_id: str) -> None:
    """Someone switches rotation off again."""
    place.client("kms").disable_key_rotation(KeyId=resource_id)


SCENARIOS = {"KMS.4": Scenario(key_without_rotation, is_rotated, described, stop_rotation)}
