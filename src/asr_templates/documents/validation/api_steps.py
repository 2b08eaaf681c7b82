"""Steps that call an API (aws:executeAwsApi and its relatives), held against botocore's models."""

import re
from collections.abc import Iterator, Mapping

from botocore.model import Shape

from asr_templates.aws_reference import operations
from asr_templates.aws_reference.operations import UnknownOperationError
from asr_templates.aws_reference.services import UnknownServiceError, is_service, ssm_service_name
from asr_templates.documents.validation.actions import ACTIONS, OUTPUT_TYPES
from asr_templates.documents.validation.api_shapes import UNKNOWN, Unknown, misfits
from asr_templates.documents.validation.runbook import REFERENCE, Runbook, Step
from asr_templates.model import Problem

OWN_INPUTS = ("Service", "Api", "PropertySelector", "DesiredValues")
SELECTOR = re.compile(r"\$(?:\.\w+|\[(?:\d+|\*)\]|\.\.\w+)*")
SELECTOR_PART = re.compile(r"\.\.(\w+)|\.(\w+)|\[(\d+|\*)\]")

TYPE_OF_SHAPE: Mapping[str, str] = {
    "string": "String",
    "timestamp": "String",
    "boolean": "Boolean",
    "integer": "Integer",
    "long": "Integer",
    "structure": "StringMap",
    "map": "StringMap",
}


def api_problems(runbook: Runbook, step: Step) -> Iterator[Problem]:
    """Yield what is wrong with a step that calls an API."""
    inputs = step.get("inputs") or {}
    service, operation = str(inputs.get("Service")), str(inputs.get("Api"))
    if not is_service(service):
        yield runbook.step_problem(step, "inputs.Service", f"unknown service {service}", _service_hint(service))
        return
    try:
        shape = operations.input_shape(service, operation)
    except UnknownOperationError as error:
        yield runbook.step_problem(step, "inputs.Api", str(error))
        return
    given = {name: known_part(value) for name, value in inputs.items() if name not in OWN_INPUTS}
    for misfit in misfits(shape, given):
        place = f"inputs.{misfit.path}" if misfit.path else "inputs"
        yield runbook.step_problem(step, place, misfit.message, misfit.hint)
    response = operations.output_shape(service, operation)
    yield from _output_problems(runbook, step, response)
    if "PropertySelector" in ACTIONS[step["action"]].required:
        yield from _property_problems(runbook, step, response)


def _service_hint(service: str) -> str:
    try:
        return f"Systems Manager wants {ssm_service_name(service)}"
    except UnknownServiceError as error:
        return str(error)


def known_part(value: object) -> object:
    """Return a value in which every text with a variable is UNKNOWN."""
    if isinstance(value, str):
        return UNKNOWN if REFERENCE.search(value) else value
    if isinstance(value, Mapping):
        return {key: known_part(item) for key, item in value.items()}
    if isinstance(value, list):
        return [known_part(item) for item in value]
    return value


def _output_problems(runbook: Runbook, step: Step, response: Shape | None) -> Iterator[Problem]:
    for output in step.get("outputs") or []:
        if not isinstance(output, dict) or not SELECTOR.fullmatch(str(output.get("Selector"))):
            continue
        found = selected(response, output["Selector"])
        place = f"outputs.{output.get('Name')}"
        if found is None:
            yield runbook.step_problem(step, place, f"the response has no {output['Selector']}")
        elif not isinstance(found, Unknown) and "*" not in output["Selector"]:
            kind = type_of(found)
            if kind and output.get("Type", "String") != kind and output.get("Type") in OUTPUT_TYPES:
                yield runbook.step_problem(step, place, f"{output['Selector']} is a {kind}, not a {output['Type']}")


def _property_problems(runbook: Runbook, step: Step, response: Shape | None) -> Iterator[Problem]:
    inputs = step.get("inputs") or {}
    selector, desired = str(inputs.get("PropertySelector")), inputs.get("DesiredValues")
    if not SELECTOR.fullmatch(selector):
        yield runbook.step_problem(step, "inputs.PropertySelector", f"{selector!r} is no selector", "$.Name[0].Name")
        return
    found = selected(response, selector)
    if found is None:
        yield runbook.step_problem(step, "inputs.PropertySelector", f"the response has no {selector}")
    if not isinstance(desired, list) or not desired:
        yield runbook.step_problem(step, "inputs.DesiredValues", "is a list of at least one value")
        return
    values: list[str] = getattr(found, "enum", None) or []
    for value in desired if values else ():
        if value not in values and not REFERENCE.search(str(value)):
            hint = f"known: {', '.join(values)}"
            yield runbook.step_problem(step, "inputs.DesiredValues", f"{selector} is never {value!r}", hint)


def selected(shape: Shape | None, selector: str) -> Shape | Unknown | None:
    """Return the shape that a selector leads to in a response; None where it leads nowhere."""
    path: list[str | int] = []
    for deep, name, index in SELECTOR_PART.findall(selector):
        if deep:
            return UNKNOWN
        path.append(name or (int(index) if index.isdigit() else index))
    return operations.shape_at(shape, path)


def type_of(shape: Shape) -> str | None:
    """Return the type of an output that holds what a shape describes; None where it does not say."""
    if shape.type_name != "list":
        return TYPE_OF_SHAPE.get(shape.type_name)
    member = getattr(shape, "member", None)
    kind = TYPE_OF_SHAPE.get(member.type_name) if member is not None else None
    return {"String": "StringList", "StringMap": "MapList"}.get(kind or "")
