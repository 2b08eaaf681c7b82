"""Steps that execute another runbook (aws:executeAutomation): it exists and takes what it is given."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from asr_templates.documents.validation.parameters import misfits, plain_type
from asr_templates.documents.validation.runbook import REFERENCE, Runbook, Step
from asr_templates.documents.validation.variables import value_type
from asr_templates.model import Problem

AWS_OWNED = ("AWS-", "AWSSupport-", "AWSConfigRemediation-", "AWSEC2-")


def child_problems(runbook: Runbook, step: Step) -> Iterator[Problem]:
    """Yield what is wrong with a step that executes another runbook; AWS-owned ones are not known here."""
    inputs = step.get("inputs") or {}
    name = str(inputs.get("DocumentName"))
    if REFERENCE.search(name):
        hint = "name the document: what runs must be known when it is built"
        yield runbook.step_problem(step, "inputs.DocumentName", f"{name} is known at run time only", hint)
        return
    if name.startswith(AWS_OWNED):
        return
    if name not in runbook.documents:
        close = get_close_matches(name, runbook.documents, n=1)
        hint = f"did you mean {close[0]}?" if close else ""
        yield runbook.step_problem(step, "inputs.DocumentName", f"there is no document {name}", hint)
        return
    given = inputs.get("RuntimeParameters") or {}
    if not isinstance(given, dict):
        yield runbook.step_problem(step, "inputs.RuntimeParameters", "is a map")
        return
    declared = runbook.documents[name].get("parameters") or {}
    for parameter, value in given.items():
        place = f"inputs.RuntimeParameters.{parameter}"
        if parameter not in declared:
            hint = f"its parameters: {', '.join(declared)}"
            yield runbook.step_problem(step, place, f"{name} has no parameter {parameter}", hint)
            continue
        yield from _value_problems(runbook, step, place, declared[parameter], value)
    for parameter, declaration in declared.items():
        if "default" not in declaration and parameter not in given:
            place = "inputs.RuntimeParameters"
            yield runbook.step_problem(step, place, f"{name} needs {parameter}", "hand it over")


def _value_problems(
    runbook: Runbook, step: Step, place: str, declaration: Mapping[str, object], value: object
) -> Iterator[Problem]:
    kind = value_type(runbook, value)
    wanted = plain_type(str(declaration.get("type")))
    if kind and kind != wanted:
        yield runbook.step_problem(step, place, f"is a {kind}, the parameter a {wanted}")
    elif not kind:
        for message in misfits(declaration, value):
            yield runbook.step_problem(step, place, message)
