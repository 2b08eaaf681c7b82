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
from asr_templates.documents.scripts import embedded_source, remediation_script
from asr_templates.loading import load
from asr_templates.model import Document, Runbook
from asr_templates.solution import SCRIPT_RUNTIME, SSM_DOCUMENT_BYTES

RUNBOOKS = load().runbooks
each_runbook = pytest.mark.parametrize("runbook", RUNBOOKS.values(), ids=list(RUNBOOKS))
VARIABLE = re.compile(r"\{\{ ?([\w:.]+) ?\}\}")
GLOBALS = {"AccountId": "global:ACCOUNT_ID", "Region": "global:REGION", "Partition": "global:AWS_PARTITION"}


def scripts(document: Document) -> list[Document]:
    return [step for step in document["mainSteps"] if step["action"] == "aws:executeScript"]


def plays(runbook: Runbook) -> list[Document]:
    """The steps that run the plan, as they are written in X.yaml."""
    return [step for step in scripts(runbook.document) if step["inputs"]["Script"] == f"{runbook.name}.py"]


def step_named(document: Document, name: str) -> Document:
    steps: list[Document] = [step for step in document["mainSteps"] if step["name"] == name]
    return steps[0]


def plan_parameters(runbook: Runbook) -> list[str]:
    [plan] = [
        node for node in ast.parse(runbook.plan).body if isinstance(node, ast.FunctionDef) and node.name == "plan"
    ]
    return [argument.arg for argument in plan.args.args[1:]]


@each_runbook
def test_step_that_names_the_plan_gets_the_runner_with_the_plan(runbook: Runbook) -> None:
    expected = remediation_script(runbook.plan)
    document = remediation_document(runbook)

    assert plays(runbook)
    for step in plays(runbook):
        assert expected == step_named(document, step["name"])["inputs"]["Script"]


@each_runbook
def test_step_that_names_an_embedded_module_gets_that_module(runbook: Runbook) -> None:
    document = remediation_document(runbook)

    for step in scripts(runbook.document):
        folder, _, name = step["inputs"]["Script"].rpartition("/")
        if folder:
            script = step_named(document, step["name"])["inputs"]["Script"]
            assert ("embedded", embedded_source(name.removesuffix(".py"))) == (folder, script)


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
    """What a document does not ask for it knows: where it runs. A later step may leave out what was asked for."""
    known = {name: "{{ " + GLOBALS.get(name, name) + " }}" for name in plan_parameters(runbook)}
    known |= {name: "{{ " + name + " }}" for name in set(known) & set(runbook.document["parameters"])}

    for step in plays(runbook):
        payload = step["inputs"]["InputPayload"]
        given = {name: payload[name] for name in payload if name not in ("Mode", "Record", "Earlier")}
        assert set(known) == set(given)
        assert all(value in (known[name], False) for name, value in given.items())
        assert payload["Mode"] in ("{{ Mode }}", "Apply", "Preview")
    remediation = step_named(runbook.document, "Remediation")["inputs"]["InputPayload"]
    assert ("{{ Mode }}", "{{ Record }}") == (remediation["Mode"], remediation["Record"])


@each_runbook
def test_every_parameter_is_used(runbook: Runbook) -> None:
    used = set(VARIABLE.findall(str([runbook.document["assumeRole"], runbook.document["mainSteps"]])))

    assert set() == set(runbook.document["parameters"]) - used


@each_runbook
def test_steps_state_runtime_and_time_out(runbook: Runbook) -> None:
    for step in scripts(runbook.document):
        assert (SCRIPT_RUNTIME, 600) == (step["inputs"]["Runtime"], step["timeoutSeconds"])
    waits = ("aws:waitForAwsResourceProperty", "aws:executeAutomation")
    assert all(step["timeoutSeconds"] for step in runbook.document["mainSteps"] if step["action"] in waits)


@each_runbook
def test_every_variable_names_a_parameter_or_an_earlier_output(runbook: Runbook) -> None:
    document = runbook.document
    known = {*document["parameters"], *GLOBALS.values()}
    for step in document["mainSteps"]:
        assert set(VARIABLE.findall(yaml.safe_dump(step))) <= known, step["name"]
        known |= {f"{step['name']}.{output['Name']}" for output in step.get("outputs", [])}
    assert set(document["outputs"]) <= known


@each_runbook
def test_selectors_name_keys_that_the_plan_returns(runbook: Runbook) -> None:
    returned = {"Status", "Message", "Before", "After", "Changes"}

    for step in plays(runbook):
        for output in step["outputs"]:
            assert output["Selector"].removeprefix("$.Payload").removeprefix(".").split(".")[0] in {"", *returned}


@each_runbook
def test_script_that_meets_an_error_returns_it(
    runbook: Runbook, handler: Callable[[Document], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No parameter, and so no call: what a script returns is one object of the agreed shape, whatever happens."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    step = step_named(remediation_document(runbook), "Remediation")

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
