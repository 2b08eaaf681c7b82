"""Schedule and Follow together: runs are queued, started, followed and ended."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from botocore.exceptions import ClientError

from asr_templates.lambdas.accounts import Members
from asr_templates.lambdas.automations import Ended
from asr_templates.lambdas.dispatch import Dispatch
from asr_templates.lambdas.follow import BEAT_SECONDS, Follower
from asr_templates.lambdas.outcomes import Outcome
from asr_templates.lambdas.schedule import run_content, schedule
from asr_templates.lambdas.slots import LEASE_SECONDS, Slots

TARGET = {"Account": "222222222222", "Region": "eu-west-1", "Document": "ASR-SC_2.0.0_EC2.2"}
KEY = "222222222222/eu-west-1"
SUCCESS = {
    "AutomationExecutionStatus": "Success",
    "Outputs": {"Remediation.Output": ['{"Status": "Success", "Message": "made 1 changes", "Changes": []}']},
}
Refused = Callable[..., ClientError]


@pytest.fixture
def dispatch(table: Callable[[str], Any], members: Members, states: Any) -> Dispatch:
    return Dispatch(Slots(table("SlotsTable"), 1), members, states)


@pytest.fixture
def follower(dispatch: Dispatch) -> Follower:
    return Follower(dispatch, lambda: True)


def message(name: str, since: str = "2026-01-01T00:00:00.000Z") -> dict[str, Any]:
    return {
        "Token": f"token {name}",
        "Execution": f"arn:aws:states:us-east-1:111111111111:execution:ASR-Orchestrator:{name}",
        "Since": since,
        "Input": {
            "Mode": "Apply",
            "Trigger": "custom action",
            "Finding": {"Id": name},
            "Prepared": {"Target": TARGET, "Outcome": None, "Message": ""},
        },
    }


def batch(*messages: dict[str, Any]) -> dict[str, Any]:
    return {"Records": [{"messageId": str(number), "body": json.dumps(body)} for number, body in enumerate(messages)]}


def hint(automation: str) -> dict[str, Any]:
    return {
        "account": "222222222222",
        "region": "eu-west-1",
        "detail": {"ExecutionId": automation, "Status": "Success"},
    }


def test_a_run_that_has_a_slot_is_started_at_once(dispatch: Dispatch, automation: Any) -> None:
    answer = schedule(batch(message("a")), dispatch)

    assert {"batchItemFailures": []} == answer
    (started,) = automation.started.values()
    role = ["arn:aws:iam::222222222222:role/security/ASR-Orchestrator-Member"]
    assert (['{"Id": "a"}'], role) == (started["Parameters"]["Finding"], started["Parameters"]["AutomationAssumeRole"])
    (running,) = dispatch.slots.running(KEY)
    assert running.automation in automation.started


def test_a_run_without_a_slot_waits_in_the_table_not_in_the_queue(dispatch: Dispatch, automation: Any) -> None:
    answer = schedule(batch(message("a"), message("b")), dispatch)

    assert {"batchItemFailures": []} == answer
    assert 1 == len(automation.started)
    assert 2 == len(list(dispatch.slots.all()))


def test_a_message_that_comes_again_starts_nothing_again(dispatch: Dispatch, automation: Any) -> None:
    schedule(batch(message("a")), dispatch)
    schedule(batch(message("a")), dispatch)

    assert 1 == len(automation.started)
    assert 1 == len(list(dispatch.slots.all()))


def test_a_poison_message_harms_no_other(dispatch: Dispatch, automation: Any) -> None:
    poison = {"messageId": "poison", "body": '{"Token": "t"}'}
    event = {"Records": [poison, *batch(message("a"))["Records"]]}

    answer = schedule(event, dispatch)

    assert [{"itemIdentifier": "poison"}] == answer["batchItemFailures"]
    assert 1 == len(automation.started)


def test_only_an_undo_carries_a_record() -> None:
    state = message("a")["Input"]

    assert "Record" not in run_content(state)
    assert "eJw=" == run_content({**state, "Record": "eJw="})["Record"]


def test_an_execution_that_does_not_wait_any_more_is_not_remediated(
    dispatch: Dispatch, states: Any, automation: Any
) -> None:
    states.over.add("token a")

    schedule(batch(message("a"), message("b")), dispatch)

    assert [['{"Id": "b"}']] == [started["Parameters"]["Finding"] for started in automation.started.values()]


def test_the_end_of_an_automation_ends_the_run_and_starts_the_next(
    dispatch: Dispatch, follower: Follower, states: Any, automation: Any
) -> None:
    schedule(batch(message("a"), message("b")), dispatch)
    (first,) = automation.started
    automation.described[first] = SUCCESS

    follower.hint(hint(first))

    assert Outcome.SUCCESS == states.ends["token a"]["Outcome"]
    place = {"Id": first, "Account": "222222222222", "Region": "eu-west-1"}
    assert place == states.ends["token a"]["Automation"]
    assert 2 == len(automation.started)
    assert ["token b"] == [run.token for run in dispatch.slots.running(KEY)]


def test_an_event_is_only_a_hint(dispatch: Dispatch, follower: Follower, states: Any, automation: Any) -> None:
    schedule(batch(message("a")), dispatch)
    (first,) = automation.started

    follower.hint(hint(first))
    follower.hint(hint("of somebody else"))

    assert {} == states.ends


def test_two_that_see_the_same_end_tell_it_once(
    dispatch: Dispatch, follower: Follower, states: Any, automation: Any
) -> None:
    schedule(batch(message("a")), dispatch)
    (run,) = dispatch.slots.running(KEY)
    automation.described[run.automation] = SUCCESS

    follower.check(run)
    follower.check(run)

    assert ["token a"] == list(states.ends)
    assert [] == list(dispatch.slots.all())


def test_the_poll_finds_an_end_whose_event_never_came(
    dispatch: Dispatch, follower: Follower, states: Any, automation: Any
) -> None:
    schedule(batch(message("a"), message("b")), dispatch)
    (first,) = automation.started
    automation.described[first] = SUCCESS

    follower.poll()

    assert ["token a"] == list(states.ends)
    assert 2 == len(automation.started)


def test_the_poll_renews_the_lease_and_the_heartbeat_of_what_runs(
    dispatch: Dispatch, follower: Follower, states: Any
) -> None:
    with time_machine.travel("2026-01-01T00:00:00Z", tick=False) as clock:
        schedule(batch(message("a")), dispatch)
        states.beats.clear()
        clock.shift(600)
        follower.poll()

        (run,) = dispatch.slots.running(KEY)
        assert int(time.time()) + LEASE_SECONDS == run.lease
        assert ["token a"] == states.beats


def test_the_poll_keeps_waiting_tokens_alive_when_it_is_time(
    dispatch: Dispatch, follower: Follower, states: Any
) -> None:
    with time_machine.travel("2026-01-01T00:00:00Z", tick=False) as clock:
        schedule(batch(message("a"), message("b")), dispatch)
        states.beats.clear()
        clock.shift(BEAT_SECONDS - 1)
        follower.poll()
        assert "token b" not in states.beats

        clock.shift(1)
        follower.poll()
        assert 1 == states.beats.count("token b")


def test_the_poll_forgets_what_waits_for_an_execution_that_is_over(
    dispatch: Dispatch, follower: Follower, states: Any
) -> None:
    with time_machine.travel("2026-01-01T00:00:00Z", tick=False) as clock:
        schedule(batch(message("a"), message("b")), dispatch)
        states.over.add("token b")
        clock.shift(BEAT_SECONDS)

        follower.poll()

    assert ["token a"] == [run.token for run in dispatch.slots.all()]


@pytest.mark.parametrize("code", ["ThrottlingException", "AutomationExecutionLimitExceededException"])
def test_what_a_busy_systems_manager_did_not_start_the_poll_starts(
    dispatch: Dispatch, follower: Follower, automation: Any, refused: Refused, code: str
) -> None:
    automation.failure = refused(code)
    with time_machine.travel("2026-01-01T00:00:00Z", tick=False) as clock:
        schedule(batch(message("a")), dispatch)
        automation.failure = None
        follower.poll()
        assert {} == automation.started

        clock.shift(60)
        follower.poll()
        assert 1 == len(automation.started)


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("AutomationDefinitionNotFoundException", Outcome.NO_RUNBOOK),
        ("AccessDeniedException", Outcome.ASSUME_ROLE_FAILURE),
        ("UnrecognizedClientException", Outcome.ASSUME_ROLE_FAILURE),
        ("InvalidAutomationExecutionParametersException", Outcome.REMEDIATION_FAILED),
        ("IdempotentParameterMismatch", Outcome.ORCHESTRATOR_ERROR),
        ("SomethingNew", Outcome.REMEDIATION_FAILED),
    ],
)
def test_what_cannot_be_started_ends_and_frees_its_slot(
    dispatch: Dispatch, states: Any, automation: Any, refused: Refused, code: str, outcome: Outcome
) -> None:
    automation.failure = refused(code)

    schedule(batch(message("a"), message("b")), dispatch)

    assert {"token a": outcome, "token b": outcome} == {name: end["Outcome"] for name, end in states.ends.items()}
    assert [] == list(dispatch.slots.all())


def test_an_account_that_cannot_be_reached_any_more_ends_the_run(
    dispatch: Dispatch, states: Any, refused: Refused
) -> None:
    class Sts:
        def assume_role(self, **arguments: str) -> None:
            raise refused("AccessDenied")

    schedule(batch(message("a")), replace(dispatch, members=Members(Sts(), "aws", "/r", "s")))

    assert Outcome.ASSUME_ROLE_FAILURE == states.ends["token a"]["Outcome"]


def test_an_automation_that_is_gone_is_a_failure(
    dispatch: Dispatch, follower: Follower, states: Any, automation: Any
) -> None:
    schedule(batch(message("a")), dispatch)
    automation.described.clear()

    follower.poll()

    assert Outcome.REMEDIATION_FAILED == states.ends["token a"]["Outcome"]


@pytest.mark.parametrize("described", [None, {"AutomationExecutionStatus": "ANewOne"}])
def test_what_nothing_can_be_learned_of_is_given_up_when_its_lease_is_over(
    dispatch: Dispatch, follower: Follower, states: Any, automation: Any, refused: Refused, described: Any
) -> None:
    with time_machine.travel("2026-01-01T00:00:00Z", tick=False) as clock:
        schedule(batch(message("a")), dispatch)
        if described:
            automation.described = dict.fromkeys(automation.described, described)
        else:
            automation.failure = refused("AccessDeniedException")
        clock.shift(LEASE_SECONDS - 1)
        follower.poll()
        assert {} == states.ends

        clock.shift(1)
        follower.poll()
        assert Outcome.TIMED_OUT == states.ends["token a"]["Outcome"]
        assert [] == list(dispatch.slots.all())


def test_a_poll_without_time_leaves_the_rest_to_the_next(dispatch: Dispatch, states: Any, automation: Any) -> None:
    schedule(batch(message("a")), dispatch)
    automation.described = dict.fromkeys(automation.described, SUCCESS)

    Follower(dispatch, lambda: False).poll()

    assert {} == states.ends


def test_an_end_that_could_not_be_told_is_told_by_the_next_poll(
    dispatch: Dispatch, follower: Follower, states: Any, automation: Any, refused: Refused
) -> None:
    schedule(batch(message("a")), dispatch)
    automation.described = dict.fromkeys(automation.described, SUCCESS)
    tell = states.send_task_success

    def busy(**arguments: str) -> None:
        raise refused("ThrottlingException")

    states.send_task_success = busy
    follower.poll()
    assert 1 == len(dispatch.slots.running(KEY))

    states.send_task_success = tell
    follower.poll()
    assert Outcome.SUCCESS == states.ends["token a"]["Outcome"]


def test_an_end_is_told_before_the_slot_is_free(dispatch: Dispatch, states: Any) -> None:
    schedule(batch(message("a")), dispatch)
    (run,) = dispatch.slots.running(KEY)

    dispatch.finish(run, Ended(Outcome.SUCCESS, "done", {"Changes": []}))

    expected = {"Outcome": "SUCCESS", "Message": "done", "Output": {"Changes": []}}
    assert expected.items() <= states.ends["token a"].items()
    assert [] == dispatch.slots.running(KEY)
