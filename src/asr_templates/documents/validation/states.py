"""Validation of a state machine in the Amazon States Language (JSONPath): what cfn-lint's schema does not see.

Source: Amazon States Language specification (states-language.net), AWS Step Functions developer guide.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from asr_templates.documents.validation.state_paths import (
    path_complaint,
    reference_path_complaint,
    template_complaints,
)
from asr_templates.documents.validation.state_tasks import Complaint, State, task_complaints
from asr_templates.model import Problem

NAME_CHARACTERS = 80
TOP_FIELDS = frozenset({"Comment", "StartAt", "States", "TimeoutSeconds", "Version", "QueryLanguage"})
NESTED_FIELDS = frozenset({"StartAt", "States", "ProcessorConfig"})

_COMMON = {"Type", "Comment", "InputPath", "OutputPath"}
_FLOW = {"Next", "End"}
_RESULT = {"Parameters", "ResultPath"}
_ERRORS = {"Retry", "Catch", "ResultSelector"}
_TIME = {"TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath"}
_MAP = {"ItemProcessor", "Iterator", "ItemsPath", "ItemSelector", "MaxConcurrency", "Label"}
FIELDS: Mapping[str, frozenset[str]] = {
    "Task": frozenset(_COMMON | _FLOW | _RESULT | _ERRORS | _TIME | {"Resource", "Credentials"}),
    "Pass": frozenset(_COMMON | _FLOW | _RESULT | {"Result"}),
    "Choice": frozenset(_COMMON | {"Choices", "Default"}),
    "Wait": frozenset(_COMMON | _FLOW | {"Seconds", "SecondsPath", "Timestamp", "TimestampPath"}),
    "Succeed": frozenset(_COMMON),
    "Fail": frozenset({"Type", "Comment", "Error", "ErrorPath", "Cause", "CausePath"}),
    "Parallel": frozenset(_COMMON | _FLOW | _RESULT | _ERRORS | {"Branches"}),
    "Map": frozenset(_COMMON | _FLOW | _RESULT | _ERRORS | _MAP),
}
TERMINAL = ("Succeed", "Fail")
WITHOUT_FLOW = ("Choice", *TERMINAL)

COMPARISONS = frozenset(
    {
        *("IsNull", "IsPresent", "IsNumeric", "IsString", "IsBoolean", "IsTimestamp", "StringMatches"),
        *(
            f"{kind}{comparison}{path}"
            for kind in ("String", "Numeric", "Timestamp")
            for comparison in ("Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals")
            for path in ("", "Path")
        ),
        *("BooleanEquals", "BooleanEqualsPath"),
    }
)
RETRY_FIELDS = frozenset(
    {"ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds", "JitterStrategy", "Comment"}
)
CATCH_FIELDS = frozenset({"ErrorEquals", "Next", "ResultPath", "Comment"})
ALL_ERRORS = "States.ALL"
ERRORS = frozenset(
    f"States.{name}"
    for name in (
        *("ALL", "BranchFailed", "DataLimitExceeded", "ExceedToleratedFailureThreshold", "HeartbeatTimeout"),
        *("IntrinsicFailure", "ItemReaderFailed", "NoChoiceMatched", "ParameterPathFailure", "Permissions"),
        *("ResultPathMatchFailure", "ResultWriterFailed", "Runtime", "TaskFailed", "Timeout"),
    )
)


def state_machine_problems(name: str, definition: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield every problem of a state machine's definition, the place being `name: States.X: key`."""
    for key in sorted(set(definition) - TOP_FIELDS):
        yield Problem(f"{name}: {key}", "unknown field", f"known: {', '.join(sorted(TOP_FIELDS))}")
    if definition.get("QueryLanguage", "JSONPath") != "JSONPath":
        yield Problem(f"{name}: QueryLanguage", "only JSONPath is validated here")
        return
    yield from machine_problems(name, definition)


