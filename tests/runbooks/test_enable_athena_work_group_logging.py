"""EnableAthenaWorkGroupLogging: a workgroup publishes the metrics of its queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto.athena.models import AthenaBackend
from moto.core.exceptions import JsonRESTError

from asr_templates.simulator.aws.gaps import athena as gap

RUNBOOK = "EnableAthenaWorkGroupLogging"
OFF = {"PublishCloudWatchMetricsEnabled": False}


@pytest.fixture
def athena(account: str) -> Iterator[Any]:
    with gap.installed():
        yield boto3.client("athena")


def test_metrics_are_published_and_other_settings_stay(prove: Callable[..., Any], athena: Any) -> None:
    settings = {**OFF, "BytesScannedCutoffPerQuery": 10**9, "RequesterPaysEnabled": True}
    athena.create_work_group(Name="sales", Configuration=settings)

    def describe() -> Any:
        return athena.get_work_group(WorkGroup="sales")["WorkGroup"]["Configuration"]

    def drift() -> None:
        athena.update_work_group(WorkGroup="sales", ConfigurationUpdates=OFF)

    prove(RUNBOOK, describe, drift, WorkGroupName="sales")

    assert (10**9, True) == (describe()["BytesScannedCutoffPerQuery"], describe()["RequesterPaysEnabled"])


def test_workgroup_that_is_gone_is_no_change(remediation: Callable[[str], Any], athena: Any) -> None:
    output = remediation(RUNBOOK)(WorkGroupName="gone")

    assert ("NoChange", "gone") == (output["Status"], output["Message"])


def test_other_errors_of_athena_are_not_taken_for_a_workgroup_that_is_gone(
    remediation: Callable[[str], Any], athena: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: AthenaBackend, name: str) -> None:
        raise JsonRESTError("InvalidRequestException", "Malformed request")

    monkeypatch.setattr(AthenaBackend, "get_work_group", refuse)
    output = remediation(RUNBOOK)(WorkGroupName="sales")

    assert "Failed" == output["Status"]
    assert "Malformed request" in output["Message"]
