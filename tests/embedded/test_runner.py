"""The runner in every mode, on lamps that can be switched on and off."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asr_templates.embedded import runner
from asr_templates.embedded.runner import Change, Gone, Pending, Plan, Refuse, Undo, run


class Lamps:
    """A service with lamps: some on, some late to show it, some broken."""

    def __init__(self, *on: str) -> None:
        self.on = set(on)
        self.seen: list[str] = sorted(on)
        self.calls: list[tuple[str, str]] = []
        self.broken: set[str] = set()
        self.looks_until_visible = 0
        self.pending: list[str] = []

    def describe(self) -> list[str]:
        if self.looks_until_visible:
            self.looks_until_visible -= 1
        else:
            self.seen = sorted(self.on)
        return list(self.seen)

    def turn_on(self, Name: str) -> dict[str, Any]:
        return self._turn("turn_on", Name, self.on | {Name})

    def turn_off(self, Name: str) -> dict[str, Any]:
        return self._turn("turn_off", Name, self.on - {Name})

    def _turn(self, operation: str, name: str, on: set[str]) -> dict[str, Any]:
        if name in self.broken:
            raise PermissionError(f"AccessDenied: lamps:{operation}")
        self.calls.append((operation, name))
        self.on = on
        return {"Lamp": {"Id": f"l-{name}"}}


def all_on(aws: Any, Wanted: list[str]) -> Plan:
    """Each wanted lamp is on."""
    on = aws("lamps").describe()
    for name in Wanted:
        if name not in on:
            yield Change("lamps", "turn_on", {"Name": name}, undo=Undo("turn_off", {"Name": name}))
    return {"On": on}


class Room:
    """Lamps, a plan, and the runner that joins them."""

    def __init__(self, clock: Any) -> None:
        self.lamps = Lamps()
        self.clock = clock

    def run(
        self, plan: Callable[..., Plan] = all_on, mode: str = "Apply", record: Any = "", **more: Any
    ) -> dict[str, Any]:
        wanted = more if plan is not all_on else {"Wanted": ["hall", "kitchen"], **more}
        event = {"Mode": mode, "Record": record if isinstance(record, str) else packed(record), **wanted}
        return run(plan, event, lambda service: self.lamps, sleep=self.clock.sleep)


def packed(output: Any) -> str:
    return base64.b64encode(zlib.compress(json.dumps(output).encode())).decode()


def turned(operation: str, name: str) -> dict[str, Any]:
    """The record of a change of one lamp."""
    back = {"turn_on": "turn_off", "turn_off": "turn_on"}[operation]
    undo = {"operation": back, "parameters": {"Name": name}}
    return {"service": "lamps", "operation": operation, "parameters": {"Name": name}, "undo": undo}


@pytest.fixture
def room(clock: Any, monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.setattr(runner, "time", SimpleNamespace(time=clock.time))
    return Room(clock)


# Looking


def test_preview_lists_the_changes_and_makes_none(room: Room) -> None:
    expected = {
        "Status": "Preview",
        "Message": "would make 2 changes",
        "Before": {"On": []},
        "After": {"On": []},
        "Changes": [turned("turn_on", "hall"), turned("turn_on", "kitchen")],
    }

    assert expected == room.run(mode="Preview")
    assert [] == room.lamps.calls


@pytest.mark.parametrize("mode", ["Apply", "Preview"])
def test_refusal_in_the_middle_of_a_plan_touches_nothing(room: Room, mode: str) -> None:
    def half(aws: Any) -> Plan:
        yield Change("lamps", "turn_on", {"Name": "hall"}, undo="no way back")
        raise Refuse("the kitchen is flooded")

    output = room.run(half, mode)

    assert ("Refused", "the kitchen is flooded", []) == (output["Status"], output["Message"], output["Changes"])
    assert [] == room.lamps.calls


def test_preview_shows_parts_of_responses_that_do_not_exist_yet_as_placeholders(room: Room) -> None:
    def key_and_alias(aws: Any) -> Plan:
        made = yield Change("kms", "create_key", {}, undo="keys stay")
        key_id = made["KeyMetadata"]["KeyId"]
        names = {"TargetKeyId": key_id, "AliasName": f"alias/{key_id}", "First": made["Tags"][0]}
        yield Change("kms", "create_alias", names, undo=lambda alias: Undo("delete_alias", {"Name": alias["Name"]}))
        return {}

    alias = room.run(key_and_alias, "Preview")["Changes"][1]

    expected = {
        "TargetKeyId": "<KeyMetadata.KeyId of create_key>",
        "AliasName": "alias/<KeyMetadata.KeyId of create_key>",
        "First": "<Tags.0 of create_key>",
    }
    assert expected == alias["parameters"]
    assert {"operation": "delete_alias", "parameters": {"Name": "<Name of create_alias>"}} == alias["undo"]


@pytest.mark.parametrize(
    "look",
    [
        lambda response: bool(response),
        lambda response: len(response),
        lambda response: list(response),
        lambda response: "Id" in response,
        lambda response: response["Id"] == "l-hall",
        lambda response: response["Id"] != "l-hall",
        lambda response: response["Count"] > 3,
        lambda response: {response["Id"]: 1},
        lambda response: response.get("Id"),
        lambda response: int(response["Count"]),
    ],
)
def test_plan_that_looks_into_a_response_fails_before_anything_is_touched(room: Room, look: Any) -> None:
    def curious(aws: Any) -> Plan:
        look((yield Change("lamps", "turn_on", {"Name": "hall"}, undo="no way back")))

    assert "Failed" == room.run(curious)["Status"]
    assert [] == room.lamps.calls


def test_message_names_the_response_that_a_plan_looked_into(room: Room) -> None:
    def curious(aws: Any) -> Plan:
        made = yield Change("lamps", "turn_on", {"Name": "hall"}, undo="no way back")
        if made["Lamp"]["Id"]:
            yield Change("lamps", "turn_on", {"Name": "kitchen"}, undo="no way back")

    expected = "TypeError: a plan must not look into <Lamp.Id of turn_on>"
    assert expected == room.run(curious, "Preview")["Message"]


@pytest.mark.parametrize("undo", [None, 3, {"operation": "turn_off"}])
def test_change_that_says_nothing_of_its_way_back_fails_before_anything_is_touched(room: Room, undo: Any) -> None:
    def careless(aws: Any) -> Plan:
        yield Change("lamps", "turn_on", {"Name": "hall"}, undo=undo)

    assert "Failed" == room.run(careless)["Status"]
    assert [] == room.lamps.calls


@pytest.mark.parametrize("mode", ["Apply", "Preview"])
def test_more_than_a_hundred_changes_are_refused_before_anything(room: Room, mode: str) -> None:
    output = room.run(mode=mode, Wanted=[f"lamp {number}" for number in range(101)])

    assert ("Refused", "101 changes exceed one record", []) == (output["Status"], output["Message"], output["Changes"])
    assert [] == room.lamps.calls


@pytest.mark.parametrize(
    ("name", "on"), [(30_000, 0), (10, 30_000), (15_000, 15_000)], ids=["changes", "states", "together"]
)
@pytest.mark.parametrize("mode", ["Apply", "Preview"])
def test_more_than_60_kB_are_refused_before_anything(room: Room, mode: str, name: int, on: int) -> None:
    """A name is recorded twice, in the change and in its undo; so is the state, as Before and as After."""
    room.lamps = Lamps("x" * on)

    output = room.run(mode=mode, Wanted=["a" * name])

    assert ("Refused", "1 changes exceed one record", []) == (output["Status"], output["Message"], output["Changes"])
    assert [] == room.lamps.calls


@pytest.mark.parametrize("size", [14_000, 19_000])
def test_output_has_at_most_60_kB(room: Room, size: int) -> None:
    room.lamps = Lamps("x" * 1_000)
    output = room.run(Wanted=["a" * size])

    assert "Success" == output["Status"]
    assert len(json.dumps(output)) <= 60_000


def test_a_hundred_changes_are_made(room: Room) -> None:
    wanted = [f"lamp {number}" for number in range(100)]

    assert "made 100 changes" == room.run(Wanted=wanted)["Message"]
    assert sorted(wanted) == sorted(room.lamps.on)


# Applying


def test_apply_makes_each_change_once_and_reports_before_and_after(room: Room) -> None:
    room.lamps = Lamps("kitchen")
    expected = {
        "Status": "Success",
        "Message": "made 1 changes",
        "Before": {"On": ["kitchen"]},
        "After": {"On": ["hall", "kitchen"]},
        "Changes": [turned("turn_on", "hall")],
    }

    assert expected == room.run()
    assert [("turn_on", "hall")] == room.lamps.calls


def test_second_apply_changes_nothing(room: Room) -> None:
    room.run()
    expected = {
        "Status": "NoChange",
        "Message": "nothing to do",
        "Before": {"On": ["hall", "kitchen"]},
        "After": {"On": ["hall", "kitchen"]},
        "Changes": [],
    }

    assert expected == room.run()
    assert 2 == len(room.lamps.calls)


def test_apply_looks_again_until_its_changes_are_visible_and_does_not_repeat_them(room: Room) -> None:
    room.lamps.looks_until_visible = 6

    output = room.run()

    assert ("Success", {"On": ["hall", "kitchen"]}) == (output["Status"], output["After"])
    assert [("turn_on", "hall"), ("turn_on", "kitchen")] == room.lamps.calls
    assert [0, 2, 5, 10, 20] == room.clock.sleeps


def test_apply_fails_with_its_changes_when_they_do_not_show_within_two_minutes(room: Room) -> None:
    room.lamps.looks_until_visible = 99

    output = room.run()

    expected = "Unfinished: still to do: ['turn_on', 'turn_on']"
    assert ("Failed", expected) == (output["Status"], output["Message"])
    assert [turned("turn_on", "hall"), turned("turn_on", "kitchen")] == output["Changes"]
    assert 120 == sum(room.clock.sleeps)


def test_refusal_after_the_change_is_a_failure_that_keeps_the_record(room: Room) -> None:
    def spiteful(aws: Any) -> Plan:
        if aws("lamps").describe():
            raise Refuse("a lamp is on")
        yield Change("lamps", "turn_on", {"Name": "hall"}, undo="no way back")
        return {}

    output = room.run(spiteful)

    assert ("Failed", 1) == (output["Status"], len(output["Changes"]))
    assert "Unfinished: still to do: ['a lamp is on']" == output["Message"]


def test_failure_half_way_keeps_the_record_of_what_was_done(room: Room) -> None:
    room.lamps.broken = {"kitchen"}
    expected = {
        "Status": "Failed",
        "Message": "PermissionError: AccessDenied: lamps:turn_on",
        "Before": {"On": []},
        "After": {"On": []},
        "Changes": [turned("turn_on", "hall")],
    }

    assert expected == room.run()


def test_change_whose_undo_cannot_be_read_from_its_response_is_recorded_all_the_same(room: Room) -> None:
    def optimistic(aws: Any) -> Plan:
        if not aws("lamps").describe():
            yield Change(
                "lamps", "turn_on", {"Name": "hall"}, undo=lambda made: Undo("turn_off", {"Id": made["Lamp"]["Arn"]})
            )
        return {}

    output = room.run(optimistic)

    expected = {**turned("turn_on", "hall"), "undo": "its response has no way back"}
    assert ("Failed", "KeyError: 'Arn'", [expected]) == (output["Status"], output["Message"], output["Changes"])


def test_undo_can_be_a_function_of_the_response(room: Room) -> None:
    def by_id(aws: Any) -> Plan:
        if not aws("lamps").describe():
            yield Change(
                "lamps", "turn_on", {"Name": "hall"}, undo=lambda made: Undo("turn_off", {"Id": made["Lamp"]["Id"]})
            )
        return {}

    [change] = room.run(by_id)["Changes"]

    assert {"operation": "turn_off", "parameters": {"Id": "l-hall"}} == change["undo"]


def test_what_others_did_meanwhile_is_no_success_of_ours(room: Room) -> None:
    looks = iter([[], ["hall", "kitchen"], ["hall", "kitchen"]])
    room.lamps.describe = lambda: next(looks)  # type: ignore[method-assign]

    output = room.run()

    assert ("NoChange", []) == (output["Status"], output["Changes"])


def test_script_ends_by_itself_after_540_seconds_with_what_it_did(room: Room) -> None:
    """The clock moves 120 s whenever the runner looks at it: before each step of a plan."""
    room.clock.step = 120

    output = room.run()

    assert ("Failed", "Unfinished: 540 s are over") == (output["Status"], output["Message"])
    assert [turned("turn_on", "hall")] == output["Changes"]


def test_undo_ends_by_itself_too(room: Room) -> None:
    record = room.run()
    room.clock.step = 200

    output = room.run(mode="Undo", record=record)

    assert ("Failed", "Unfinished: 540 s are over") == (output["Status"], output["Message"])
    assert [{"Name": "kitchen"}] == [change["parameters"] for change in output["Changes"]]


@pytest.mark.parametrize(
    "event",
    [{}, {"Mode": "Apply"}, {"Mode": "Apply", "Wanted": None}, {"Mode": "Apply", "Wanted": [], "Unknown": 1}],
    ids=["no mode", "no parameter", "wrong type", "unknown parameter"],
)
def test_no_exception_ever_leaves_run(event: dict[str, Any]) -> None:
    output = run(all_on, event, lambda service: Lamps(), sleep=lambda seconds: None)

    assert ["Status", "Message", "Before", "After", "Changes"] == list(output)
    assert ("Failed", []) == (output["Status"], output["Changes"])
    assert output["Message"]


# What AWS has accepted and not finished


def dimmed(aws: Any) -> Plan:
    """The hall is lit; a lamp that warms up is not lit yet."""
    lamps = aws("lamps")
    on = lamps.describe()
    if lamps.pending:
        yield Pending("the hall warms up")
    elif "hall" not in on:
        yield Change("lamps", "turn_on", {"Name": "hall"}, undo=Undo("turn_off", {"Name": "hall"}))
    return {"On": [] if lamps.pending else on}


class SlowLamps(Lamps):
    """Lamps that warm up, and cool down, until somebody waits."""

    def _turn(self, operation: str, name: str, on: set[str]) -> dict[str, Any]:
        self.pending = [name]
        return super()._turn(operation, name, on)

    def wait(self) -> None:
        self.pending = []


@pytest.fixture
def slow(room: Room) -> SlowLamps:
    room.lamps = SlowLamps()
    return room.lamps


def test_pending_change_is_neither_done_nor_made_again(room: Room, slow: SlowLamps) -> None:
    applied = room.run(dimmed)
    again = room.run(dimmed)

    assert ("Success", {"On": []}, 1) == (applied["Status"], applied["After"], len(applied["Changes"]))
    assert ("Success", "already under way", []) == (again["Status"], again["Message"], again["Changes"])
    assert 1 == len(slow.calls)


def test_verify_after_the_wait_reports_success_with_the_first_state_and_the_last(room: Room, slow: SlowLamps) -> None:
    applied = room.run(dimmed)
    slow.wait()

    verified = room.run(dimmed, Earlier=applied)

    expected = {**applied, "Before": {"On": []}, "After": {"On": ["hall"]}}
    assert expected == verified


def test_verify_times_out_while_something_is_pending(room: Room, slow: SlowLamps) -> None:
    applied = room.run(dimmed)

    verified = room.run(dimmed, Earlier=applied)

    assert ("Failed", True) == (verified["Status"], verified["TimedOut"])
    assert "timed out: ['the hall warms up']" == verified["Message"]
    assert applied["Changes"] == verified["Changes"]
    assert sum(room.clock.sleeps) >= 120


def test_verify_times_out_while_something_is_left(room: Room, slow: SlowLamps) -> None:
    applied = room.run(dimmed)
    slow.wait()
    slow.on = set()

    verified = room.run(dimmed, Earlier=applied)

    assert ("Failed", "timed out: ['turn_on']") == (verified["Status"], verified["Message"])
    assert 1 == len(slow.calls)


def test_verify_of_what_was_already_under_way_made_no_change(room: Room, slow: SlowLamps) -> None:
    slow.on, slow.pending = {"hall"}, ["hall"]
    applied = room.run(dimmed)
    slow.wait()

    verified = room.run(dimmed, Earlier=applied)

    assert ("NoChange", "already under way", []) == (verified["Status"], verified["Message"], verified["Changes"])


@pytest.mark.parametrize("status", ["NoChange", "Preview", "Refused", "Failed"])
def test_verify_hands_on_what_was_no_change(room: Room, slow: SlowLamps, status: str) -> None:
    earlier: dict[str, Any] = {"Status": status, "Message": "m", "Before": None, "After": None, "Changes": []}

    assert earlier == room.run(dimmed, Earlier=earlier)


def test_undo_is_refused_while_something_is_pending(room: Room, slow: SlowLamps) -> None:
    applied = room.run(dimmed)

    output = room.run(dimmed, "Undo", applied)

    assert ("Refused", "cannot be undone: the resource was changed since") == (output["Status"], output["Message"])


def test_undo_that_takes_time_is_verified_after_the_wait(room: Room, slow: SlowLamps) -> None:
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


def test_undo_performs_the_inverses_backwards_and_restores(room: Room) -> None:
    room.lamps = Lamps("cellar")
    record = room.run()

    output = room.run(mode="Undo", record=record)

    assert ("Undone", "undid 2 changes", {"On": ["cellar"]}) == (output["Status"], output["Message"], output["After"])
    assert [("turn_off", "kitchen"), ("turn_off", "hall")] == room.lamps.calls[2:]
    assert {"cellar"} == room.lamps.on


def test_undo_compares_records_without_order(room: Room) -> None:
    record = room.run()
    record["After"]["On"].reverse()

    assert "Undone" == room.run(mode="Undo", record=record)["Status"]


def test_undo_waits_until_what_was_is_visible_again(room: Room) -> None:
    record = room.run()
    room.lamps.describe()
    looks = iter([["hall", "kitchen"], ["hall", "kitchen"], ["hall"], []])
    room.lamps.describe = lambda: next(looks)  # type: ignore[method-assign]

    assert "Undone" == room.run(mode="Undo", record=record)["Status"]
    assert [0, 2, 5] == room.clock.sleeps[-3:]


def test_undo_after_drift_is_refused_and_touches_nothing(room: Room) -> None:
    record = room.run()
    room.lamps.on.add("cellar")

    output = room.run(mode="Undo", record=record)

    assert ("Refused", "cannot be undone: the resource was changed since") == (output["Status"], output["Message"])
    assert {"hall", "kitchen", "cellar"} == room.lamps.on


def test_undo_is_refused_while_something_is_to_do(room: Room) -> None:
    record = room.run()
    room.lamps.on.remove("hall")

    assert "Refused" == room.run(mode="Undo", record=record)["Status"]
    assert {"kitchen"} == room.lamps.on


def test_one_change_without_a_way_back_refuses_the_whole_undo(room: Room) -> None:
    record = room.run()
    record["Changes"][1]["undo"] = "the bulb was thrown away"

    output = room.run(mode="Undo", record=record)

    assert ("Refused", "cannot be undone: the bulb was thrown away") == (output["Status"], output["Message"])
    assert {"hall", "kitchen"} == room.lamps.on


def test_undo_of_a_run_that_changed_nothing_is_refused(room: Room) -> None:
    room.lamps = Lamps("hall", "kitchen")

    output = room.run(mode="Undo", record=room.run())

    assert ("Refused", "cannot be undone: nothing was changed") == (output["Status"], output["Message"])


@pytest.mark.parametrize("record", ["", "x", base64.b64encode(b"{}").decode(), packed({})[:-8]])
def test_undo_without_a_readable_record_is_refused(room: Room, record: str) -> None:
    output = room.run(mode="Undo", record=record)

    assert ("Refused", "cannot be undone: no readable record") == (output["Status"], output["Message"])


def test_undo_that_does_not_restore_fails_with_what_it_did(room: Room) -> None:
    record = room.run()
    record["Before"] = {"On": ["attic"]}

    output = room.run(mode="Undo", record=record)

    assert ("Failed", 2) == (output["Status"], len(output["Changes"]))
    assert "Unfinished: undone, but not as it was: {'On': []}" == output["Message"]


def test_undo_that_fails_half_way_keeps_the_record(room: Room) -> None:
    record = room.run()
    room.lamps.broken = {"hall"}

    output = room.run(mode="Undo", record=record)

    assert ("Failed", ["turn_off"]) == (output["Status"], [change["operation"] for change in output["Changes"]])


# A resource that is gone


@pytest.mark.parametrize(("mode", "status"), [("Apply", "NoChange"), ("Preview", "NoChange"), ("Undo", "Refused")])
def test_resource_that_is_gone(room: Room, mode: str, status: str) -> None:
    def demolished(aws: Any) -> Plan:
        yield from ()
        raise Gone

    record = room.run() if mode == "Undo" else ""
    output = room.run(demolished, mode, record)

    assert (status, "gone", []) == (output["Status"], output["Message"], output["Changes"])


def test_resource_that_goes_after_the_change_is_a_failure_that_keeps_the_record(room: Room) -> None:
    def vanishing(aws: Any) -> Plan:
        if aws("lamps").describe():
            raise Gone
        yield Change("lamps", "turn_on", {"Name": "hall"}, undo="no way back")
        return {}

    output = room.run(vanishing)

    assert ("Failed", "gone", 1) == (output["Status"], output["Message"], len(output["Changes"]))


def test_verify_of_a_resource_that_is_gone_keeps_the_record(room: Room) -> None:
    def demolished(aws: Any) -> Plan:
        yield from ()
        raise Gone

    applied = room.run()
    output = room.run(demolished, Earlier=applied)

    assert ("Failed", "gone", applied["Changes"]) == (output["Status"], output["Message"], output["Changes"])


# In general

LAMP = st.sampled_from(["attic", "cellar", "hall", "kitchen", "porch"])


@settings(max_examples=60, deadline=None)
@given(on=st.sets(LAMP), wanted=st.lists(LAMP, unique=True), lag=st.integers(0, 4))
def test_apply_reaches_the_wanted_state_and_undo_restores_any_state(on: set[str], wanted: list[str], lag: int) -> None:
    lamps = Lamps(*on)
    lamps.looks_until_visible = lag + 2  # the first look and that of the performing play show what was before
    naps: list[float] = []

    def act(mode: str, record: str = "") -> dict[str, Any]:
        event = {"Mode": mode, "Record": record, "Wanted": wanted}
        return run(all_on, event, lambda service: lamps, sleep=naps.append)

    preview = act("Preview")
    assert on == lamps.on
    applied = act("Apply")
    assert preview["Changes"] == applied["Changes"]
    assert on | set(wanted) == lamps.on
    assert "NoChange" == act("Apply")["Status"]
    undone = act("Undo", packed(applied))

    assert on == lamps.on
    assert ("Undone" if applied["Changes"] else "Refused") == undone["Status"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


def shuffled(value: Any) -> Any:
    """The same with every list turned round and every mapping in another order."""
    if isinstance(value, dict):
        return {name: shuffled(item) for name, item in reversed(value.items())}
    return [shuffled(item) for item in reversed(value)] if isinstance(value, list) else value


@given(state=JSON)
def test_order_does_not_count_when_states_are_compared(state: Any) -> None:
    assert runner.same(state, shuffled(state))


@given(state=JSON)
def test_states_of_different_content_are_different(state: Any) -> None:
    assert not runner.same({"On": [state]}, {"On": [state, state]})
