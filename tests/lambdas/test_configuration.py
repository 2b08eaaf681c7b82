from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_templates.lambdas.configuration import (
    end_of,
    in_force,
    is_automatic,
    lift_hold,
    place_hold,
    read,
    require_not_exempt,
)
from asr_templates.lambdas.controls import Row
from asr_templates.lambdas.outcomes import Decided, Outcome
from asr_templates.lambdas.runtime import ThrottledError

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
RESOURCE = "arn:aws:ec2:us-east-1:111111111111:security-group/sg-1"
ROW = Row("SC", "EC2.2", ("EC2.2",), "ASR-SC_2.0.0_EC2.2", r"^arn:.*/(sg-\d)$")


@pytest.fixture
def configuration(table: Callable[[str], Any]) -> Any:
    return table("ConfigurationTable")


def check(configuration: Any, automatic: bool = False) -> str:
    """Return the message of an exemption, or nothing."""
    try:
        require_not_exempt(configuration, ROW, RESOURCE, automatic, NOW)
    except Decided as decided:
        return decided.message if decided.outcome == Outcome.EXEMPT else str(decided.outcome)
    return ""


@pytest.mark.parametrize(
    ("row", "expected"),
    [({"Enabled": True}, True), ({"Enabled": False}, False), ({"Enabled": "yes"}, False), ({}, False)],
)
def test_only_a_row_that_says_so_makes_a_control_automatic(
    configuration: Any, row: dict[str, Any], expected: bool
) -> None:
    configuration.put_item(Item={"Subject": "automatic", "Control": "CIS120/4.3", **row})

    assert expected is is_automatic(configuration, "CIS120", "4.3")
    assert False is is_automatic(configuration, "SC", "EC2.2")


@pytest.mark.parametrize("subject", [RESOURCE, "sg-1"])
@pytest.mark.parametrize("control", ["EC2.2", "*"])
def test_a_resource_is_exempt_by_its_arn_or_id_from_one_control_or_all(
    configuration: Any, subject: str, control: str
) -> None:
    configuration.put_item(Item={"Subject": subject, "Control": control, "Reason": "legacy"})

    assert check(configuration).startswith(f"{subject} is exempt from ")
    assert check(configuration).endswith(": legacy")


@pytest.mark.parametrize(
    ("subject", "control"), [("sg-2", "EC2.2"), (RESOURCE, "EC2.13"), ("", "*"), (RESOURCE, "hold:EC2.13")]
)
def test_another_resource_or_control_is_not_exempt(configuration: Any, subject: str, control: str) -> None:
    if subject:
        configuration.put_item(Item={"Subject": subject, "Control": control, "Reason": "legacy"})

    assert "" == check(configuration, automatic=True)


@pytest.mark.parametrize(
    ("until", "is_exempt"),
    [
        ("2026-01-01", True),
        ("2025-12-31", False),
        ("2026-01-01T12:00:01Z", True),
        ("2026-01-01T12:00:00Z", False),
        ("2026-01-01T12:30:00+01:00", False),
        ("2026-01-01T13:00:00", True),
        ("soon", True),
        (7, True),
    ],
)
def test_an_exemption_ends_at_its_until_and_one_that_cannot_be_understood_does_not(
    configuration: Any, until: object, is_exempt: bool
) -> None:
    configuration.put_item(Item={"Subject": RESOURCE, "Control": "EC2.2", "Reason": "legacy", "Until": until})

    assert is_exempt is bool(check(configuration))


def test_an_exemption_without_a_reason_still_counts(configuration: Any) -> None:
    configuration.put_item(Item={"Subject": RESOURCE, "Control": "EC2.2"})

    assert "is not readable" in check(configuration)


def test_a_hold_keeps_off_automatic_runs_only(configuration: Any) -> None:
    place_hold(configuration, RESOURCE, "EC2.2", "name", NOW, anew=True)

    assert "" == check(configuration)
    expected = f"automatic remediation of {RESOURCE} for EC2.2 is on hold: undone by execution name"
    assert check(configuration, automatic=True).startswith(expected)


def test_a_hold_ends_after_thirty_days(configuration: Any) -> None:
    place_hold(configuration, RESOURCE, "EC2.2", "name", NOW - timedelta(days=30), anew=True)

    assert "" == check(configuration, automatic=True)


def test_an_undo_that_comes_to_nothing_lifts_only_its_own_hold(configuration: Any) -> None:
    place_hold(configuration, RESOURCE, "EC2.2", "first", NOW, anew=True)
    place_hold(configuration, RESOURCE, "EC2.2", "second", NOW, anew=False)

    lift_hold(configuration, RESOURCE, "EC2.2", "second")

    assert "undone by execution first" in check(configuration, automatic=True)
    lift_hold(configuration, RESOURCE, "EC2.2", "first")
    assert "" == check(configuration, automatic=True)


class BusyTable:
    """A table that leaves every key unread."""

    name = "ASR-Configuration"

    @property
    def meta(self) -> "BusyTable":
        return self

    @property
    def client(self) -> "BusyTable":
        return self

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:
        return {"Responses": {}, "UnprocessedKeys": RequestItems}


def test_rows_that_stay_unread_stop_the_remediation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asr_templates.lambdas.configuration.PAUSE_SECONDS", 0)

    with pytest.raises(ThrottledError, match="1 rows of the configuration could not be read"):
        read(BusyTable(), [("a", "b")])


@given(st.none() | st.text() | st.integers() | st.dates().map(str) | st.datetimes().map(str))
def test_any_until_is_understood_or_counts_for_ever(until: object) -> None:
    end = end_of(until)

    assert end is None or end.tzinfo is not None
    assert end is not None or in_force({"Subject": "s", "Control": "c", "Reason": "r", "Until": until}, NOW)
