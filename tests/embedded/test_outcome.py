"""Step Outcome: the note and the workflow status that follow from a remediation's output."""

from __future__ import annotations

import json
from typing import Any

import pytest

from asr_templates.embedded.outcome import outcome

CHANGE = {"service": "ec2", "operation": "revoke_security_group_ingress", "parameters": {}, "undo": "none"}


def output(status: str, message: str = "nothing to do", changes: int = 0) -> dict[str, Any]:
    return {"Status": status, "Message": message, "Before": {}, "After": {}, "Changes": [CHANGE] * changes}


def judged(output: Any, workflow: str = "RESOLVED") -> dict[str, Any]:
    notes = {"EC2.13": "Closed port 22.", "EC2.14": "Closed port 3389."}
    event = {"Output": output, "ControlId": "EC2.14", "Notes": notes, "Workflow": workflow, "Execution": "0a1b"}
    return outcome(event, None)


def test_success_sets_the_rows_workflow_status_and_the_controls_note() -> None:
    expected = {
        "Status": "Success",
        "Note": "Closed port 3389. 1 changes: ec2:revoke_security_group_ingress. asr history 0a1b",
        "Workflow": "RESOLVED",
    }

    assert expected == judged(output("Success", changes=1))


@pytest.mark.parametrize(
    ("status", "workflow"),
    [("Success", "NOTIFIED"), ("NoChange", "NOTIFIED"), ("Undone", "NEW"), ("Preview", ""), ("Refused", "")],
)
def test_workflow_status_of_each_outcome(status: str, workflow: str) -> None:
    assert workflow == judged(output(status), workflow="NOTIFIED")["Workflow"]


def test_note_of_anything_but_success_says_why() -> None:
    expected = "Refused: sgr-1 opens more than port 22. asr history 0a1b"

    assert expected == judged(output("Refused", "sgr-1 opens more than port 22"))["Note"]


def test_note_names_the_first_two_of_many_changes() -> None:
    name = "ec2:revoke_security_group_ingress"

    assert f" 3 changes: {name}, {name}, .... asr history" in judged(output("Preview", "m", changes=3))["Note"]


def test_note_has_512_characters_and_still_ends_with_the_history() -> None:
    note = judged(output("Refused", "why " * 200))["Note"]

    assert (512, True) == (len(note), note.endswith(" asr history 0a1b"))


@pytest.mark.parametrize("status", ["Failed", "failed", "success", "", None, "Cancelled"])
def test_failed_and_unknown_statuses_fail_the_automation(status: Any) -> None:
    with pytest.raises(ValueError, match="AccessDenied"):
        judged(output(status, "AccessDenied"))


@pytest.mark.parametrize("unreadable", [None, "", "x", [], {}, ["x", "y"], 3, {"status": "Success"}, "[]"])
def test_output_that_cannot_be_read_fails_the_automation(unreadable: Any) -> None:
    with pytest.raises(ValueError, match=r"^the remediation's output is unreadable: "):
        judged(unreadable)


def test_output_without_changes_fails_the_automation() -> None:
    with pytest.raises(KeyError):
        judged({"Status": "Success", "Message": "m"})


@pytest.mark.parametrize("wrap", [lambda it: it, json.dumps, lambda it: [json.dumps(it)], lambda it: ["", it]])
def test_output_is_read_as_an_object_as_json_and_in_a_list(wrap: Any) -> None:
    assert "NoChange" == judged(wrap(output("NoChange")))["Status"]
