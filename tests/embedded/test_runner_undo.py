"""The runner verifies what takes time, undoes, and ends well when the resource is gone."""

from __future__ import annotations

import base64
import zlib
from typing import Any

import pytest

from asr_templates.embedded.runner import Change, Gone, Pending, Plan, Undo

# What AWS has accepted and not finished


def dimmed(aws: Any) -> Plan:
    """The hall is lit; a lamp that warms up is not lit yet."""
    lamps = aws("lamps")
    on = lamps.describe()
    if lamps.pending:
        yield Pending("the hall warms up")
    elif "hall" not in on:
        yield Change("lamps", "turn_on", {"Name": "hall"}, undo=Undo("turn_off", {"Name": "hall"}))
    return {"On": lamps.settled if lamps.pending else on}


@pytest.fixture
def slow(room: Any) -> Any:
    """Lamps that warm up, and cool down, until somebody waits."""
    room.lamps.is_slow = True
    return room.lamps


def test_pending_change_is_neither_done_nor_made_again(room: Any, slow: Any) -> None:
    applied = room.run(dimmed)
    again = room.run(dimmed)

    assert ("Success", {"On": []}, 1) == (applied["Status"], applied["After"], len(applied["Changes"]))
    assert ("Success", "already under way", []) == (again["Status"], again["Message"], again["Changes"])
    assert 1 == len(slow.calls)


def test_verify_after_the_wait_reports_success_with_the_first_state_and_the_last(room: Any, slow: Any) -> None:
    applied = room.run(dimmed)
    slow.wait()

    verified = room.run(dimmed, Earlier=applied)

    expected = {**applied, "Before": {"On": []}, "After": {"On": ["hall"]}}
    assert expected == verified


def test_verify_times_out_while_something_is_pending(room: Any, slow: Any) -> None:
    applied = room.run(dimmed)

    verified = room.run(dimmed, Earlier=applied)

    assert ("Failed", True) == (verified["Status"], verified["TimedOut"])
    assert "timed out: ['the hall warms up']" == verified["Message"]
    assert applied["Changes"] == verified["Changes"]
    assert sum(room.clock.sleeps) >= 120


def test_verify_times_out_while_something_is_left(room: Any, slow: Any) -> None:
    applied = room.run(dimmed)
    slow.wait()
    slow.on = set()

    verified = room.run(dimmed, Earlier=applied)

    assert ("Failed", "timed out: ['turn_on']") == (verified["Status"], verified["Message"])
    assert 1 == len(slow.calls)


def test_verify_of_what_was_already_under_way_made_no_change(room: Any, slow: Any) -> None:
    slow.on, slow.pending = {"hall"}, ["hall"]
    applied = room.run(dimmed)
    slow.wait()

    verified = room.run(dimmed, Earlier=applied)

    assert ("NoChange", "already under way", []) == (verified["Status"], verified["Message"], verified["Changes"])


@pytest.mark.parametrize("status", ["NoChange", "Preview", "Refused", "Failed"])
def test_verify_hands_on_what_was_no_change(room: Any, slow: Any, status: str) -> None:
    earlier: dict[str, Any] = {"Status": status, "Message": "m", "Before": None, "After": None, "Changes": []}

    assert earlier == room.run(dimmed, Earlier=earlier)


def test_undo_is_refused_while_something_is_pending(room: Any, slow: Any) -> None:
    applied = room.run(dimmed)

    output = room.run(dimmed, "Undo", applied)

    assert ("Refused", "cannot be undone: the resource was changed since") == (output["Status"], output["Message"])


def test_undo_that_takes_time_is_verified_after_the_wait(room: Any, slow: Any) -> None:
    applied = room.run(dimmed)
    slow.wait()
    verified = room.run(dimmed, Earlier=applied)

    undone = room.run(dimmed, "Undo", verified)
    early = room.run(dimmed, "Undo", verified, Earlier=undone)
    slow.wait()
    late = room.run(dimmed, "Undo", verified, Earlier=undone)

    assert ("Undone", 1) == (undone["Status"], len(undone["Changes"]))
    assert ("Failed", True) == (early["Status"], early["TimedOut"])
    assert ("Undone", {"On": []}, undone["Changes"]) == (late["Status"], late["After"], late["Changes"])


# Undoing


def test_undo_performs_the_inverses_backwards_and_restores(room: Any) -> None:
    room.lit("cellar")
    record = room.run()

    output = room.run(mode="Undo", record=record)

    assert ("Undone", "undid 2 changes", {"On": ["cellar"]}) == (output["Status"], output["Message"], output["After"])
    assert [("turn_off", "kitchen"), ("turn_off", "hall")] == room.lamps.calls[2:]
    assert {"cellar"} == room.lamps.on


