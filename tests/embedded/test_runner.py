"""The runner looks, applies, and keeps the record of what it did, on lamps that can be switched on and off."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from asr_templates.embedded import runner
from asr_templates.embedded.runner import Change, Plan, Refuse, Undo

# Looking


def test_preview_lists_the_changes_and_makes_none(room: Any) -> None:
    expected = {
        "Status": "Preview",
        "Message": "would make 2 changes",
        "Before": {"On": []},
        "After": {"On": []},
        "Changes": [room.turned("turn_on", "hall"), room.turned("turn_on", "kitchen")],
    }

    assert expected == room.run(mode="Preview")
    assert [] == room.lamps.calls


@pytest.mark.parametrize("mode", ["Apply", "Preview"])
def test_refusal_in_the_middle_of_a_plan_touches_nothing(room: Any, mode: str) -> None:
    def half(aws: Any) -> Plan:
        yield Change("lamps", "turn_on", {"Name": "hall"}, undo="no way back")
        raise Refuse("the kitchen is flooded")

    output = room.run(half, mode)

    assert ("Refused", "the kitchen is flooded", []) == (output["Status"], output["Message"], output["Changes"])
    assert [] == room.lamps.calls


def test_preview_shows_parts_of_responses_that_do_not_exist_yet_as_placeholders(room: Any) -> None:
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
def test_plan_that_looks_into_a_response_fails_before_anything_is_touched(room: Any, look: Any) -> None:
    def curious(aws: Any) -> Plan:
        look((yield Change("lamps", "turn_on", {"Name": "hall"}, undo="no way back")))

    assert "Failed" == room.run(curious)["Status"]
    assert [] == room.lamps.calls


def test_message_names_the_response_that_a_plan_looked_into(room: Any) -> None:
    def curious(aws: Any) -> Plan:
        made = yield Change("lamps", "turn_on", {"Name": "hall"}, undo="no way back")
        if made["Lamp"]["Id"]:
            yield Change("lamps", "turn_on", {"Name": "kitchen"}, undo="no way back")

    expected = "TypeError: a plan must not look into <Lamp.Id of turn_on>"
    assert expected == room.run(curious, "Preview")["Message"]


@pytest.mark.parametrize("undo", [None, 3, {"operation": "turn_off"}])
def test_change_that_says_nothing_of_its_way_back_fails_before_anything_is_touched(room: Any, undo: Any) -> None:
    def careless(aws: Any) -> Plan:
        yield Change("lamps", "turn_on", {"Name": "hall"}, undo=undo)

    assert "Failed" == room.run(careless)["Status"]
    assert [] == room.lamps.calls


@pytest.mark.parametrize("mode", ["Apply", "Preview"])
def test_more_than_a_hundred_changes_are_refused_before_anything(room: Any, mode: str) -> None:
    output = room.run(mode=mode, Wanted=[f"lamp {number}" for number in range(101)])

    assert ("Refused", "101 changes exceed one record", []) == (output["Status"], output["Message"], output["Changes"])
    assert [] == room.lamps.calls


@pytest.mark.parametrize(
    ("name", "on"), [(30_000, 0), (10, 30_000), (15_000, 15_000)], ids=["changes", "states", "together"]
)
@pytest.mark.parametrize("mode", ["Apply", "Preview"])
def test_more_than_60_kB_are_refused_before_anything(room: Any, mode: str, name: int, on: int) -> None:
    """A name is recorded twice, in the change and in its undo; so is the state, as Before and as After."""
    room.lit("x" * on)

    output = room.run(mode=mode, Wanted=["a" * name])

    assert ("Refused", "1 changes exceed one record", []) == (output["Status"], output["Message"], output["Changes"])
    assert [] == room.lamps.calls


@pytest.mark.parametrize("size", [14_000, 19_000])
def test_output_has_at_most_60_kB(room: Any, size: int) -> None:
    room.lit("x" * 1_000)
    output = room.run(Wanted=["a" * size])

    assert "Success" == output["Status"]
    assert len(json.dumps(output)) <= 60_000


def test_a_hundred_changes_are_made(room: Any) -> None:
    wanted = [f"lamp {number}" for number in range(100)]

    assert "made 100 changes" == room.run(Wanted=wanted)["Message"]
    assert sorted(wanted) == sorted(room.lamps.on)


# Applying


def test_apply_makes_each_change_once_and_reports_before_and_after(room: Any) -> None:
    room.lit("kitchen")
    expected = {
        "Status": "Success",
        "Message": "made 1 changes",
        "Before": {"On": ["kitchen"]},
        "After": {"On": ["hall", "kitchen"]},
        "Changes": [room.turned("turn_on", "hall")],
    }

    assert expected == room.run()
    assert [("turn_on", "hall")] == room.lamps.calls


def test_second_apply_changes_nothing(room: Any) -> None:
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


def test_apply_looks_again_until_its_changes_are_visible_and_does_not_repeat_them(room: Any) -> None:
    room.lamps.looks_until_visible = 6

    output = room.run()

    assert ("Success", {"On": ["hall", "kitchen"]}) == (output["Status"], output["After"])
    assert [("turn_on", "hall"), ("turn_on", "kitchen")] == room.lamps.calls
    assert [0, 2, 5, 10, 20] == room.clock.sleeps


def test_apply_fails_with_its_changes_when_they_do_not_show_within_two_minutes(room: Any) -> None:
    room.lamps.looks_until_visible = 99

    output = room.run()

    expected = "Unfinished: still to do: ['turn_on', 'turn_on']"
    assert ("Failed", expected) == (output["Status"], output["Message"])
    assert [room.turned("turn_on", "hall"), room.turned("turn_on", "kitchen")] == output["Changes"]
    assert 120 == sum(room.clock.sleeps)


def test_refusal_after_the_change_is_a_failure_that_keeps_the_record(room: Any) -> None:
    def spiteful(aws: Any) -> Plan:
        if aws("lamps").describe():
            raise Refuse("a lamp is on")
        yield Change("lamps", "turn_on", {"Name": "hall"}, undo="no way back")
        return {}

    output = room.run(spiteful)

    assert ("Failed", 1) == (output["Status"], len(output["Changes"]))
    assert "Unfinished: still to do: ['a lamp is on']" == output["Message"]


def test_failure_half_way_keeps_the_record_of_what_was_done(room: Any) -> None:
    room.lamps.broken = {"kitchen"}
    expected = {
        "Status": "Failed",
        "Message": "PermissionError: AccessDenied: lamps:turn_on",
        "Before": {"On": []},
        "After": {"On": []},
        "Changes": [room.turned("turn_on", "hall")],
    }

    assert expected == room.run()


def test_change_whose_undo_cannot_be_read_from_its_response_is_recorded_all_the_same(room: Any) -> None:
    def optimistic(aws: Any) -> Plan:
        if not aws("lamps").describe():
            yield Change(
                "lamps", "turn_on", {"Name": "hall"}, undo=lambda made: Undo("turn_off", {"Id": made["Lamp"]["Arn"]})
            )
        return {}

    output = room.run(optimistic)

    expected = {**room.turned("turn_on", "hall"), "undo": "its response has no way back"}
    assert ("Failed", "KeyError: 'Arn'", [expected]) == (output["Status"], output["Message"], output["Changes"])


def test_undo_can_be_a_function_of_the_response(room: Any) -> None:
    def by_id(aws: Any) -> Plan:
        if not aws("lamps").describe():
            yield Change(
                "lamps", "turn_on", {"Name": "hall"}, undo=lambda made: Undo("turn_off", {"Id": made["Lamp"]["Id"]})
            )
        return {}

    [change] = room.run(by_id)["Changes"]

    assert {"operation": "turn_off", "parameters": {"Id": "l-hall"}} == change["undo"]


def test_what_others_did_meanwhile_is_no_success_of_ours(room: Any) -> None:
    looks = iter([[], ["hall", "kitchen"], ["hall", "kitchen"]])
    room.lamps.describe = lambda: next(looks)

    output = room.run()

    assert ("NoChange", []) == (output["Status"], output["Changes"])


def test_script_ends_by_itself_after_540_seconds_with_what_it_did(room: Any) -> None:
    """The clock moves 120 s whenever the runner looks at it: before each step of a plan."""
    room.clock.step = 120

    output = room.run()

    assert ("Failed", "Unfinished: 540 s are over") == (output["Status"], output["Message"])
    assert [room.turned("turn_on", "hall")] == output["Changes"]


def test_undo_ends_by_itself_too(room: Any) -> None:
    record = room.run()
    room.clock.step = 200

    output = room.run(mode="Undo", record=record)

    assert ("Failed", "Unfinished: 540 s are over") == (output["Status"], output["Message"])
    assert [{"Name": "kitchen"}] == [change["parameters"] for change in output["Changes"]]


# What was changed in IAM spreads


class Services:
    """IAM, and a service that does not see what IAM has for as long as `error` is raised."""

    def __init__(self, clock: Any, seen_after: float, error: Exception) -> None:
        self.clock, self.seen_at, self.error = clock, clock.now + seen_after, error
        self.roles: list[str] = []
        self.uses: list[str] = []
        self.tries = 0

    def create_role(self, RoleName: str) -> None:
        self.roles.append(RoleName)

    def use_role(self, RoleName: str) -> None:
        self.tries += 1
        if self.clock.now < self.seen_at:
            raise self.error
        self.uses.append(RoleName)


REFUSAL = ClientError({"Error": {"Code": "InvalidRole", "Message": "it cannot be assumed"}}, "UseRole")
REFUSED = "ClientError: An error occurred (InvalidRole) when calling the UseRole operation: it cannot be assumed"


@pytest.fixture
def services(room: Any) -> Any:
    """services(seconds, error): what the room has instead of lamps; a role is seen after as long."""

    def furnish(seen_after: float, error: Exception = REFUSAL) -> Services:
        made = Services(room.clock, seen_after, error)
        room.lamps = made
        return made

    return furnish


def role_in_use(aws: Any) -> Plan:
    """There is a role, and a service works under it."""
    if not aws("iam").roles:
        yield Change("iam", "create_role", {"RoleName": "lamplighter"}, undo="roles stay")
    if not aws("lamps").uses:
        yield Change("lamps", "use_role", {"RoleName": "lamplighter"}, undo="it stays")
    return {"Uses": aws("lamps").uses}


def done(output: dict[str, Any]) -> list[str]:
    return [change["operation"] for change in output["Changes"]]


@pytest.mark.parametrize("seconds", [0, 1, 30, 54])
def test_what_is_refused_after_a_change_in_iam_is_tried_again_until_it_works(
    room: Any, services: Any, seconds: int
) -> None:
    there = services(seen_after=seconds)

    output = room.run(role_in_use)

    assert ("Success", ["create_role", "use_role"]) == (output["Status"], done(output))
    assert (["lamplighter"], ["lamplighter"]) == (there.roles, there.uses)
    assert seconds <= sum(room.clock.sleeps) < seconds + 6


def test_what_is_refused_without_a_change_in_iam_fails_at_once(room: Any, services: Any) -> None:
    there = services(seen_after=1)
    there.roles = ["lamplighter"]

    output = room.run(role_in_use)

    assert ("Failed", REFUSED, []) == (output["Status"], output["Message"], output["Changes"])
    assert (1, []) == (there.tries, room.clock.sleeps)


def test_change_in_iam_that_is_still_to_come_gives_no_second_try(room: Any, services: Any) -> None:
    def hasty(aws: Any) -> Plan:
        yield Change("lamps", "use_role", {"RoleName": "lamplighter"}, undo="it stays")
        yield Change("iam", "create_role", {"RoleName": "lamplighter"}, undo="roles stay")

    there = services(seen_after=1)

    assert ("Failed", REFUSED) == (room.run(hasty)["Status"], room.run(hasty)["Message"])
    assert [] == room.clock.sleeps
    assert [] == there.roles


def test_what_is_refused_for_a_minute_fails_with_its_error_and_the_record(room: Any, services: Any) -> None:
    services(seen_after=1_000)

    output = room.run(role_in_use)

    assert ("Failed", REFUSED, ["create_role"]) == (output["Status"], output["Message"], done(output))
    assert 50 <= sum(room.clock.sleeps) <= 60


def test_nothing_is_tried_again_when_the_script_has_to_end(room: Any, services: Any) -> None:
    """The change in IAM took so long that 8 of the 540 seconds are left."""
    there = services(seen_after=1_000)
    there.create_role = lambda RoleName: room.clock.sleep(532)

    output = room.run(role_in_use)

    assert ("Failed", REFUSED, ["create_role"]) == (output["Status"], output["Message"], done(output))
    assert [532, 5] == room.clock.sleeps


@pytest.mark.parametrize(
    "error",
    [
        KeyError("Arn"),
        ParamValidationError(report="Missing required parameter"),
        PermissionError("no answer of AWS"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_failure_that_is_no_answer_of_aws_is_not_tried_again(room: Any, services: Any, error: Exception) -> None:
    there = services(seen_after=1, error=error)

    output = room.run(role_in_use)

    assert ("Failed", ["create_role"]) == (output["Status"], done(output))
    assert output["Message"].startswith(type(error).__name__)
    assert (1, []) == (there.tries, room.clock.sleeps)


@pytest.mark.parametrize(
    "event",
    [{}, {"Mode": "Apply"}, {"Mode": "Apply", "Wanted": None}, {"Mode": "Apply", "Wanted": [], "Unknown": 1}],
    ids=["no mode", "no parameter", "wrong type", "unknown parameter"],
)
def test_no_exception_ever_leaves_run(room: Any, event: dict[str, Any]) -> None:
    output = room.start(event)

    assert ["Status", "Message", "Before", "After", "Changes"] == list(output)
    assert ("Failed", []) == (output["Status"], output["Changes"])
    assert output["Message"]


# In general

LAMP = st.sampled_from(["attic", "cellar", "hall", "kitchen", "porch"])


@settings(max_examples=60, deadline=None)
@given(on=st.sets(LAMP), wanted=st.lists(LAMP, unique=True), lag=st.integers(0, 4))
def test_apply_reaches_the_wanted_state_and_undo_restores_any_state(
    new_room: Any, on: set[str], wanted: list[str], lag: int
) -> None:
    room = new_room(SimpleNamespace(sleep=lambda seconds: None))
    room.lit(*on)
    room.lamps.looks_until_visible = lag + 2  # the first look and that of the performing play show what was before

    preview = room.run(mode="Preview", Wanted=wanted)
    assert on == room.lamps.on
    applied = room.run(Wanted=wanted)
    assert preview["Changes"] == applied["Changes"]
    assert on | set(wanted) == room.lamps.on
    assert "NoChange" == room.run(Wanted=wanted)["Status"]
    undone = room.run(mode="Undo", record=applied, Wanted=wanted)

    assert on == room.lamps.on
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
