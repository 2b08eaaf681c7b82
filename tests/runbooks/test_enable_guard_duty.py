"""EnableGuardDuty: a region gets a detector; one that is suspended goes on as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest

RUNBOOK = "EnableGuardDuty"


@pytest.fixture
def guardduty(account: str) -> Any:
    return boto3.client("guardduty")


def detectors(guardduty: Any) -> list[Any]:
    return [guardduty.get_detector(DetectorId=each) for each in guardduty.list_detectors()["DetectorIds"]]


def test_region_gets_a_detector_with_the_tag_asr(remediation: Callable[[str], Any], guardduty: Any) -> None:
    applied = remediation(RUNBOOK)()

    assert ("Success", {"Status": []}, {"Status": ["ENABLED"]}) == (
        applied["Status"],
        applied["Before"],
        applied["After"],
    )
    assert [("ENABLED", {"ASR": RUNBOOK})] == [(each["Status"], each["Tags"]) for each in detectors(guardduty)]
    assert "NoChange" == remediation(RUNBOOK)()["Status"]


def test_suspended_detector_goes_on_with_its_settings(remediation: Callable[[str], Any], guardduty: Any) -> None:
    sources = {"S3Logs": {"Enable": True}}
    guardduty.create_detector(Enable=False, FindingPublishingFrequency="ONE_HOUR", DataSources=sources)

    applied = remediation(RUNBOOK)()
    [detector] = detectors(guardduty)

    assert ["update_detector"] == [change["operation"] for change in applied["Changes"]]
    assert ("ENABLED", "ONE_HOUR") == (detector["Status"], detector["FindingPublishingFrequency"])
    assert "ENABLED" == detector["DataSources"]["S3Logs"]["Status"]


def test_undo_is_refused_with_the_reason(remediation: Callable[[str], Any], guardduty: Any) -> None:
    run = remediation(RUNBOOK)
    refused = run("Undo", run())

    expected = "suspending GuardDuty would leave the region unwatched, deleting its detector would delete findings"
    assert ("Refused", f"cannot be undone: {expected}") == (refused["Status"], refused["Message"])
    assert ["ENABLED"] == [each["Status"] for each in detectors(guardduty)]
