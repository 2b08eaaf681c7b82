"""What CreateStateMachine accepts and refuses."""

import json
from typing import Any

import pytest

from asr_templates.simulator.aws.errors import NotSimulated
from asr_templates.simulator.aws.state_machines.definitions import check_definition, check_simulated

INVOKE = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}
DONE = {"Type": "Succeed"}


def machine(start: str = "A", **states: Any) -> dict[str, Any]:
    return {"StartAt": start, "States": states}


def problems(definition: Any) -> list[str]:
    return list(check_definition(json.dumps(definition)))


def test_a_definition_with_every_state_has_no_problem() -> None:
    choice = {"Variable": "$.a", "IsPresent": True, "Next": "Parallel"}
    combined = {"And": [{"Variable": "$.a", "StringEquals": "b"}, {"Not": {"Variable": "$.c", "NumericLessThan": 3}}]}
    catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Failed"}]
    retry = [
        {"ErrorEquals": ["Lambda.TooManyRequestsException"], "IntervalSeconds": 2, "MaxAttempts": 3, "BackoffRate": 2}
    ]
    task = {**INVOKE, "Parameters": {"FunctionName": "f", "Payload.$": "$"}, "Catch": catch, "Retry": retry}
    definition = machine(
        "Choose",
        Choose={"Type": "Choice", "Choices": [choice, {**combined, "Next": "Map"}], "Default": "Wait"},
        Wait={"Type": "Wait", "Seconds": 3, "Next": "Pass"},
        Pass={"Type": "Pass", "Result": {}, "ResultPath": "$.x", "Next": "Done"},
        Parallel={"Type": "Parallel", "Branches": [machine(A=INVOKE)], "Next": "Done"},
        Map={"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": machine(A=task | {"Catch": []}), "Next": "Task"},
        Task=task,
        Failed={"Type": "Fail", "Error": "E", "Cause": "c"},
        Done=DONE,
    )

    assert problems(definition | {"Comment": "all", "TimeoutSeconds": 60}) == []


@pytest.mark.parametrize(
    ("definition", "problem"),
    [
        ([], "the definition is no map"),
        ({"StartAt": "A", "States": {}}, "at least one state is needed"),
        (machine(A=DONE) | {"TimeOutSeconds": 3}, "field 'TimeOutSeconds' is not supported"),
        (machine("B", A=DONE), "/StartAt: there is no state 'B'"),
        (machine(A={"Type": "Taks"}), "'Taks' is none of Pass, Task"),
        (machine(A={"Type": "Pass", "Next": "B"}), "Next names the state 'B', which does not exist"),
        (machine(A={"Type": "Pass"}), "either Next or End: true is needed"),
        (machine(A={"Type": "Pass", "Next": "A", "End": True}), "either Next or End: true is needed"),
        (machine(A={"Type": "Pass", "Next": "A"}), "no state is terminal"),
        (machine(A=DONE, B=DONE), "/States/B: no state leads here"),
        (machine(A={**DONE, "Next": "A"}), "field 'Next' is not supported"),
        (machine(A={**INVOKE, "InputPath": "x"}), "'x' is no path"),
        (machine(A={**INVOKE, "Parameters": {"Payload": {"x.$": "y"}}}), "'y' is neither a path nor"),
        (machine(A={**INVOKE, "Resource": "lambda"}), "'lambda' is no ARN"),
        (machine(A={**INVOKE, "TimeoutSeconds": 5, "HeartbeatSeconds": 5}), "5 is not less than TimeoutSeconds"),
        (machine(A={**INVOKE, "Retry": [{"ErrorEquals": []}]}), "at least one error is needed"),
        (machine(A={**INVOKE, "Retry": [{"ErrorEquals": ["E"], "Interval": 1}]}), "field 'Interval' is not supported"),
        (machine(A={**INVOKE, "Catch": [{"ErrorEquals": ["E"]}]}), "Next is missing"),
        (
            machine(A={**INVOKE, "Catch": [{"ErrorEquals": ["States.ALL", "E"], "Next": "A"}]}),
            "States.ALL stands alone",
        ),
        (machine(A={**INVOKE, "Catch": [{"ErrorEquals": ["E"], "Next": "B"}]}), "names the state 'B'"),
        (machine(A={"Type": "Wait", "End": True}), "one of Seconds"),
        (machine(A={"Type": "Choice", "Choices": []}), "at least one choice is needed"),
        (machine(A={"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": True}]}), "Next is missing"),
        (machine(A={"Type": "Choice", "Choices": [{"Next": "A", "IsNull": True}]}), "a choice has a Variable"),
        (
            machine(A={"Type": "Choice", "Choices": [{"Next": "A", "Variable": "$.a", "StringIs": "b"}]}),
            "field 'StringIs' is not supported",
        ),
        (machine(A={"Type": "Parallel", "Branches": [], "End": True}), "at least one branch is needed"),
        (
            machine(A={"Type": "Parallel", "Branches": [machine(B={"Type": "Pass", "Next": "A"})], "End": True}),
            "/States/A/Branches/0/States/B: Next names the state 'A'",
        ),
        (machine(A={"Type": "Map", "End": True}), "an ItemProcessor is needed"),
        (machine(A={"Type": "Map", "End": True, "ItemProcessor": machine("X", B=DONE)}), "there is no state 'X'"),
        (machine("A" * 81, **{"A" * 81: DONE}), "at most 80 characters"),
    ],
)
def test_what_aws_would_refuse_is_reported_with_its_place(definition: Any, problem: str) -> None:
    found = problems(definition)

    assert any(problem in text for text in found), found


def test_what_is_no_json_is_reported() -> None:
    [problem] = check_definition("{")

    assert problem.startswith("the definition is no JSON")


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:states:::lambda:invoke",
        "arn:aws-cn:states:::sqs:sendMessage.waitForTaskToken",
        "arn:aws:lambda:eu-west-1:111111111111:function:name",
        "arn:aws:states:::aws-sdk:dynamodb:updateItem",
    ],
)
def test_integrations_that_the_interpreter_has(resource: str) -> None:
    check_simulated(json.dumps(machine(A={**INVOKE, "Resource": resource})))


@pytest.mark.parametrize(
    ("state", "what"),
    [
        ({**INVOKE, "Resource": "arn:aws:states:::states:startExecution.sync:2"}, "the task resource"),
        ({**INVOKE, "Resource": "arn:aws:states:::ecs:runTask.sync"}, "the task resource"),
        ({**INVOKE, "QueryLanguage": "JSONata"}, "QueryLanguage JSONata"),
    ],
)
def test_integrations_that_the_interpreter_lacks_are_not_simulated(state: Any, what: str) -> None:
    with pytest.raises(NotSimulated, match=f"state machine/States/B/Branches/0/States/A: {what}"):
        check_simulated(json.dumps(machine("B", B={"Type": "Parallel", "End": True, "Branches": [machine(A=state)]})))
