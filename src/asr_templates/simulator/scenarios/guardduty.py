"""Broken resources of Amazon GuardDuty."""

import uuid
from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario


def detectors(place: Place) -> list[str]:
    """Return the ids of the region's detectors."""
    found: list[str] = place.client("guardduty").list_detectors()["DetectorIds"]
    return found


def region_without_guardduty(place: Place) -> str:
    """A region without a detector."""
    for detector in detectors(place):
        place.client("guardduty").delete_detector(DetectorId=detector)
    return place.account_resource


def described_region(place: Place, resource_id: str) -> list[dict[str, Any]]:
    """Return the region's detectors, without their ids and times."""
    found = [place.client("guardduty").get_detector(DetectorId=detector) for detector in detectors(place)]
    given_anew = ("ResponseMetadata", "CreatedAt", "UpdatedAt")
    return [{name: value for name, value in detector.items() if name not in given_anew} for detector in found]


def is_enabled(place: Place, resource_id: str) -> bool:
    """The region has a detector, and it is enabled."""
    return [detector["Status"] for detector in described_region(place, resource_id)] == ["ENABLED"]


def suspend(place: Place, resource_id: str) -> None:
    """Someone suspends GuardDuty."""
    for detector in detectors(place):
        place.client("guardduty").update_detector(DetectorId=detector, Enable=False)


def detector(place: Place) -> str:
    """Return the ARN of the region's detector, made without tags if there is none."""
    found = detectors(place) or [place.client("guardduty").create_detector(Enable=True)["DetectorId"]]
    return place.arn("guardduty", f"detector/{found[0]}")


def suspended_detector(place: Place) -> str:
    """A region in which somebody has suspended GuardDuty."""
    detector(place)
    suspend(place, place.account_resource)
    return place.account_resource


def untagged_detector(place: Place) -> str:
    """A detector without a tag."""
    arn = detector(place)
    untag(place, arn)
    return arn


def untagged_filter(place: Place) -> str:
    """A filter without a tag."""
    arn, name = detector(place), f"office.{uuid.uuid4().hex[:8]}"
    place.client("guardduty").create_filter(
        DetectorId=arn.rpartition("/")[2],
        Name=name,
        Action="ARCHIVE",
        Description="what the office does",
        Rank=1,
        FindingCriteria={"Criterion": {"region": {"Equals": [place.region]}}},
    )
    return f"{arn}/filter/{name}"


def tags(place: Place, resource_id: str) -> dict[str, str]:
    """Return the tags of a detector or filter."""
    found: dict[str, str] = place.client("guardduty").list_tags_for_resource(ResourceArn=resource_id)["Tags"]
    return found


def described(place: Place, resource_id: str) -> dict[str, Any]:
    """Return a whole detector or filter, its tags as each of two operations tells them."""
    parts = resource_id.partition(":detector/")[2].split("/")
    guardduty = place.client("guardduty")
    if len(parts) > 1:
        found = guardduty.get_filter(DetectorId=parts[0], FilterName=parts[2])
    else:
        found = guardduty.get_detector(DetectorId=parts[0])
    given_anew = ("ResponseMetadata", "UpdatedAt")
    whole = {name: value for name, value in found.items() if name not in given_anew}
    return {**whole, "ListedTags": tags(place, resource_id)}


def is_tagged(place: Place, resource_id: str) -> bool:
    """It has a tag."""
    return bool(tags(place, resource_id))


def untag(place: Place, resource_id: str) -> None:
    """Someone takes the tags away again."""
    keys = list(tags(place, resource_id))
    if keys:
        place.client("guardduty").untag_resource(ResourceArn=resource_id, TagKeys=keys)


SCENARIOS = {
    "GuardDuty.1": Scenario(region_without_guardduty, is_enabled, described_region, suspend),
    "GuardDuty.2": Scenario(untagged_filter, is_tagged, described, untag),
    "GuardDuty.4": Scenario(untagged_detector, is_tagged, described, untag),
}

VARIANTS = {
    "GuardDuty.1, a detector that is suspended": Scenario(suspended_detector, is_enabled, described_region, suspend)
}