def machine_problems(place: str, machine: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the problems of a machine, or of a branch of one."""
    states = machine.get("States")
    if not isinstance(states, Mapping) or not states or not all(isinstance(each, Mapping) for each in states.values()):
        yield Problem(f"{place}: States", "is a map of at least one state")
        return
    start = str(machine.get("StartAt"))
    if start not in states:
        yield Problem(f"{place}: StartAt", f"there is no state {start}", f"states: {', '.join(states)}")
    for name, state in states.items():
        where = f"{place}: States.{name}"
        if len(name) > NAME_CHARACTERS:
            yield Problem(where, f"a name has at most {NAME_CHARACTERS} characters")
        for key, message, hint in state_complaints(state, states):
            yield Problem(f"{where}: {key}", message, hint)
        yield from _nested_problems(where, state)
    if start in states:
        yield from _reachability_problems(place, start, states)


def state_complaints(state: State, states: Mapping[str, State]) -> Iterator[Complaint]:
    """Yield key, message and hint of everything that is wrong with one state."""
    kind = str(state.get("Type"))
    if kind not in FIELDS:
        yield "Type", f"unknown type {kind}", f"known: {', '.join(FIELDS)}"
        return
    for key in state:
        if key not in FIELDS[kind]:
            yield key, f"a {kind} state has no such field", f"known: {', '.join(sorted(FIELDS[kind]))}"
    if kind not in WITHOUT_FLOW and ("Next" in state) == (state.get("End") is True):
        yield "Next", "a state has either Next or End: true", ""
    for key, target in targets(state):
        if target not in states:
            yield key, f"there is no state {target}", f"states: {', '.join(states)}"
    yield from _path_complaints(state)
    yield from _error_complaints(state)
    if kind == "Task":
        yield from task_complaints(state)
    elif kind == "Choice":
        yield from _choice_complaints(state)
    elif kind == "Wait" and len({"Seconds", "SecondsPath", "Timestamp", "TimestampPath"} & set(state)) != 1:
        yield "Seconds", "a Wait state has one of Seconds, SecondsPath, Timestamp, TimestampPath", ""


def targets(state: State) -> list[tuple[str, str]]:
    """Return key and name of every state that a state can lead to."""
    found = [("Next", str(state["Next"]))] if "Next" in state else []
    found += [("Default", str(state["Default"]))] if "Default" in state else []
    for field in ("Choices", "Catch"):
        found += [
            (f"{field}[{index}].Next", str(entry.get("Next"))) for index, entry in enumerate(maps(state.get(field)))
        ]
    return found


def maps(value: object) -> list[Mapping[str, Any]]:
    """Return the maps in a list, nothing for what is no list."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, Sequence) else []


def _path_complaints(state: State) -> Iterator[Complaint]:
    paths = ("InputPath", "OutputPath", "ItemsPath", "SecondsPath", "TimestampPath", "ErrorPath", "CausePath")
    for key in (*paths, "TimeoutSecondsPath", "HeartbeatSecondsPath"):
        complaint = path_complaint(state[key]) if state.get(key) is not None else None
        if complaint:
            yield key, complaint, ""
    complaint = reference_path_complaint(state["ResultPath"]) if state.get("ResultPath") is not None else None
    if complaint:
        yield "ResultPath", complaint, ""
    for key in ("Parameters", "ResultSelector", "ItemSelector"):
        for place, text in template_complaints(state.get(key), key):
            yield place, text, ""


def _error_complaints(state: State) -> Iterator[Complaint]:
    for field, known in (("Retry", RETRY_FIELDS), ("Catch", CATCH_FIELDS)):
        entries = maps(state.get(field))
        for index, entry in enumerate(entries):
            place = f"{field}[{index}]"
            for key in sorted(set(entry) - known):
                yield f"{place}.{key}", "unknown field", f"known: {', '.join(sorted(known))}"
            errors = entry.get("ErrorEquals")
            if not isinstance(errors, list) or not errors:
                yield f"{place}.ErrorEquals", "is a list of at least one error", ""
                continue
            for error in errors:
                if str(error).startswith("States.") and error not in ERRORS:
                    yield f"{place}.ErrorEquals", f"there is no error {error}", f"known: {', '.join(sorted(ERRORS))}"
            if ALL_ERRORS in errors and (len(errors) > 1 or index < len(entries) - 1):
                yield f"{place}.ErrorEquals", f"{ALL_ERRORS} stands alone and last", ""
            if field == "Retry":
                yield from _retry_complaints(place, entry)


def _retry_complaints(place: str, entry: Mapping[str, Any]) -> Iterator[Complaint]:
    lowest = {"IntervalSeconds": 1, "MaxAttempts": 0, "BackoffRate": 1, "MaxDelaySeconds": 1}
    for key, low in lowest.items():
        value = entry.get(key, low)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < low:
            yield f"{place}.{key}", f"{value!r} is no number from {low}", ""
    if entry.get("JitterStrategy", "FULL") not in ("FULL", "NONE"):
        yield f"{place}.JitterStrategy", f"{entry['JitterStrategy']!r} is neither FULL nor NONE", ""


def _choice_complaints(state: State) -> Iterator[Complaint]:
    choices = maps(state.get("Choices"))
    if not choices:
        yield "Choices", "is a list of at least one choice", ""
    if "Default" not in state:
        yield "Default", "is missing: the execution fails where no choice holds", "name the state that follows then"
    for index, choice in enumerate(choices):
        rule = {key: value for key, value in choice.items() if key not in ("Next", "Comment")}
        yield from _rule_complaints(f"Choices[{index}]", rule)


def _rule_complaints(place: str, rule: Mapping[str, Any]) -> Iterator[Complaint]:
    connectives = {"And", "Or", "Not"} & set(rule)
    if connectives and len(rule) == 1:
        key = connectives.pop()
        for each in [rule[key]] if key == "Not" else maps(rule[key]):
            yield from _rule_complaints(f"{place}.{key}", each)
        return
    comparisons = set(rule) - {"Variable"}
    if "Variable" not in rule or len(comparisons) != 1 or not comparisons <= COMPARISONS:
        yield place, f"{', '.join(rule) or 'nothing'} is no comparison", "a Variable and one comparison"
        return
    complaint = path_complaint(rule["Variable"])
    if complaint:
        yield f"{place}.Variable", complaint, ""


def _nested_problems(where: str, state: State) -> Iterator[Problem]:
    branches = [(f"Branches[{index}]", branch) for index, branch in enumerate(maps(state.get("Branches")))]
    branches += [(key, state[key]) for key in ("ItemProcessor", "Iterator") if isinstance(state.get(key), Mapping)]
    for key, branch in branches:
        for field in sorted(set(branch) - NESTED_FIELDS):
            yield Problem(f"{where}: {key}.{field}", "unknown field", f"known: {', '.join(sorted(NESTED_FIELDS))}")
        yield from machine_problems(f"{where}: {key}", branch)


def _reachability_problems(place: str, start: str, states: Mapping[str, State]) -> Iterator[Problem]:
    followers = {name: {target for _, target in targets(state)} & set(states) for name, state in states.items()}
    found = {start}
    while more := {follower for name in found for follower in followers[name]} - found:
        found |= more
    for name in states:
        if name not in found:
            yield Problem(f"{place}: States.{name}", "no other state leads here", "delete it, or name it")
    ending = {name for name, state in states.items() if state.get("End") is True or state.get("Type") in TERMINAL}
    while more := {name for name in states if followers[name] & ending} - ending:
        ending |= more
    for name in states:
        if name in found and name not in ending:
            yield Problem(f"{place}: States.{name}", "the execution can never end from here")
