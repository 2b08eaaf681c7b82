"""Broken resources of Amazon Macie."""

from typing import Any

from botocore.exceptions import ClientError

from asr_templates.simulator.scenarios import Place, Scenario


def region_without_macie(place: Place) -> str:
    """A region in which Macie is not enabled."""
    if described(place, place.account_resource):
        place.client("macie2").disable_macie()
    return place.account_resource


def described(place: Place, resource_id: str) -> dict[str, Any]:
    """Return Macie's session, nothing where Macie is not enabled, without its times."""
    try:
        session = place.client("macie2").get_macie_session()
    except ClientError:
        return {}
    return {name: session[name] for name in ("status", "findingPublishingFrequency", "serviceRole")}


def is_enabled(place: Place, resource_id: str) -> bool:
    """Macie is enabled, and not paused."""
    return described(place, resource_id).get("status") == "ENABLED"


def paused_macie(place: Place) -> str:
    """A region in which somebody has paused Macie."""
    if not described(place, place.account_resource):
        place.client("macie2").enable_macie()
    pause(place, place.account_resource)
    return place.account_resource


def pause(place: Place, resource_id: str) -> None:
    """Someone pauses Macie."""
    place.client("macie2").update_macie_session(status="PAUSED")


SCENARIOS = {"Macie.1": Scenario(region_without_macie, is_enabled, described, pause)}

VARIANTS = {"Macie.1, a session that is paused": Scenario(paused_macie, is_enabled, described, pause)}
