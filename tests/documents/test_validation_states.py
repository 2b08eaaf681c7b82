import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asr_templates.documents.orchestrator import orchestrator_definition
from asr_templates.documents.validation.state_paths import (
    expression_complaint,
    is_balanced,
    path_complaint,
    reference_path_complaint,
)
from asr_templates.documents.validation.states import state_machine_problems

Machine = dict[str, Any]
Change = Callable[[Machine], None]
LAMBDA = "arn:${AWS::Partition}:states:::lambda:invoke"
QUEUE = "arn:${AWS::Partition}:states:::sqs:sendMessage.waitForTaskToken"


def sound() -> Machine:
    return {
        "StartAt": "Decide",
        "States": {
            "Decide": {
                "Type": "Task",
                "Resource": LAMBDA,
                "TimeoutSeconds": 60,
                "Parameters": {"FunctionName": "${Function}", "Payload": {"Input.$": "$", "Id.$": "$$.Execution.Name"}},
                "ResultPath": "$.Decided",
                "Retry": [{"ErrorEquals": ["Lambda.TooManyRequestsException"], "IntervalSeconds": 1, "MaxAttempts": 2}],
                "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.Error", "Next": "Failed"}],
                "Next": "Which",
            },
            "Which": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.Decided.Go", "BooleanEquals": True, "Next": "Run"}],
                "Default": "Done",
            },
            "Run": {
                "Type": "Task",
                "Resource": QUEUE,
                "TimeoutSeconds": 7200,
                "HeartbeatSeconds": 3600,
                "Parameters": {"QueueUrl": "${Queue}", "MessageBody": {"Token.$": "$$.Task.Token"}},
                "Next": "Pause",
            },
            "Pause": {"Type": "Wait", "Seconds": 5, "Next": "Done"},
            "Done": {"Type": "Succeed"},
            "Failed": {"Type": "Fail", "Error": "Failed"},
        },
    }


def told(machine: Machine) -> list[str]:
    return [str(problem) for problem in state_machine_problems("Toy", machine)]


def put(path: str, value: object) -> Change:
    """Set a key: `put("States/Run/Next", "Done")`; None deletes it."""
    *way, last = [int(key) if key.isdigit() else key for key in path.split("/")]

    def change(machine: Machine) -> None:
        item: Any = machine
        for key in way:
            item = item[key]
        if value is None:
            del item[last]
        else:
            item[last] = value

    return change


def test_sound_machine_has_no_problem() -> None:
    assert not told(sound())


def test_orchestrator_is_valid() -> None:
    assert not [str(problem) for problem in state_machine_problems("Orchestrator", orchestrator_definition())]


