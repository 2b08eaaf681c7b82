"""EnableMacie: a region gets Macie; one that has it is not asked again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.macie2.exceptions import AccessDeniedException
from moto.macie2.models import MacieBackend

from asr_templates.simulator.aws.gaps import macie as gap

RUNBOOK = "EnableMacie"


@pytest.fixture
def macie(account: str) -> Iterator[Any]:
    with gap.installed():
        yield boto3.client("macie2")


def test_macie_is_enabled_and_stays_so(remediation: Callable[[str], Any], macie: Any) -> None:
    run = remediation(RUNBOOK)

    applied = run()
    assert ("Success", {"Status": "DISABLED"}, {"Status": "ENABLED"}) == (
        applied["Status"],
        applied["Before"],
        applied["After"],
    )
    assert "ENABLED" == macie.get_macie_session()["status"]
    assert "NoChange" == run()["Status"]

    refused = run("Undo", applied)
    assert "Refused" == refused["Status"]
    assert "disabling Macie would delete its settings, jobs and findings: do it by hand" in refused["Message"]
    assert "ENABLED" == macie.get_macie_session()["status"]


def test_paused_session_goes_on_and_is_paused_again_by_an_undo(prove: Callable[..., Any], macie: Any) -> None:
    macie.enable_macie(findingPublishingFrequency="ONE_HOUR", status="PAUSED")

    def describe() -> Any:
        session = macie.get_macie_session()
        return session["status"], session["findingPublishingFrequency"]

    prove(RUNBOOK, describe, drift=lambda: macie.update_macie_session(status="PAUSED"))


def test_missing_permission_is_not_taken_for_a_region_without_macie(
    remediation: Callable[[str], Any], macie: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(self: MacieBackend) -> None:
        raise AccessDeniedException("User: x is not authorized to perform: macie2:GetMacieSession")

    monkeypatch.setattr(MacieBackend, "get_macie_session", denied)
    output = remediation(RUNBOOK)()

    assert ("Failed", []) == (output["Status"], output["Changes"])
    assert "macie2:GetMacieSession" in output["Message"]
    monkeypatch.undo()
    with gap.installed(), pytest.raises(ClientError, match="Macie is not enabled"):
        macie.get_macie_session()
