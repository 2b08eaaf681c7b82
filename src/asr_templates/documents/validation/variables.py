"""The variables of a runbook: each must name a parameter, a global, or an output that is there when the step runs."""

from collections.abc import Iterator
from difflib import get_close_matches

from asr_templates.documents.validation.actions import ACTIONS, GLOBALS
from asr_templates.documents.validation.flow import is_certain
from asr_templates.documents.validation.parameters import plain_type
from asr_templates.documents.validation.runbook import REFERENCE, Runbook, Step, references, texts, whole_reference
from asr_templates.model import Problem

SCOPES = {"global": GLOBALS, "automation": ("EXECUTION_ID",)}


def variable_problems(runbook: Runbook) -> Iterator[Problem]:
    """Yield the variables that cannot be resolved, and the braces that are none."""
    for field in ("description", "assumeRole"):
        value = runbook.document.get(field)
        yield from (runbook.problem(field, *found) for found in _unresolved(runbook, value, None))
        yield from (runbook.problem(field, message) for message in _stray_braces(value))
    for step in runbook.steps.values():
        for key, value in step.items():
            for field, text in texts(value, key):
                if field != "inputs.Script":
                    yield from (runbook.step_problem(step, field, *found) for found in _unresolved(runbook, text, step))
                    yield from (runbook.step_problem(step, field, message) for message in _stray_braces(text))
    for output in runbook.document.get("outputs") or []:
        if variable_type(runbook, str(output)) is None or "." not in str(output):
            hint = _nearest(runbook, str(output))
            yield runbook.problem("outputs", f"{output} is no output of a step", hint)


def variable_type(runbook: Runbook, name: str) -> str | None:
    """Return the type of what a variable refers to, or None: there is nothing of this name."""
    scope, colon, rest = name.partition(":")
    if colon:
        if scope == "variable":
            declared = (runbook.document.get("variables") or {}).get(rest)
            return str(declared.get("type")) if declared else None
        return "String" if rest in SCOPES.get(scope, ()) else None
    if name in runbook.parameters:
        return plain_type(str(runbook.parameters[name].get("type")))
    if name in runbook.output_types:
        return runbook.output_types[name]
    step, _, output = name.partition(".")
    action = ACTIONS.get(runbook.steps[step]["action"]) if step in runbook.steps else None
    return (action.outputs or {}).get(output) if action else None


def value_type(runbook: Runbook, value: object) -> str | None:
    """Return the type that a value has once its variables are replaced; None where it has none of a variable."""
    whole = whole_reference(value)
    if whole:
        return variable_type(runbook, whole)
    return "String" if isinstance(value, str) and REFERENCE.search(value) else None


def _unresolved(runbook: Runbook, value: object, step: Step | None) -> Iterator[tuple[str, str]]:
    """Yield message and hint for each variable of a value; `step` is where it stands, if in a step."""
    for name in references(value):
        if name.startswith("ssm:"):
            hint = "hand the value over as a parameter"
            yield f"{{{{ {name} }}}} reads a parameter that anyone may have written", hint
        elif variable_type(runbook, name) is None:
            yield f"{{{{ {name} }}}} refers to nothing", _nearest(runbook, name)
        elif step and "." in name and not is_certain(runbook, name.partition(".")[0], step["name"]):
            hint = "it must have succeeded on every way to this step"
            yield f"{{{{ {name} }}}} may not be there yet", hint


def _nearest(runbook: Runbook, name: str) -> str:
    built_in = [
        f"{step}.{output}"
        for step, content in runbook.steps.items()
        for output in (ACTIONS[content["action"]].outputs or {} if content["action"] in ACTIONS else {})
    ]
    known = [*runbook.parameters, *runbook.output_types, *built_in, *(f"global:{each}" for each in GLOBALS)]
    close = get_close_matches(name, known, n=1)
    return f"did you mean {{{{ {close[0]} }}}}?" if close else ""


def _stray_braces(value: object) -> Iterator[str]:
    for _, text in texts(value):
        rest = REFERENCE.sub("", text)
        for braces in ("{{", "}}"):
            if braces in rest:
                yield f"{text[:80]!r} has {braces} that belongs to no variable"
