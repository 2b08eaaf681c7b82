"""Remediation runbooks: X.yaml with the script of X.py put in."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import yaml

from asr_templates.documents.remediation import remediation_document
from asr_templates.documents.scripts import remediation_script
from asr_templates.loading import load
from asr_templates.model import Document, Runbook
from asr_templates.solution import SCRIPT_RUNTIME, SSM_DOCUMENT_BYTES

RUNBOOKS = load().runbooks
each_runbook = pytest.mark.parametrize("runbook", RUNBOOKS.values(), ids=list(RUNBOOKS))
VARIABLE = re.compile(r"\{\{ ?([\w:.]+) ?\}\}")


def scripts(document: Document) -> list[Document]:
    return [step for step in document["mainSteps"] if step["action"] == "aws:executeScript"]


def plan_parameters(runbook: Runbook) -> list[str]:
    [plan] = [
        node for node in ast.parse(runbook.plan).body if isinstance(node, ast.FunctionDef) and node.name == "plan"
    ]
    return [argument.arg for argument in plan.args.args[1:]]


@each_runbook
def test_every_script_is_the_runner_with_the_plan(runbook: Runbook) -> None:
    expected = remediation_script(runbook.plan)

    for step in scripts(remediation_document(runbook)):
        assert expected == step["inputs"]["Script"]


@each_runbook
def test_rendering_leaves_the_runbook_as_it_was(runbook: Runbook) -> None:
    before = copy.deepcopy(runbook)
    remediation_document(runbook)

    assert before == runbook


@each_runbook
def test_rendering_twice_gives_the_same_bytes(runbook: Runbook) -> None:
    assert yaml.safe_dump(remediation_document(runbook)) == yaml.safe_dump(remediation_document(runbook))


@each_runbook
def test_document_is_of_schema_03_under_its_own_role_and_fits_systems_manager(runbook: Runbook) -> None:
    document = remediation_document(runbook)

    assert ("0.3", "{{ AutomationAssumeRole }}") == (document["schemaVersion"], document["assumeRole"])
    assert document["description"]
    assert len(yaml.safe_dump(document).encode()) < 0.9 * SSM_DOCUMENT_BYTES


@each_runbook
def test_modes_and_record_are_parameters_that_default_to_apply(runbook: Runbook) -> None:
    parameters = runbook.document["parameters"]

    assert ("Apply", ["Apply", "Preview", "Undo"]) == (
        parameters["Mode"]["default"],
        parameters["Mode"]["allowedValues"],
    )
    assert "" == parameters["Record"]["default"]


@each_runbook
def test_plan_is_fed_with_the_documents_parameters_and_no_others(runbook: Runbook) -> None:
    expected = {"Mode": "{{ Mode }}", "Record": "{{ Record }}"}
    expected |= {name: "{{ " + name + " }}" for name in plan_parameters(runbook)}

    for step in scripts(runbook.document):
        payload = {name: value for name, value in step["inputs"]["InputPayload"].items() if name != "Earlier"}
        assert expected == payload
    assert set(plan_parameters(runbook)) == set(runbook.document["parameters"]) - {
        "AutomationAssumeRole",
        "Mode",
        "Record",
    }


@each_runbook
def test_steps_state_runtime_and_time_out(runbook: Runbook) -> None:
    for step in scripts(runbook.document):
        assert (SCRIPT_RUNTIME, "handler", 600) == (
            step["inputs"]["Runtime"],
            step["inputs"]["Handler"],
            step["timeoutSeconds"],
        )
    waits = [step for step in runbook.document["mainSteps"] if step["action"].startswith("aws:waitFor")]
    assert all(step["timeoutSeconds"] for step in waits)


@each_runbook
def test_first_step_is_remediation_and_every_variable_names_a_parameter_or_an_earlier_output(runbook: Runbook) -> None:
    document = runbook.document
    assert "Remediation" == document["mainSteps"][0]["name"]

    known = set(document["parameters"])
    for step in document["mainSteps"]:
        assert set(VARIABLE.findall(yaml.safe_dump(step))) <= known, step["name"]
        known |= {f"{step['name']}.{output['Name']}" for output in step.get("outputs", [])}
    assert set(document["outputs"]) <= known


@each_runbook
def test_selectors_name_keys_that_the_script_returns(runbook: Runbook) -> None:
    returned = {"Status", "Message", "Before", "After", "Changes"}

    for step in scripts(runbook.document):
        for output in step["outputs"]:
            assert output["Selector"].removeprefix("$.Payload").removeprefix(".") in {"", *returned}


@each_runbook
def test_script_that_meets_an_error_returns_it(
    runbook: Runbook, handler: Callable[[Document], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No parameter, and so no call: what a script returns is one object of the agreed shape, whatever happens."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    [step, *_] = scripts(remediation_document(runbook))

    output = handler(step)({"Mode": "Apply", "Record": "", "Unknown": 1}, None)

    assert ["Status", "Message", "Before", "After", "Changes"] == list(output)
    assert "Failed" == output["Status"]


def test_change_that_takes_time_is_waited_for_and_verified() -> None:
    document = RUNBOOKS["EnableMultiAZOnRDSInstance"].document
    names = [step["name"] for step in document["mainSteps"]]

    assert ["Remediation", "Changed", "LetItStart", "WaitUntilAvailable", "Verify"] == names
    assert "{{ Remediation.Output }}" == document["mainSteps"][-1]["inputs"]["InputPayload"]["Earlier"]


def test_step_with_another_script_does_not_build() -> None:
    runbook = RUNBOOKS["EnableEbsEncryptionByDefault"]
    document = copy.deepcopy(runbook.document)
    document["mainSteps"][0]["inputs"]["Script"] = "Other.py"

    with pytest.raises(ValueError, match=r"^step Remediation: Script must be EnableEbsEncryptionByDefault\.py$"):
        remediation_document(replace(runbook, document=document))
