"""Control runbooks: parse, remediate, judge, update the finding."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from asr_templates.catalog import CONTROLS
from asr_templates.loading import load
from asr_templates.model import Control, Document
from asr_templates.names import Names
from asr_templates.playbook import Playbook, numerically
from asr_templates.solution import SSM_DOCUMENT_BYTES

CATALOG = load()
ROWS = list(csv.DictReader((Path(__file__).parents[1] / "data" / "controls.csv").open(encoding="utf-8")))
"""Every control of every standard, and the documents that serve it."""

STANDARDS = {
    "SC": ("SC", "2.0.0", "security-control"),
    "AFSBP": ("AFSBP", "1.0.0", "aws-foundational-security-best-practices"),
    "CIS120": ("CIS", "1.2.0", "cis-aws-foundations-benchmark"),
    "CIS140": ("CIS", "1.4.0", "cis-aws-foundations-benchmark"),
    "CIS300": ("CIS", "3.0.0", "cis-aws-foundations-benchmark"),
    "NIST80053": ("NIST80053R5", "5.0.0", "nist-800-53"),
    "PCI321": ("PCI", "3.2.1", "pci-dss"),
}
VARIABLE = re.compile(r"\{\{ ?([\w:.]+) ?\}\}")
ALLOWED_VARIABLES = {"global:ACCOUNT_ID", "global:REGION", "global:AWS_PARTITION", "automation:EXECUTION_ID"}


def playbook(key: str) -> Playbook:
    """The playbook of a standard: ours, or one that is declared here as ours will be."""
    if key in CATALOG.playbooks:
        return CATALOG.playbooks[key](CATALOG.runbooks)
    short, version, standard = STANDARDS[key]
    kind: type[Playbook] = type(
        key, (Playbook,), {"key": key, "short": short, "version": version, "standard": standard}
    )
    return kind(CATALOG.runbooks)


PLAYBOOKS = {key: playbook(key) for key in STANDARDS}
DOCUMENTS = {name: document for each in PLAYBOOKS.values() for name, document in each.control_documents().items()}
SERVED = {name: served for each in PLAYBOOKS.values() for name, served in each.documents().items()}
each_document = pytest.mark.parametrize("name", DOCUMENTS)


def step(document: Document, name: str) -> Document:
    steps: list[Document] = [each for each in document["mainSteps"] if each["name"] == name]
    return steps[0]


# Names


@pytest.mark.parametrize("key", STANDARDS)
def test_our_playbooks_say_what_the_standards_are_called(key: str) -> None:
    each = PLAYBOOKS[key]

    assert (key, *STANDARDS[key]) == (each.key, each.short, each.version, each.standard)


@pytest.mark.parametrize("key", STANDARDS)
def test_each_control_has_the_document_that_its_standard_knows(key: str) -> None:
    known = {row["security_control_id"] for row in ROWS}
    ours = {control.id for control in CONTROLS}
    expected = {
        (row["control_id"], row["security_control_id"], row["control_document"])
        for row in ROWS
        if row["standard"] == key and row["security_control_id"] in ours
    }
    actual = {
        (control_id, control.id, name)
        for name, served in PLAYBOOKS[key].documents().items()
        for control_id, control in served.items()
        if control.id in known
    }

    assert expected == actual


def test_a_document_bears_the_lowest_id_that_it_serves_numbers_compared_as_numbers() -> None:
    served: dict[str, list[str]] = {}
    for row in ROWS:
        served.setdefault(row["control_document"], []).append(row["control_id"])
    expected = {name: min(ids, key=numerically) for name, ids in served.items()}

    assert 295 == len(expected)
    assert expected == {name: name.split("_", 2)[2] for name in served}


def test_prefix_of_the_installation_is_in_every_name() -> None:
    each = CATALOG.playbooks["SC"](CATALOG.runbooks, names=Names("Blue"))
    document = each.control_documents()["Blue-SC_2.0.0_RDS.5"]

    assert "Blue-EnableMultiAZOnRDSInstance" == step(document, "Remediation")["inputs"]["DocumentName"]
    assert "Blue-EnableMultiAZOnRDSInstance-asr" == document["parameters"]["RemediationRoleName"]["default"]
    assert "Blue-" == step(document, "UpdateFinding")["inputs"]["InputPayload"]["Prefix"]
    assert "ASR-" not in json.dumps(document)


# Shape


@each_document
def test_document_has_its_four_steps_and_six_parameters(name: str) -> None:
    document = DOCUMENTS[name]

    assert ["ParseInput", "Remediation", "Outcome", "UpdateFinding"] == [each["name"] for each in document["mainSteps"]]
    expected = ["AutomationAssumeRole", "Finding", "Mode", "Record", "RemediationRoleName", "RolePath"]
    assert expected == sorted(document["parameters"])
    assert ("0.3", "StringMap", "Apply", "") == (
        document["schemaVersion"],
        document["parameters"]["Finding"]["type"],
        document["parameters"]["Mode"]["default"],
        document["parameters"]["Record"]["default"],
    )
    assert ["Apply", "Preview", "Undo"] == document["parameters"]["Mode"]["allowedValues"]


@each_document
def test_document_is_small_and_the_same_every_time(name: str) -> None:
    text = yaml.safe_dump(DOCUMENTS[name], sort_keys=False)
    [again] = [each.control_documents()[name] for each in PLAYBOOKS.values() if name in each.documents()]

    assert len(text.encode()) < 0.3 * SSM_DOCUMENT_BYTES
    assert text == yaml.safe_dump(again, sort_keys=False)


@each_document
def test_every_variable_names_a_parameter_an_earlier_output_or_what_the_contract_allows(name: str) -> None:
    document = DOCUMENTS[name]
    known = {*document["parameters"], *ALLOWED_VARIABLES}

    for each in document["mainSteps"]:
        found = set(VARIABLE.findall(json.dumps(each)))
        assert found <= known, each["name"]
        known |= {f"{each['name']}.{output['Name']}" for output in each.get("outputs", [])}
        known |= {f"{each['name']}.Output"} if each["action"] == "aws:executeAutomation" else set()
    assert set(document["outputs"]) <= known


@each_document
def test_scripts_hold_no_variable_and_no_partition(name: str) -> None:
    for each in DOCUMENTS[name]["mainSteps"]:
        script = each["inputs"].get("Script", "")
        assert not {"{{", "}}"} & {script[at : at + 2] for at in range(len(script))}
        assert "arn:aws:" not in script


@each_document
def test_what_the_parser_is_told_is_the_row(name: str) -> None:
    payload = step(DOCUMENTS[name], "ParseInput")["inputs"]["InputPayload"]
    served = SERVED[name]
    first = next(iter(served.values()))

    assert "{{ Finding }}" == payload["Finding"]
    assert first.resource.pattern == payload["parse_id_pattern"]
    assert list(served) == payload["expected_control_id"]
    assert {control_id: dict(row.inputs) for control_id, row in served.items()} == payload["inputs"]


@each_document
def test_remediation_is_started_here_under_its_own_role_with_parameters_of_its_document(name: str) -> None:
    inputs = step(DOCUMENTS[name], "Remediation")["inputs"]
    runbook = CATALOG.runbooks[next(iter(SERVED[name].values())).runbook]
    parameters = runbook.document["parameters"]
    required = {parameter for parameter, details in parameters.items() if "default" not in details}

    assert {"DocumentName", "RuntimeParameters"} == set(inputs)
    assert f"ASR-{runbook.name}" == inputs["DocumentName"]
    assert required <= set(inputs["RuntimeParameters"]) <= set(parameters)
    assert ("{{ Mode }}", "{{ Record }}") == (
        inputs["RuntimeParameters"]["Mode"],
        inputs["RuntimeParameters"]["Record"],
    )
    role = "arn:{{ global:AWS_PARTITION }}:iam::{{ global:ACCOUNT_ID }}:role{{ RolePath }}{{ RemediationRoleName }}"
    assert role == inputs["RuntimeParameters"]["AutomationAssumeRole"]


# What the steps return


def payload_of(name: str, control_id: str, control: Control, resource_id: str) -> dict[str, Any]:
    """The payload of ParseInput, as Systems Manager resolves it for a finding about a resource."""
    playbook = next(each for each in PLAYBOOKS.values() if name in each.documents())
    _, partition, _, region, *_ = f"{resource_id}::::".split(":")
    partition, region = (partition or "aws", region or "us-east-1")
    hub = f"arn:{partition}:securityhub:{region}"
    finding = {
        "Id": f"{hub}:111111111111:{playbook.finding_prefix}/{control_id}/finding/0a1b",
        "ProductArn": f"{hub}::product/aws/securityhub",
        "AwsAccountId": "111111111111",
        "Resources": [{"Id": resource_id, "Type": control.resource.type, "Region": region}],
    }
    here = {"partition": partition, "account": "111111111111", "region": region}
    return {**step(DOCUMENTS[name], "ParseInput")["inputs"]["InputPayload"], "Finding": finding, "here": here}


@each_document
def test_selectors_name_keys_that_the_parser_returns_with_the_type_that_they_state(
    name: str, handler: Callable[[Document], Any]
) -> None:
    types = {"String": str, "Integer": int, "Boolean": bool, "StringMap": dict, "StringList": list}
    parse_input = step(DOCUMENTS[name], "ParseInput")

    for control_id, control in SERVED[name].items():
        for resource_id in control.resource.good:
            returned = handler(parse_input)(payload_of(name, control_id, control, resource_id), None)
            for output in parse_input["outputs"]:
                value = returned[output["Selector"].removeprefix("$.Payload.")]
                assert types[output["Type"]] is type(value), output["Name"]


@each_document
def test_a_control_asks_for_its_own_defaults_and_nothing_else(name: str, handler: Callable[[Document], Any]) -> None:
    """IAM.14 asks for a number; what only the rest of its family asks for is what the runbook takes for nothing."""
    for control_id, control in SERVED[name].items():
        parameters = CATALOG.runbooks[control.runbook].document["parameters"]
        asked = {parameter for row in SERVED[name].values() for parameter in row.inputs}
        expected = {parameter: control.inputs.get(parameter, parameters[parameter]["default"]) for parameter in asked}

        payload = payload_of(name, control_id, control, control.resource.good[0])
        returned = handler(step(DOCUMENTS[name], "ParseInput"))(payload, None)

        assert expected == {parameter: returned[parameter] for parameter in asked}


def test_iam_14_asks_for_a_number_and_nothing_else(handler: Callable[[Document], Any]) -> None:
    [control] = [control for control in CONTROLS if control.id == "IAM.14"]
    payload = payload_of("ASR-SC_2.0.0_IAM.7", "IAM.14", control, "AWS::::Account:111111111111")
    returned = handler(step(DOCUMENTS["ASR-SC_2.0.0_IAM.7"], "ParseInput"))(payload, None)

    settings = [key for key in returned if key.startswith(("Require", "Minimum", "Max", "Password"))]
    assert ["RequireNumbers"] == [key for key in settings if returned[key]]


@each_document
def test_outcome_and_update_are_fed_by_the_steps_before_and_the_row(
    name: str, handler: Callable[[Document], Any]
) -> None:
    outcome = step(DOCUMENTS[name], "Outcome")
    output = {"Status": "Success", "Message": "made 1 changes", "Before": {}, "After": {}, "Changes": []}

    for control_id, row in SERVED[name].items():
        event = {**outcome["inputs"]["InputPayload"], "Output": output, "ControlId": control_id, "Execution": "0a1b"}
        returned = handler(outcome)(event, None)

        assert f"{row.note} asr history 0a1b" == returned["Note"]
        assert row.workflow == returned["Workflow"]
        assert {output["Selector"] for output in outcome["outputs"]} == {f"$.Payload.{key}" for key in returned}
