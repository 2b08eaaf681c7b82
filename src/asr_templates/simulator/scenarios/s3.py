"""Broken resources of Amazon S3."""

from asr_templates.simulator.scenarios import Place, Scenario

HALF = {"BlockPublicAcls": True, "IgnorePublicAcls": False, "BlockPublicPolicy": False, "RestrictPublicBuckets": False}


def half_blocked_account(place: Place) -> str:
    """An account that blocks one of the four ways to public access."""
    place.client("s3control").put_public_access_block(AccountId=place.account, PublicAccessBlockConfiguration=HALF)
    return place.account_resource


def block(place: Place, resource_id: str) -> dict[str, bool] | None:
    """Return the account's settings, None where it has none."""
    s3control = place.client("s3control")
    try:
        found = s3control.get_public_access_block(AccountId=place.account)["PublicAccessBlockConfiguration"]
    except s3control.exceptions.NoSuchPublicAccessBlockConfiguration:
        return None
    return {name: bool(found[name]) for name in HALF}


def is_blocked(place: Place, resource_id: str) -> bool:
    """All four are on."""
    found = block(place, resource_id)
    return found is not None and all(found.values())


def unblock(place: Place, resource_id: str) -> None:
    """Someone takes the settings away."""
    place.client("s3control").delete_public_access_block(AccountId=place.account)


SCENARIOS = {"S3.1": Scenario(half_blocked_account, is_blocked, block, unblock)}
