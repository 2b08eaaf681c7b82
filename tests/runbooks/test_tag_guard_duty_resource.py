"""TagGuardDutyResource: a detector or filter gets the tag keys that it lacks; its own tags stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from asr_templates.simulator.aws.gaps import guardduty as gap

RUNBOOK = "TagGuardDutyResource"
DEFAULT = "ASR-GuardDutyResource"


class Detector:
    """The detector of a region."""

    def __init__(self) -> None:
        self.guardduty = boto3.client("guardduty")
        self.id = self.guardduty.create_detector(Enable=True)["DetectorId"]
        self.arn = f"arn:aws:guardduty:us-east-1:123456789012:detector/{self.id}"

    def filter(self, **tags: str) -> str:
        criterion = {"Criterion": {"region": {"Equals": ["us-east-1"]}}}
        self.guardduty.create_filter(DetectorId=self.id, Name="of.office", FindingCriteria=criterion, Tags=tags)
        return f"{self.arn}/filter/of.office"

    def tags(self, arn: str) -> dict[str, str]:
        return dict(self.guardduty.list_tags_for_resource(ResourceArn=arn)["Tags"])


@pytest.fixture
def detector(account: str) -> Iterator[Detector]:
    with gap.installed():
        yield Detector()


def asked(arn: str, *keys: str) -> dict[str, Any]:
    return {"ResourceArn": arn, "requiredTagKeys": list(keys), "DefaultTagKey": DEFAULT}


def test_missing_keys_are_added_and_taken_away_again(prove: Callable[..., Any], detector: Detector) -> None:
    arn = detector.filter(team="office")

    def drift() -> None:
        detector.guardduty.tag_resource(ResourceArn=arn, Tags={"owner": "ann"})

    applied = prove(RUNBOOK, lambda: detector.tags(arn), drift=drift, **asked(arn, "owner", "team", "cost"))

    assert {"cost": "", "owner": "", "team": "office"} == applied["After"]["Tags"]


def test_resource_without_a_tag_gets_the_default_key(remediation: Callable[[str], Any], detector: Detector) -> None:
    remediation(RUNBOOK)(**asked(detector.arn))

    assert {DEFAULT: ""} == detector.tags(detector.arn)


def test_any_tag_is_enough_where_no_key_is_required(remediation: Callable[[str], Any], detector: Detector) -> None:
    assert "NoChange" == remediation(RUNBOOK)(**asked(detector.filter(team="office")))["Status"]


@pytest.mark.parametrize("rest", ["", "/filter/other"])
def test_resource_that_is_gone_is_no_change(remediation: Callable[[str], Any], detector: Detector, rest: str) -> None:
    arn = f"{detector.arn if rest else detector.arn.replace(detector.id, '0' * 32)}{rest}"
    output = remediation(RUNBOOK)(**asked(arn))

    assert ("NoChange", "gone") == (output["Status"], output["Message"])


def test_resource_with_all_the_tags_that_it_can_have_is_refused(
    remediation: Callable[[str], Any], detector: Detector
) -> None:
    arn = detector.filter(**{f"tag{number}": "" for number in range(50)})
    output = remediation(RUNBOOK)(**asked(arn, "owner"))

    assert ("Refused", "it has 50 tags; with owner it would exceed 50") == (output["Status"], output["Message"])
