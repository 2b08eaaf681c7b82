import json
import uuid
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from asr_templates.lambdas.automations import KINDS, Ended, classify, parsed, start_automation
from asr_templates.lambdas.outcomes import Outcome

CHANGE = {"service": "ec2", "operation": "revoke_security_group_ingress", "parameters": {}, "undo": "none"}


def output(status: str, message: str = "why", **more: object) -> dict[str, Any]:
    return {"Status": status, "Message": message, "Before": 1, "After": 2, "Changes": [CHANGE], **more}


def automation(status: str, result: object = None, *steps: dict[str, Any]) -> dict[str, Any]:
    """An automation of a control runbook; `result` is what Outputs hold of the remediation."""
    outputs = {} if result is None else {"Remediation.Output": result}
    return {"AutomationExecutionStatus": status, "Outputs": outputs, "StepExecutions": list(steps)}


def step(name: str, message: str, **outputs: list[str]) -> dict[str, Any]:
    return {"StepName": name, "StepStatus": "Failed", "FailureMessage": message, "Outputs": outputs}


def no_child(identifier: str) -> dict[str, Any]:
    raise AssertionError(f"automation {identifier} was read")


def test_every_status_of_systems_manager_has_a_meaning() -> None:
    shape: Any = botocore.session.get_session().get_service_model("ssm").shape_for("AutomationExecutionStatus")

    assert set(shape.enum) == set(KINDS)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("Success", Outcome.SUCCESS),
        ("NoChange", Outcome.NO_CHANGE),
        ("Preview", Outcome.PREVIEW),
        ("Undone", Outcome.UNDONE),
        ("Refused", Outcome.REFUSED),
        ("Failed", Outcome.REMEDIATION_FAILED),
        ("success", Outcome.REMEDIATION_FAILED),
        ("", Outcome.REMEDIATION_FAILED),
    ],
)
def test_a_success_is_what_the_remediation_says_of_itself(status: str, outcome: Outcome) -> None:
    ended = classify(automation("Success", [json.dumps(output(status))]), no_child)

    assert outcome == ended.outcome
    assert [CHANGE] == (ended.output or {})["Changes"]


@pytest.mark.parametrize("result", [None, [], ["no JSON"], ["[1]"], ["a", "b"], "7", [""]])
def test_a_success_without_an_output_is_never_reported_as_success(result: object) -> None:
    ended = classify(automation("Success", result), no_child)

    assert Ended(Outcome.REMEDIATION_FAILED, "the remediation runbook left no output that can be read") == ended


@pytest.mark.parametrize(
    "given_as", [output("Success"), json.dumps(output("Success")), [json.dumps(output("Success"))], [output("Success")]]
)
def test_an_output_is_read_as_object_text_or_list(given_as: object) -> None:
    assert output("Success") == parsed(given_as)


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner), max_leaves=8))
def test_an_output_of_any_other_kind_is_none(value: object) -> None:
    assert parsed(value) is None


@pytest.mark.parametrize(
    ("message", "outcome"),
    [
        ("Id 'x' is not what EC2.2 expects", Outcome.INVALID_FINDING),
        ("Id: control EC2.13 is switched off or another's", Outcome.NO_RUNBOOK),
    ],
)
def test_a_finding_that_the_control_runbook_refuses_is_invalid_or_switched_off(message: str, outcome: Outcome) -> None:
    ended = classify(automation("Failed", None, step("ParseInput", message)), no_child)

    assert Ended(outcome, f"ParseInput: {message}") == ended


def test_a_soft_failure_is_a_failure_with_its_own_words_and_its_changes() -> None:
    failed = automation("Failed", [json.dumps(output("Failed", "denied: ec2:Revoke"))], step("Outcome", "Failed: x"))

    assert Ended(Outcome.REMEDIATION_FAILED, "denied: ec2:Revoke", output("Failed", "denied: ec2:Revoke")) == classify(
        failed, no_child
    )


def test_a_finding_that_could_not_be_updated_is_a_failure_that_says_what_was_done() -> None:
    failed = automation("Failed", [json.dumps(output("Success", "made 1 changes"))], step("UpdateFinding", "no such"))

    ended = classify(failed, no_child)

    assert Outcome.REMEDIATION_FAILED == ended.outcome
    assert "UpdateFinding: no such (the remediation itself: Success, made 1 changes)" == ended.message
    assert output("Success", "made 1 changes") == ended.output


