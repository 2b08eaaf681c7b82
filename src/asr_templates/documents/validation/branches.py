"""Steps of aws:branch: each choice compares a variable in a way that Systems Manager knows, and one is always taken.

Source: Systems Manager user guide, "Using conditional statements in runbooks".
"""

from collections.abc import Iterator

from asr_templates.documents.validation.flow import choices
from asr_templates.documents.validation.runbook import Runbook, Step, whole_reference
from asr_templates.documents.validation.variables import variable_type
from asr_templates.model import Problem

COMPARISONS = {
    **dict.fromkeys(("StringEquals", "EqualsIgnoreCase", "StartsWith", "EndsWith", "Contains"), "String"),
    **dict.fromkeys(("NumericEquals", "NumericGreater", "NumericGreaterOrEquals"), "Integer"),
    **dict.fromkeys(("NumericLesser", "NumericLesserOrEquals"), "Integer"),
    "BooleanEquals": "Boolean",
}
CONNECTIVES = ("And", "Or", "Not")


def branch_problems(runbook: Runbook, step: Step) -> Iterator[Problem]:
    """Yield what is wrong with a branch."""
    found = choices(step)
    if not found:
        yield runbook.step_problem(step, "inputs.Choices", "is a list of at least one choice")
    if "Default" not in (step.get("inputs") or {}):
        hint = "name the step that runs when no choice holds"
        yield runbook.step_problem(step, "inputs.Default", "is missing: the run would fail here", hint)
    for index, choice in enumerate(found):
        place = f"inputs.Choices[{index}]"
        if "NextStep" not in choice:
            yield runbook.step_problem(step, place, "NextStep is missing")
        rule = {key: value for key, value in choice.items() if key != "NextStep"}
        yield from _rule_problems(runbook, step, place, rule)


def _rule_problems(runbook: Runbook, step: Step, place: str, rule: object) -> Iterator[Problem]:
    if not isinstance(rule, dict):
        yield runbook.step_problem(step, place, "is no map")
        return
    connectives = [key for key in rule if key in CONNECTIVES]
    if connectives and len(rule) == 1:
        inner = rule[connectives[0]]
        for each in inner if isinstance(inner, list) else [inner]:
            yield from _rule_problems(runbook, step, f"{place}.{connectives[0]}", each)
        return
    comparisons = [key for key in rule if key != "Variable"]
    if "Variable" not in rule or len(comparisons) != 1 or comparisons[0] not in COMPARISONS:
        hint = f"a Variable and one of {', '.join(COMPARISONS)}"
        yield runbook.step_problem(step, place, f"{', '.join(map(str, rule))} is no comparison", hint)
        return
    name = whole_reference(rule["Variable"])
    if not name:
        hint = 'write Variable: "{{ Step.Output }}"'
        yield runbook.step_problem(step, place, f"Variable {rule['Variable']!r} is no variable", hint)
        return
    wanted, actual = COMPARISONS[comparisons[0]], variable_type(runbook, name)
    if actual and actual != wanted:
        message = f"{comparisons[0]} compares a {wanted}, {{{{ {name} }}}} is a {actual}"
        yield runbook.step_problem(step, place, message)