def test_undo_compares_records_without_order(room: Any) -> None:
    record = room.run()
    record["After"]["On"].reverse()

    assert "Undone" == room.run(mode="Undo", record=record)["Status"]


def test_undo_waits_until_what_was_is_visible_again(room: Any) -> None:
    record = room.run()
    room.lamps.describe()
    looks = iter([["hall", "kitchen"], ["hall", "kitchen"], ["hall"], []])
    room.lamps.describe = lambda: next(looks)

    assert "Undone" == room.run(mode="Undo", record=record)["Status"]
    assert [0, 2, 5] == room.clock.sleeps[-3:]


def test_undo_after_drift_is_refused_and_touches_nothing(room: Any) -> None:
    record = room.run()
    room.lamps.on.add("cellar")

    output = room.run(mode="Undo", record=record)

    assert ("Refused", "cannot be undone: the resource was changed since") == (output["Status"], output["Message"])
    assert {"hall", "kitchen", "cellar"} == room.lamps.on


def test_undo_is_refused_while_something_is_to_do(room: Any) -> None:
    record = room.run()
    room.lamps.on.remove("hall")

    assert "Refused" == room.run(mode="Undo", record=record)["Status"]
    assert {"kitchen"} == room.lamps.on


def test_undo_is_refused_while_something_is_to_do_even_if_all_is_as_recorded(room: Any) -> None:
    """The record of a run that failed half-way says what was seen, not that it was enough."""
    record = room.run()
    room.lamps.on.remove("hall")
    record["After"] = {"On": ["kitchen"]}

    assert "Refused" == room.run(mode="Undo", record=record)["Status"]
    assert {"kitchen"} == room.lamps.on


def test_one_change_without_a_way_back_refuses_the_whole_undo(room: Any) -> None:
    record = room.run()
    record["Changes"][1]["undo"] = "the bulb was thrown away"

    output = room.run(mode="Undo", record=record)

    assert ("Refused", "cannot be undone: the bulb was thrown away") == (output["Status"], output["Message"])
    assert {"hall", "kitchen"} == room.lamps.on


def test_undo_of_a_run_that_changed_nothing_is_refused(room: Any) -> None:
    room.lit("hall", "kitchen")

    output = room.run(mode="Undo", record=room.run())

    assert ("Refused", "cannot be undone: nothing was changed") == (output["Status"], output["Message"])


@pytest.mark.parametrize(
    "record", ["", "x", base64.b64encode(b"{}").decode(), base64.b64encode(zlib.compress(b"{}")).decode()[:-8]]
)
def test_undo_without_a_readable_record_is_refused(room: Any, record: str) -> None:
    output = room.run(mode="Undo", record=record)

    assert ("Refused", "cannot be undone: no readable record") == (output["Status"], output["Message"])


def test_undo_that_does_not_restore_fails_with_what_it_did(room: Any) -> None:
    record = room.run()
    record["Before"] = {"On": ["attic"]}

    output = room.run(mode="Undo", record=record)

    assert ("Failed", 2) == (output["Status"], len(output["Changes"]))
    assert "Unfinished: undone, but not as it was: {'On': []}" == output["Message"]


def test_undo_that_fails_half_way_keeps_the_record(room: Any) -> None:
    record = room.run()
    room.lamps.broken = {"hall"}

    output = room.run(mode="Undo", record=record)

    assert ("Failed", ["turn_off"]) == (output["Status"], [change["operation"] for change in output["Changes"]])


# A resource that is gone


@pytest.mark.parametrize(("mode", "status"), [("Apply", "NoChange"), ("Preview", "NoChange"), ("Undo", "Refused")])
def test_resource_that_is_gone(room: Any, mode: str, status: str) -> None:
    def demolished(aws: Any) -> Plan:
        yield from ()
        raise Gone

    record = room.run() if mode == "Undo" else ""
    output = room.run(demolished, mode, record)

    assert (status, "gone", []) == (output["Status"], output["Message"], output["Changes"])


def test_resource_that_goes_after_the_change_is_a_failure_that_keeps_the_record(room: Any) -> None:
    def vanishing(aws: Any) -> Plan:
        if aws("lamps").describe():
            raise Gone
        yield Change("lamps", "turn_on", {"Name": "hall"}, undo="no way back")
        return {}

    output = room.run(vanishing)

    assert ("Failed", "gone", 1) == (output["Status"], output["Message"], len(output["Changes"]))


def test_verify_of_a_resource_that_is_gone_keeps_the_record(room: Any) -> None:
    def demolished(aws: Any) -> Plan:
        yield from ()
        raise Gone

    applied = room.run()
    output = room.run(demolished, Earlier=applied)

    assert ("Failed", "gone", applied["Changes"]) == (output["Status"], output["Message"], output["Changes"])