@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        ({"Remediation.Output": [json.dumps(output("Failed", "first"))]}, "first"),
        (
            {
                "Verify.Output": [json.dumps(output("Failed", "second"))],
                "Remediation.Output": [json.dumps(output("Success", "first"))],
            },
            "second",
        ),
    ],
)
def test_when_the_remediation_itself_failed_its_changes_are_fetched_from_it(
    outputs: dict[str, Any], expected: str
) -> None:
    failed = automation("Failed", None, step("Remediation", "the child failed", ExecutionId=["child"]))
    read: list[str] = []

    def child(identifier: str) -> dict[str, Any]:
        read.append(identifier)
        return {"AutomationExecutionStatus": "Failed", "Outputs": outputs}

    ended = classify(failed, child)

    assert ["child"] == read
    assert (Outcome.REMEDIATION_FAILED, expected) == (ended.outcome, ended.message)
    assert [CHANGE] == (ended.output or {})["Changes"]


def test_a_child_whose_steps_alone_have_outputs_is_read_too() -> None:
    failed = automation("Failed", None, step("Remediation", "failed", ExecutionId=["child"]))
    steps = [{"StepName": "Remediation", "Outputs": {"Output": [json.dumps(output("Failed", "first"))]}}]

    ended = classify(failed, lambda identifier: {"AutomationExecutionStatus": "Failed", "StepExecutions": steps})

    assert "first" == ended.message


def test_a_remediation_that_never_started_has_no_output(refused: Any) -> None:
    failed = automation("Failed", None, step("Remediation", "no such document"))

    assert Ended(Outcome.REMEDIATION_FAILED, "Remediation: no such document") == classify(failed, no_child)


def test_a_child_that_cannot_be_read_costs_the_changes_not_the_outcome(refused: Any) -> None:
    failed = automation("Failed", None, step("Remediation", "failed", ExecutionId=["child"]))

    def child(identifier: str) -> dict[str, Any]:
        raise refused("AccessDeniedException")

    assert Ended(Outcome.REMEDIATION_FAILED, "Remediation: failed") == classify(failed, child)


def test_a_busy_systems_manager_is_asked_for_the_child_again(refused: Any) -> None:
    failed = automation("Failed", None, step("Remediation", "failed", ExecutionId=["child"]))

    def child(identifier: str) -> dict[str, Any]:
        raise refused("ThrottlingException")

    with pytest.raises(ClientError):
        classify(failed, child)


def test_a_verification_that_ran_out_of_time_is_timed_out_with_its_changes() -> None:
    late = output("Failed", "timed out: ['still modifying']", TimedOut=True)

    ended = classify(automation("Failed", [json.dumps(late)], step("Outcome", "Failed")), no_child)

    assert Ended(Outcome.TIMED_OUT, "timed out: ['still modifying']", late) == ended


def test_an_automation_that_timed_out_is_timed_out() -> None:
    assert Outcome.TIMED_OUT == classify(automation("TimedOut"), no_child).outcome


@pytest.mark.parametrize("status", [status for status, kind in KINDS.items() if kind == "stopped"])
def test_an_automation_that_was_stopped_has_failed(status: str) -> None:
    ended = classify(automation(status), no_child)

    assert Ended(Outcome.REMEDIATION_FAILED, f"the automation was stopped: {status}.") == ended


def test_a_long_reason_is_cut() -> None:
    ended = classify(automation("Failed", None, step("Remediation", "x" * 5_000)), no_child)

    assert 1_000 == len(ended.message)


CONTENT = {"Target": {"Document": "ASR-SC_2.0.0_EC2.2"}, "Mode": "Apply", "Finding": {"Id": "é"}}


def test_the_same_execution_starts_with_the_same_token_and_another_with_another(automation: Any) -> None:
    identifiers = [start_automation(automation, CONTENT, "arn:role", arn) for arn in ("arn:a", "arn:a", "arn:b")]

    assert 2 == len(set(identifiers))
    for started in automation.started.values():
        assert started["ClientToken"] == str(uuid.UUID(started["ClientToken"]))


def test_an_automation_gets_the_finding_the_role_and_the_mode(automation: Any) -> None:
    identifier = start_automation(automation, CONTENT, "arn:role", "arn:a")

    started = automation.started[identifier]
    assert "ASR-SC_2.0.0_EC2.2" == started["DocumentName"]
    expected = {"Finding": ['{"Id": "\\u00e9"}'], "AutomationAssumeRole": ["arn:role"], "Mode": ["Apply"]}
    assert expected == started["Parameters"]


def test_an_undo_hands_over_the_record(automation: Any) -> None:
    identifier = start_automation(automation, {**CONTENT, "Mode": "Undo", "Record": "eJw="}, "arn:role", "arn:a")

    assert ["eJw="] == automation.started[identifier]["Parameters"]["Record"]
