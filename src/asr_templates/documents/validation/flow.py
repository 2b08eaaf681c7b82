"""The order of a runbook's steps: where each can lead, what is never reached, what never ends."""

from collections.abc import Iterator

from asr_templates.documents.validation.runbook import Runbook, Step
from asr_templates.model import Problem

END = ""
"""Stands for the end of the run among the places that a step leads to."""

ON_FAILURE = "step:"


def choices(step: Step) -> list[Step]:
    """Return the choices of a branch, as far as they are maps."""
    given = (step.get("inputs") or {}).get("Choices")
    return [choice for choice in given if isinstance(choice, dict)] if isinstance(given, list) else []


def successors(runbook: Runbook, name: str) -> list[str]:
    """Return the names of the steps that can follow when a step has succeeded; END is one of them."""
    step = runbook.steps[name]
    if step["action"] == "aws:branch":
        default = (step.get("inputs") or {}).get("Default")
        named = [str(choice.get("NextStep")) for choice in choices(step)]
        return [*named, *([str(default)] if default else [])]
    if str(step.get("isEnd")).lower() == "true":
        return [END]
    if "nextStep" in step:
        return [str(step["nextStep"])]
    names = list(runbook.steps)
    return [*names, END][names.index(name) + 1 :][:1]


def failure_successors(step: Step) -> list[str]:
    """Return the names of the steps that follow when a step has failed or is cancelled."""
    values = [str(step.get(field, "")) for field in ("onFailure", "onCancel")]
    return [value.removeprefix(ON_FAILURE) for value in values if value.startswith(ON_FAILURE)]


def reached(runbook: Runbook, without: str = END) -> set[str]:
    """Return the steps that a run can come to if step `without` never succeeds (END: if all can)."""
    waiting = list(runbook.steps)[:1]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in found or name not in runbook.steps:
            continue
        found.add(name)
        waiting += failure_successors(runbook.steps[name])
        if name != without:
            waiting += successors(runbook, name)
    return found


def is_certain(runbook: Runbook, earlier: str, later: str) -> bool:
    """Return whether step `earlier` has always succeeded when a run comes to step `later`."""
    return earlier in runbook.steps and earlier != later and later not in reached(runbook, without=earlier)


def flow_problems(runbook: Runbook) -> Iterator[Problem]:
    """Yield what is wrong with the order of the steps."""
    for step in runbook.steps.values():
        yield from _target_problems(runbook, step)
    alive = reached(runbook)
    for name in runbook.steps:
        if name not in alive:
            yield runbook.step_problem(runbook.steps[name], "", "no other step leads here", "delete it, or name it")
    ending = _ending(runbook)
    for name in runbook.steps:
        if name in alive and name not in ending:
            yield runbook.step_problem(runbook.steps[name], "", "the run can never end from here")


def _target_problems(runbook: Runbook, step: Step) -> Iterator[Problem]:
    is_end = str(step.get("isEnd")).lower() == "true"
    if is_end and "nextStep" in step:
        yield runbook.step_problem(step, "isEnd", "nextStep and isEnd exclude each other")
    targets = [("nextStep", str(step["nextStep"]))] if "nextStep" in step else []
    targets += [("onFailure, onCancel", name) for name in failure_successors(step)]
    if step["action"] == "aws:branch":
        targets += [("inputs.Choices, Default", name) for name in successors(runbook, step["name"])]
    for key, name in targets:
        if name not in runbook.steps:
            yield runbook.step_problem(step, key, f"there is no step {name}", f"steps: {', '.join(runbook.steps)}")


def _ending(runbook: Runbook) -> set[str]:
    """Return the steps from which a run can come to an end."""
    ending = {END}
    while True:
        more = {
            name
            for name, step in runbook.steps.items()
            if name not in ending and ending & {*successors(runbook, name), *failure_successors(step)}
        }
        if not more:
            return ending
        ending |= more
