"""Control runbooks: parse the finding, remediate, judge the outcome, update the finding.

Payload of step ParseInput: `Finding`, `parse_id_pattern`, `expected_control_id` (the ids that the document serves in
its standard), `standard` (what stands before the control in a finding's id), `parameter` (of the runbook, for the
resource's id), `inputs` (control id -> the row's defaults), `neutral` (the runbook's own defaults, for what a control
does not ask for), `here` (partition, account and region that the document runs in).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from asr_templates.documents.scripts import embedded_source, join_sources
from asr_templates.model import Control, Document, Runbook
from asr_templates.names import Names
from asr_templates.solution import DEFAULT_NAMESPACE, SCRIPT_RUNTIME

MODES = ["Apply", "Preview", "Undo"]
OUTPUT_TYPES: Mapping[type, str] = {bool: "Boolean", int: "Integer", str: "String", list: "StringList"}
FIXED_OUTPUTS = {
    "ControlId": "String",
    "FindingId": "String",
    "ProductArn": "String",
    "RemediationAccount": "String",
    "RemediationRegion": "String",
    "AffectedObject": "StringMap",
}


def control_document(names: Names, standard: str, served: Mapping[str, Control], runbook: Runbook) -> Document:
    """Return the document that serves `served` (control id in the standard -> its row; all of one family).

    `standard` is the part of a finding's id before the control: "security-control", or
    "subscription/cis-aws-foundations-benchmark/v/1.2.0".
    """
    control = next(iter(served.values()))
    inputs = asked_inputs(served.values(), runbook)
    handed_over = [name for name in (control.resource.parameter, *inputs) if name]
    return {
        "schemaVersion": "0.3",
        "description": f"{names.prefix} control runbook for {', '.join(served)}.",
        "assumeRole": "{{ AutomationAssumeRole }}",
        "outputs": ["Remediation.Output", "ParseInput.AffectedObject"],
        "parameters": parameters(names.remediation_role(runbook.name, DEFAULT_NAMESPACE)),
        "mainSteps": [
            parse_input(standard, served, inputs),
            {
                "name": "Remediation",
                "action": "aws:executeAutomation",
                "inputs": {
                    "DocumentName": names.remediation_document(runbook.name),
                    "RuntimeParameters": {
                        "AutomationAssumeRole": "arn:{{ global:AWS_PARTITION }}:iam::{{ global:ACCOUNT_ID }}:role"
                        "{{ RolePath }}{{ RemediationRoleName }}",
                        "Mode": "{{ Mode }}",
                        "Record": "{{ Record }}",
                        **{name: reference("ParseInput", name) for name in handed_over},
                    },
                },
            },
            script_step(
                "Outcome",
                "outcome",
                {
                    "Output": "{{ Remediation.Output }}",
                    "ControlId": "{{ ParseInput.ControlId }}",
                    "Notes": {control_id: row.note for control_id, row in served.items()},
                    "Workflow": control.workflow,
                    "Execution": "{{ automation:EXECUTION_ID }}",
                },
                {"Status": "String", "Note": "String", "Workflow": "String"},
            ),
            {
                **script_step(
                    "UpdateFinding",
                    "finding",
                    {
                        "FindingId": "{{ ParseInput.FindingId }}",
                        "ProductArn": "{{ ParseInput.ProductArn }}",
                        "Note": "{{ Outcome.Note }}",
                        "Workflow": "{{ Outcome.Workflow }}",
                        "Prefix": f"{names.prefix}-",
                        "UpdatedBy": f"{names.prefix}-{control.runbook}",
                    },
                    {},
                ),
                "isEnd": True,
            },
        ],
    }


def parameters(role_name: str) -> Document:
    """Return the parameters of every control runbook."""
    return {
        "Finding": {"type": "StringMap", "description": "The ASFF finding, or its projection."},
        "AutomationAssumeRole": {
            "type": "AWS::IAM::Role::Arn",
            "description": "The role that reads and updates the finding and starts the remediation runbook.",
        },
        "RemediationRoleName": {
            "type": "String",
            "description": "The role of the remediation runbook, in this account.",
            "default": role_name,
            "allowedPattern": r"^[\w+=,.@-]{1,64}$",
        },
        "RolePath": {"type": "String", "default": "/", "allowedPattern": r"^/([\w+=,.@/-]+/)?$"},
        "Mode": {"type": "String", "default": "Apply", "allowedValues": MODES},
        "Record": {
            "type": "String",
            "description": "The deflated, base64-encoded output of the run to undo.",
            "default": "",
            "allowedPattern": "^[A-Za-z0-9+/=]*$",
        },
    }


def parse_input(standard: str, served: Mapping[str, Control], inputs: Mapping[str, Any]) -> Document:
    """Return step ParseInput."""
    resource = next(iter(served.values())).resource
    outputs = {**FIXED_OUTPUTS, **{name: OUTPUT_TYPES[type(default)] for name, default in inputs.items()}}
    if resource.parameter:
        outputs[resource.parameter] = "String"
    return script_step(
        "ParseInput",
        "parser",
        {
            "Finding": "{{ Finding }}",
            "parse_id_pattern": resource.pattern,
            "expected_control_id": list(served),
            "standard": standard,
            "parameter": resource.parameter,
            "inputs": {control_id: dict(control.inputs) for control_id, control in served.items()},
            "neutral": dict(inputs),
            "here": {
                "partition": "{{ global:AWS_PARTITION }}",
                "account": "{{ global:ACCOUNT_ID }}",
                "region": "{{ global:REGION }}",
            },
        },
        outputs,
    )


def asked_inputs(controls: Sequence[Control] | Any, runbook: Runbook) -> dict[str, Any]:
    """Return the inputs that any of the controls asks for, with the runbook's own defaults, which ask for nothing."""
    names = dict.fromkeys(name for control in controls for name in control.inputs)
    return {name: runbook.document["parameters"][name]["default"] for name in names}


def script_step(name: str, module: str, payload: Document, outputs: Mapping[str, str]) -> Document:
    """Return a step that runs a module of asr_templates.embedded; its outputs are keys of what the handler returns."""
    handler = {"parser": "parse", "outcome": "outcome", "finding": "update"}[module]
    step: Document = {
        "name": name,
        "action": "aws:executeScript",
        "timeoutSeconds": 600,
        "inputs": {
            "Runtime": SCRIPT_RUNTIME,
            "Handler": handler,
            "InputPayload": payload,
            "Script": join_sources(embedded_source(module)),
        },
    }
    if outputs:
        step["outputs"] = [{"Name": key, "Selector": f"$.Payload.{key}", "Type": kind} for key, kind in outputs.items()]
    return step


def reference(step: str, output: str) -> str:
    """Return the SSM variable of a step's output."""
    return "{{ " + f"{step}.{output}" + " }}"
