"""Validation of a rendered Automation runbook: everything that would make it fail in the account, or fail to end.

Sources: Systems Manager user guide ("Data elements and parameters", "Automation actions reference") and API reference
(CreateDocument), botocore's models. cfn-lint looks no further than schemaVersion.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping

import yaml

from asr_templates.documents.validation.actions import (
    ACTIONS,
    DOCUMENT_FIELDS,
    NOT_VALIDATED,
    OUTPUT_TYPES,
    STEP_FIELDS,
    WAITS,
)
from asr_templates.documents.validation.api_steps import SELECTOR, api_problems
from asr_templates.documents.validation.branches import branch_problems
from asr_templates.documents.validation.children import child_problems
from asr_templates.documents.validation.flow import flow_problems
from asr_templates.documents.validation.parameters import parameter_problems
from asr_templates.documents.validation.runbook import REFERENCE, Runbook, Step
from asr_templates.documents.validation.scripts import script_problems
from asr_templates.documents.validation.variables import variable_problems
from asr_templates.libyaml import Dumper
from asr_templates.model import Document, Problem
from asr_templates.solution import SSM_DOCUMENT_BYTES

FULL = 0.9
"""The part of the size limit that may be used: names and defaults of an installation come on top."""

DOCUMENT_NAME = re.compile(r"[A-Za-z0-9_.-]{3,128}")
RESERVED_NAMES = ("aws", "amazon", "amzn")  # API reference, CreateDocument
STEP_NAME = re.compile(r"[A-Z][A-Za-z0-9]{0,127}")
DURATION = re.compile(r"P(?=.)(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?")


def document_problems(name: str, document: Document, documents: Mapping[str, Document]) -> Iterator[Problem]:
    """Yield every problem of a document; `documents` are those that it may execute, by name."""
    broken = list(shape_problems(name, document))
    yield from broken
    if broken:
        return
    runbook = Runbook(name, document, documents)
    yield from _head_problems(runbook)
    yield from parameter_problems(runbook)
    yield from flow_problems(runbook)
    yield from variable_problems(runbook)
    for step in runbook.steps.values():
        yield from _step_problems(runbook, step)


def document_bytes(document: Document) -> int:
    """Return the size of a document as it is sent: as YAML or as JSON, whichever is longer."""
    as_json = len(json.dumps(document).encode())
    if as_json < SSM_DOCUMENT_BYTES // 2:  # YAML of the same content is never twice as long
        return as_json
    as_yaml = yaml.dump(document, Dumper=Dumper, sort_keys=False, allow_unicode=True)
    return max(len(as_yaml.encode()), as_json)


def shape_problems(name: str, document: Document) -> Iterator[Problem]:
    """Yield what makes it pointless to look further."""
    steps = document.get("mainSteps")
    if document.get("schemaVersion") != "0.3":
        yield Problem(f"{name}: schemaVersion", f"{document.get('schemaVersion')!r} is not '0.3'", "quote it")
    if not isinstance(steps, list) or not steps:
        yield Problem(f"{name}: mainSteps", "is a list of at least one step")
        return
    for index, step in enumerate(steps):
        if not isinstance(step, dict) or not all(isinstance(step.get(key), str) for key in ("name", "action")):
            yield Problem(f"{name}: mainSteps[{index}]", "a step has a name and an action")
            continue
        if not isinstance(step.get("inputs") or {}, dict) or not isinstance(step.get("outputs") or [], list):
            yield Problem(f"{name}: step {step['name']}", "inputs is a map, outputs a list")
    for key in ("parameters", "variables"):
        entries = document.get(key) or {}
        if not isinstance(entries, dict) or not all(isinstance(entry, dict) for entry in entries.values()):
            yield Problem(f"{name}: {key}", "is a map of maps")


def _head_problems(runbook: Runbook) -> Iterator[Problem]:
    if not DOCUMENT_NAME.fullmatch(runbook.name):
        yield runbook.problem("", "a name has 3 to 128 letters, digits, _, - and .")
    if runbook.name.lower().startswith(RESERVED_NAMES):
        yield runbook.problem("", f"names that start with {', '.join(RESERVED_NAMES)} are reserved by AWS")
    for key in runbook.document:
        if key not in DOCUMENT_FIELDS:
            yield runbook.problem(key, "unknown field", f"known: {', '.join(sorted(DOCUMENT_FIELDS))}")
    if not runbook.document.get("assumeRole"):
        yield runbook.problem("assumeRole", "is missing: the run would act with the rights of whoever starts it")
    names = [step["name"] for step in runbook.document["mainSteps"]]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield runbook.problem("mainSteps", f"two steps are called {name}")
    size, limit = document_bytes(runbook.document), int(SSM_DOCUMENT_BYTES * FULL)
    if size > limit:
        message = f"has {size} bytes, more than {limit} ({FULL:.0%} of what Systems Manager takes)"
        yield runbook.problem("", message, "shorten its scripts")


def _step_problems(runbook: Runbook, step: Step) -> Iterator[Problem]:
    if not STEP_NAME.fullmatch(step["name"]):
        yield runbook.step_problem(step, "name", "a step's name is in PascalCase, up to 128 letters and digits")
    for key in step:
        if key not in STEP_FIELDS:
            yield runbook.step_problem(step, key, "unknown field", f"known: {', '.join(sorted(STEP_FIELDS))}")
    yield from _failure_problems(runbook, step)
    action = ACTIONS.get(step["action"])
    if action is None:
        reason = "is not validated here" if step["action"] in NOT_VALIDATED else "does not exist"
        yield runbook.step_problem(step, "action", f"{step['action']} {reason}", f"known: {', '.join(ACTIONS)}")
        return
    inputs = step.get("inputs") or {}
    for key in action.required:
        if key not in inputs:
            yield runbook.step_problem(step, f"inputs.{key}", "is missing")
    for key in inputs:
        if not action.takes_api_parameters and key not in (*action.required, *action.optional):
            yield runbook.step_problem(step, f"inputs.{key}", f"{step['action']} has no such input")
    yield from _output_problems(runbook, step)
    if step["action"] in OWN_PROBLEMS:
        yield from OWN_PROBLEMS[step["action"]](runbook, step)


def _failure_problems(runbook: Runbook, step: Step) -> Iterator[Problem]:
    """Yield where a failure would pass for success, or a wait for hours is not asked for."""
    value = str(step.get("onFailure", "Abort"))
    if value.lower() == "continue":
        message = "Continue reports a failed step as Success"
        yield runbook.step_problem(step, "onFailure", message, "name the step that reports it: step:Verify")
    elif value.lower() != "abort" and not value.startswith("step:"):
        yield runbook.step_problem(step, "onFailure", f"{value!r} is neither Abort nor step:NAME")
    if str(step.get("isCritical", True)).lower() == "false" and not value.startswith("step:"):
        message = "false reports a failed step as Success"
        yield runbook.step_problem(step, "isCritical", message, "add onFailure: step:NAME of the step that reports it")
    if step["action"] in WAITS and "timeoutSeconds" not in step:
        yield runbook.step_problem(step, "timeoutSeconds", "a wait must say how long it may take")
    seconds = step.get("timeoutSeconds", 1)
    if not REFERENCE.search(str(seconds)) and (not isinstance(seconds, int) or seconds < 1):
        yield runbook.step_problem(step, "timeoutSeconds", f"{seconds!r} is no number of seconds")


def _output_problems(runbook: Runbook, step: Step) -> Iterator[Problem]:
    for index, output in enumerate(step.get("outputs") or []):
        if not isinstance(output, dict) or not {"Name", "Selector"} <= set(output) <= {"Name", "Selector", "Type"}:
            yield runbook.step_problem(step, f"outputs[{index}]", "an output has Name, Selector and Type")
            continue
        place = f"outputs.{output['Name']}"
        if output.get("Type", "String") not in OUTPUT_TYPES:
            yield runbook.step_problem(
                step, place, f"unknown Type {output['Type']}", f"known: {', '.join(OUTPUT_TYPES)}"
            )
        if not SELECTOR.fullmatch(str(output["Selector"])):
            yield runbook.step_problem(step, place, f"{output['Selector']!r} is no selector", "write $.Name[0].Name")


def _sleep_problems(runbook: Runbook, step: Step) -> Iterator[Problem]:
    inputs = step.get("inputs") or {}
    if len({"Duration", "Timestamp"} & set(inputs)) != 1:
        yield runbook.step_problem(step, "inputs", "aws:sleep takes either Duration or Timestamp")
    duration = str(inputs.get("Duration", "PT1S"))
    if not REFERENCE.search(duration) and not DURATION.fullmatch(duration):
        yield runbook.step_problem(step, "inputs.Duration", f"{duration!r} is no ISO 8601 duration", "write PT10M")


def _variable_step_problems(runbook: Runbook, step: Step) -> Iterator[Problem]:
    name = str((step.get("inputs") or {}).get("Name", "")).removeprefix("variable:")
    if name not in (runbook.document.get("variables") or {}):
        yield runbook.step_problem(step, "inputs.Name", f"there is no variable {name}")


OWN_PROBLEMS: Mapping[str, Callable[[Runbook, Step], Iterator[Problem]]] = {
    "aws:assertAwsResourceProperty": api_problems,
    "aws:branch": branch_problems,
    "aws:executeAutomation": child_problems,
    "aws:executeAwsApi": api_problems,
    "aws:executeScript": script_problems,
    "aws:sleep": _sleep_problems,
    "aws:updateVariable": _variable_step_problems,
    "aws:waitForAwsResourceProperty": api_problems,
}
