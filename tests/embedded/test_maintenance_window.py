"""What waits for a maintenance window is found, and stands in the way."""

from __future__ import annotations

from typing import Any

import pytest

from asr_templates.embedded.maintenance_window import must_not_wait, waiting
from asr_templates.embedded.runner import Refuse


@pytest.mark.parametrize(
    ("pending", "expected"),
    [
        ({"Port": 3306, "Engine": "mysql"}, ["Engine", "Port"]),
        ({"BackupRetentionPeriod": 0, "MultiAZ": False}, ["BackupRetentionPeriod", "MultiAZ"]),
        ({"Port": None, "Engine": "", "ProcessorFeatures": [], "PendingCloudwatchLogsExports": {}}, []),
        ({}, []),
        (None, []),
    ],
)
def test_every_value_waits_and_what_is_empty_is_none(pending: dict[str, Any] | None, expected: list[str]) -> None:
    assert expected == waiting({"PendingModifiedValues": pending})


def test_what_never_waits_has_no_pending_values() -> None:
    assert [] == waiting({})


def test_own_change_is_not_counted() -> None:
    assert ["Port"] == waiting({"PendingModifiedValues": {"Port": 3306, "MultiAZ": True}}, "MultiAZ")


def test_refusal_names_what_waits() -> None:
    must_not_wait([])
    with pytest.raises(Refuse, match=r"^Engine, Port would be applied at once too"):
        must_not_wait(["Engine", "Port"])