CASES = [
    (put("StartAt", "Decid"), "Toy: StartAt: there is no state Decid"),
    (put("States", {}), "Toy: States: is a map of at least one state"),
    (put("Begin", "x"), "Toy: Begin: unknown field"),
    (put("QueryLanguage", "JSONata"), "Toy: QueryLanguage: only JSONPath is validated here"),
    (put("States/Run/Type", "Tsk"), "Toy: States.Run: Type: unknown type Tsk"),
    (put("States/Run/Next", "Dne"), "Toy: States.Run: Next: there is no state Dne"),
    (put("States/Run/Next", None), "Toy: States.Run: Next: a state has either Next or End: true"),
    (put("States/Run/End", True), "Toy: States.Run: Next: a state has either Next or End: true"),
    (put("States/Run/Resourse", "x"), "Toy: States.Run: Resourse: a Task state has no such field"),
    (put("States/Lost", {"Type": "Succeed"}), "Toy: States.Lost: no other state leads here"),
    (put("States/Pause/Next", "Run"), "Toy: States.Pause: the execution can never end from here"),
    (put("States/Pause/Seconds", None), "Toy: States.Pause: Seconds: a Wait state has one of"),
    (put("States/Which/Default", None), "Toy: States.Which: Default: is missing"),
    (put("States/Which/Choices/0/Next", "Rn"), "Choices[0].Next: there is no state Rn"),
    (
        put("States/Which/Choices/0/BoolEquals", True),
        "Choices[0]: Variable, BooleanEquals, BoolEquals is no comparison",
    ),
    (put("States/Which/Choices/0/Variable", "Decided"), "Choices[0].Variable: 'Decided' is no JSONPath"),
    (put("States/Decide/ResultPath", "$.a[*]"), "ResultPath: '$.a[*]' is no reference path"),
    (put("States/Decide/InputPath", "a"), "InputPath: 'a' is no JSONPath"),
    (
        put("States/Decide/Parameters/Payload/Id.$", "$$.Exec.Name"),
        "$$.Exec.Name is nothing that the context object has",
    ),
    (put("States/Decide/Parameters/Payload/Id.$", "States.Frmat('x')"), "there is no intrinsic function States.Frmat"),
    (put("States/Decide/Parameters/Payload/Id", "$.Input"), "'$.Input' would be passed on as a text"),
    (put("States/Decide/Retry/0/MaxAttempts", -1), "Retry[0].MaxAttempts: -1 is no number from 0"),
    (put("States/Decide/Retry/0/Interval", 1), "Retry[0].Interval: unknown field"),
    (put("States/Decide/Retry/0/ErrorEquals", []), "Retry[0].ErrorEquals: is a list of at least one error"),
    (put("States/Decide/Retry/0/ErrorEquals", ["States.TimeOut"]), "there is no error States.TimeOut"),
    (put("States/Decide/Catch/0/ErrorEquals", ["States.ALL", "x"]), "States.ALL stands alone and last"),
    (put("States/Decide/TimeoutSeconds", None), "Toy: States.Decide: TimeoutSeconds: is missing"),
    (put("States/Run/HeartbeatSeconds", None), "Toy: States.Run: HeartbeatSeconds: is missing"),
    (put("States/Run/HeartbeatSeconds", 7200), "HeartbeatSeconds: 7200 is not less than TimeoutSeconds 7200"),
    (put("States/Run/Parameters/MessageBody", "x"), "Toy: States.Run: Parameters: nobody is told the task token"),
    (put("States/Run/Parameters/Queue", "x"), "Parameters.Queue: SendMessage has no such parameter"),
    (put("States/Run/Parameters/QueueUrl", None), "Toy: States.Run: Parameters: SendMessage needs QueueUrl"),
    (put("States/Run/Resource", "arn:aws:states:::sqs:sendMessage"), "exists in partition aws only"),
    (put("States/Run/Resource", "sqs:sendMessage"), "sqs:sendMessage is no resource of a task"),
    (put("States/Decide/Resource", LAMBDA.replace("invoke", "call")), "there is no integration lambda:call"),
    (put("States/Decide/Resource", f"{LAMBDA}.sync"), "lambda:invoke does not know .sync"),
    (put("States/Decide/Resource", LAMBDA.replace("lambda:invoke", "aws-sdk:smm:get")), "no AWS SDK integration 'smm'"),
    (put("States/Decide/Resource", LAMBDA.replace("lambda:invoke", "aws-sdk:ssm:get")), "ssm has no operation Get"),
]


@pytest.mark.parametrize(
    ("change", "said"), CASES, ids=[f"{number}-{said[:60]}" for number, (_, said) in enumerate(CASES)]
)
def test_what_step_functions_would_refuse_or_regret_is_reported(change: Change, said: str) -> None:
    machine = copy.deepcopy(sound())
    change(machine)
    problems = told(machine)

    assert any(said in problem for problem in problems), problems


def test_branches_and_items_are_looked_into() -> None:
    inner = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}
    machine = {
        "StartAt": "Both",
        "States": {
            "Both": {"Type": "Parallel", "Branches": [inner], "Next": "Each"},
            "Each": {"Type": "Map", "ItemProcessor": inner, "End": True},
        },
    }
    problems = told(machine)

    assert any("Toy: States.Both: Branches[0]: States.A: Next: there is no state B" in each for each in problems)
    assert any("Toy: States.Each: ItemProcessor: States.A: Next: there is no state B" in each for each in problems)


@pytest.mark.parametrize("path", ["$", "$.a", "$.a-b.c_d[0]", "$['a b']", "$.a[*].b", "$..a", "$$", "$$.Task.Token"])
def test_right_path_passes(path: str) -> None:
    assert path_complaint(path) is None


@pytest.mark.parametrize("path", ["", "a", "$a", "$.", "$.a[", "$.a b", "$$.Nothing", None, 5])
def test_wrong_path_is_refused(path: object) -> None:
    assert path_complaint(path)


@settings(deadline=None)
@given(st.lists(st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,8}", fullmatch=True), max_size=5))
def test_path_of_names_is_a_path_and_a_place_to_write_to(names: list[str]) -> None:
    path = "".join(["$", *(f".{name}" for name in names)])

    assert path_complaint(path) is None
    assert reference_path_complaint(path) is None
    assert expression_complaint(path) is None


@settings(deadline=None)
@given(st.text("a',() ", max_size=12))
def test_intrinsic_function_around_closed_text_passes(text: str) -> None:
    quoted = text.replace("'", "")

    assert is_balanced(f"'{quoted}', ($.a)")
    assert expression_complaint(f"States.Format('{quoted}')") is None
    assert expression_complaint(f"States.Format('{quoted}") is not None


@settings(max_examples=50, deadline=None)
@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=4),
        lambda item: st.lists(item) | st.dictionaries(st.text(max_size=4), item),
    )
)
def test_validation_never_raises_whatever_stands_in_a_field(value: Any) -> None:
    for name, state in sound()["States"].items():
        for key in state:
            machine = sound()
            machine["States"][name][key] = value

            told(machine)
