import json
import re
from typing import Any

import pytest

from asr_templates.documents.orchestrator import (
    HEARTBEAT_SECONDS,
    INTEGRATIONS,
    PLACES,
    RUN_SECONDS,
    THROTTLED,
    orchestrator_definition,
)
from asr_templates.documents.validation.states import state_machine_problems
from asr_templates.lambdas.runtime import ThrottledError

STATES: dict[str, Any] = orchestrator_definition()["States"]
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}


def launched() -> dict[str, Any]:
    """The definition with its integrations put in, as in the partition of China."""
    text = json.dumps(orchestrator_definition())
    for name, arn in INTEGRATIONS.items():
        text = text.replace(f"${{{name}}}", arn.replace("${AWS::Partition}", "aws-cn"))
    definition: dict[str, Any] = json.loads(text)
    return definition


def test_the_state_machine_is_valid() -> None:
    assert [] == list(state_machine_problems("orchestrator", launched()))


def test_all_that_is_substituted_is_declared() -> None:
    named = set(re.findall(r"\$\{(\w+)\}", json.dumps(orchestrator_definition())))

    assert {*INTEGRATIONS, *PLACES} == named


@pytest.mark.parametrize("name", [name for name in TASKS if name != "Record"])
def test_every_error_goes_to_record_with_the_state_untouched(name: str) -> None:
    assert [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.Error", "Next": "Record"}] == TASKS[name]["Catch"]


@pytest.mark.parametrize("name", [name for name in TASKS if name != "Record"])
def test_a_result_is_added_to_the_state_and_replaces_nothing(name: str) -> None:
    assert TASKS[name]["ResultPath"] in ("$.Prepared", "$.Ended")


def test_every_way_ends_in_record() -> None:
    ends = [name for name, state in STATES.items() if state.get("End") or state["Type"] in ("Succeed", "Fail")]

    assert ["Record"] == ends
    assert "Catch" not in STATES["Record"]


@pytest.mark.parametrize("name", TASKS)
def test_every_task_has_a_time_out_and_retries_what_goes_away(name: str) -> None:
    assert TASKS[name]["TimeoutSeconds"] >= 1
    assert TASKS[name]["Retry"]


def test_the_functions_own_error_for_a_busy_service_is_retried() -> None:
    retried = [error for retrier in STATES["Prepare"]["Retry"] for error in retrier["ErrorEquals"]]

    assert ThrottledError.__name__ in THROTTLED
    assert set(THROTTLED) <= set(retried)


def test_only_what_the_queue_answers_is_retried_while_a_run_waits() -> None:
    errors = [error for retrier in STATES["Run"]["Retry"] for error in retrier["ErrorEquals"]]

    assert all(error.startswith("SQS.") for error in errors)


def test_a_run_waits_with_a_heartbeat_long_enough_for_the_poll() -> None:
    assert HEARTBEAT_SECONDS == STATES["Run"]["HeartbeatSeconds"] >= 3_600
    assert RUN_SECONDS > HEARTBEAT_SECONDS


@pytest.mark.parametrize(
    ("is_decided", "way"),
    [(False, ["Prepare", "Decided?", "Run", "Record"]), (True, ["Prepare", "Decided?", "Record"])],
)
def test_a_finding_takes_few_states(is_decided: bool, way: list[str]) -> None:
    walked = [orchestrator_definition()["StartAt"]]
    while not STATES[walked[-1]].get("End"):
        state = STATES[walked[-1]]
        following = state["Choices"][0]["Next"] if is_decided and "Choices" in state else state.get("Default")
        walked.append(state.get("Next") or following)

    assert way == walked


def test_each_call_gives_a_fresh_definition() -> None:
    orchestrator_definition()["States"].clear()

    assert orchestrator_definition()["States"]
