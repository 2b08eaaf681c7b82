"""What CreateStateMachine refuses in a definition, and what it accepts that is not simulated.

Sources: Amazon States Language specification; Step Functions developer guide, "State machine structure" and the pages
of the states. A pure function from definition to problems.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from asr_templates.simulator.aws.errors import NotSimulated

Value = Any
"""A JSON value."""

STATE_NAME_CHARACTERS = 80

_MACHINE_FIELDS = ("Comment", "StartAt", "States", "Version", "TimeoutSeconds", "QueryLanguage")
_ITERATION_FIELDS = ("Comment", "StartAt", "States", "ProcessorConfig", "QueryLanguage")
_EVERY = ("Type", "Comment", "QueryLanguage", "InputPath", "OutputPath", "Output", "Assign")
_FLOW = ("Next", "End")
_RESULT = ("ResultPath", "Parameters", "Arguments")
_ERRORS = ("ResultSelector", "Retry", "Catch")
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "Pass": (*_EVERY, *_FLOW, "ResultPath", "Parameters", "Result"),
    "Task": (
        *(*_EVERY, *_FLOW, *_RESULT, *_ERRORS, "Resource", "Credentials"),
        *("TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath"),
    ),
    "Choice": (*_EVERY, "Choices", "Default"),
    "Wait": (*_EVERY, *_FLOW, "Seconds", "SecondsPath", "Timestamp", "TimestampPath"),
    "Succeed": _EVERY,
    "Fail": ("Type", "Comment", "QueryLanguage", "Error", "ErrorPath", "Cause", "CausePath"),
    "Parallel": (*_EVERY, *_FLOW, *_RESULT, *_ERRORS, "Branches"),
    "Map": (
        *(*_EVERY, *_FLOW, *_RESULT, *_ERRORS, "ItemProcessor", "Iterator", "ItemsPath", "ItemSelector", "Items"),
        *("ItemReader", "ItemBatcher", "ResultWriter", "MaxConcurrency", "MaxConcurrencyPath", "Label"),
        *("ToleratedFailureCount", "ToleratedFailureCountPath"),
        *("ToleratedFailurePercentage", "ToleratedFailurePercentagePath"),
    ),
}
_WITH_FLOW = ("Pass", "Task", "Wait", "Parallel", "Map")
_PATHS = ("InputPath", "OutputPath", "ResultPath", "ItemsPath", "SecondsPath", "TimestampPath", "TimeoutSecondsPath")
_RETRY_FIELDS = (
    *("ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds", "JitterStrategy", "Comment"),
)
_CATCH_FIELDS = ("ErrorEquals", "Next", "ResultPath", "Comment", "Output", "Assign")
_COMPARISON = re.compile(
    r"(String|Numeric|Timestamp)(Equals|LessThan|GreaterThan|LessThanEquals|GreaterThanEquals)(Path)?"
    r"|BooleanEquals(Path)?|StringMatches|Is(Null|Present|Numeric|String|Boolean|Timestamp)"
)
_RULE_FIELDS = ("Variable", "Condition", "Next", "Comment", "Output", "Assign", "And", "Or", "Not")

_SIMULATED_RESOURCE = re.compile(
    r"arn:[\w-]+:(lambda:[\w-]+:\d{12}:function:[\w:$-]+"
    r"|states:[\w-]*:\d*:(lambda:invoke|sqs:sendMessage|sns:publish|events:putEvents|dynamodb:\w+)(\.waitForTaskToken)?"
    r"|states:[\w-]*:\d*:aws-sdk:\w+:\w+)"
)


def check_definition(definition: str) -> Iterator[str]:
    """Every reason for which AWS refuses the definition, one line each, with its place."""
    try:
        machine = json.loads(definition)
    except ValueError as error:
        yield f"the definition is no JSON: {error}"
        return
    if not isinstance(machine, dict):
        yield "the definition is no map"
        return
    yield from _check_machine("", machine, _MACHINE_FIELDS)


def check_simulated(definition: str) -> None:
    """Raises NotSimulated for integrations that the interpreter does not have, and for JSONata."""
    for place, item in _maps("", json.loads(definition)):
        if item.get("QueryLanguage") == "JSONata":
            raise NotSimulated(f"state machine{place}", "QueryLanguage JSONata")
        if item.get("Type") == "Task" and not _SIMULATED_RESOURCE.fullmatch(str(item.get("Resource"))):
            raise NotSimulated(f"state machine{place}", f"the task resource {item.get('Resource')}")


def _maps(place: str, value: Value) -> Iterator[tuple[str, Mapping[str, Value]]]:
    if isinstance(value, dict):
        yield place, value
        for key, item in value.items():
            yield from _maps(f"{place}/{key}", item)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _maps(f"{place}/{number}", item)


def _check_machine(place: str, machine: Mapping[str, Value], fields: Collection[str]) -> Iterator[str]:
    yield from _unknown(place or "/", machine, fields)
    states = machine.get("States")
    if not isinstance(states, dict) or not states or not all(isinstance(state, dict) for state in states.values()):
        yield f"{place}/States: at least one state is needed, each a map"
        return
    start = machine.get("StartAt")
    if start not in states:
        yield f"{place}/StartAt: there is no state {start!r}"
    for name, state in states.items():
        if len(name) > STATE_NAME_CHARACTERS:
            yield f"{place}/States/{name}: a name has at most {STATE_NAME_CHARACTERS} characters"
        yield from _check_state(f"{place}/States/{name}", state, states)
    reached = _reachable(start, states)
    for name in states:
        if start in states and name not in reached:
            yield f"{place}/States/{name}: no state leads here"
    if not any(_is_terminal(state) for state in states.values()):
        yield f"{place}/States: no state is terminal"


def _check_state(place: str, state: Mapping[str, Value], states: Mapping[str, Value]) -> Iterator[str]:
    kind = str(state.get("Type"))
    if kind not in _FIELDS:
        yield f"{place}/Type: {kind!r} is none of {', '.join(_FIELDS)}"
        return
    yield from _unknown(place, state, _FIELDS[kind])
    if kind in _WITH_FLOW and ("Next" in state) == (state.get("End") is True):
        yield f"{place}: either Next or End: true is needed"
    for target in _targets(state):
        if target not in states:
            yield f"{place}: Next names the state {target!r}, which does not exist"
    for field in _PATHS:
        path = state.get(field)
        if isinstance(path, str) and not path.startswith("$"):
            yield f"{place}/{field}: {path!r} is no path, it does not start with '$'"
    for field in ("Parameters", "ResultSelector", "ItemSelector"):
        yield from _check_payload(f"{place}/{field}", state.get(field))
    yield from _check_errors(place, state)
    if kind in _OWN_CHECKS:
        yield from _OWN_CHECKS[kind](place, state)


def _unknown(place: str, item: Mapping[str, Value], fields: Collection[str]) -> Iterator[str]:
    for key in item:
        if key not in fields:
            yield f"{place}: field {key!r} is not supported"


def _check_payload(place: str, payload: Value) -> Iterator[str]:
    """A field whose name ends in `.$` holds a path or an intrinsic function."""
    for where, item in _maps(place, payload):
        for key, value in item.items():
            if key.endswith(".$") and not (isinstance(value, str) and value.startswith(("$", "States."))):
                yield f"{where}/{key}: {value!r} is neither a path nor an intrinsic function"


def _check_errors(place: str, state: Mapping[str, Value]) -> Iterator[str]:
    for field, fields in (("Retry", _RETRY_FIELDS), ("Catch", _CATCH_FIELDS)):
        handlers = state.get(field, [])
        for number, handler in enumerate(handlers):
            where = f"{place}/{field}/{number}"
            yield from _unknown(where, handler, fields)
            errors = handler.get("ErrorEquals")
            if not isinstance(errors, list) or not errors:
                yield f"{where}/ErrorEquals: at least one error is needed"
            elif "States.ALL" in errors and (len(errors) > 1 or number < len(handlers) - 1):
                yield f"{where}/ErrorEquals: States.ALL stands alone and in the last one"
            if field == "Catch" and "Next" not in handler:
                yield f"{where}: Next is missing"


def _check_task(place: str, state: Mapping[str, Value]) -> Iterator[str]:
    if not str(state.get("Resource", "")).startswith("arn:"):
        yield f"{place}/Resource: {state.get('Resource')!r} is no ARN"
    timeout, heartbeat = state.get("TimeoutSeconds"), state.get("HeartbeatSeconds")
    if isinstance(timeout, int) and isinstance(heartbeat, int) and heartbeat >= timeout:
        yield f"{place}/HeartbeatSeconds: {heartbeat} is not less than TimeoutSeconds, {timeout}"


def _check_wait(place: str, state: Mapping[str, Value]) -> Iterator[str]:
    if len({"Seconds", "SecondsPath", "Timestamp", "TimestampPath"} & set(state)) != 1:
        yield f"{place}: one of Seconds, SecondsPath, Timestamp and TimestampPath is needed"


def _check_choice(place: str, state: Mapping[str, Value]) -> Iterator[str]:
    choices = state.get("Choices")
    if not isinstance(choices, list) or not choices:
        yield f"{place}/Choices: at least one choice is needed"
        return
    for number, choice in enumerate(choices):
        where = f"{place}/Choices/{number}"
        if not isinstance(choice, dict) or "Next" not in choice:
            yield f"{where}: Next is missing"
        else:
            yield from _check_rule(where, choice)


def _check_rule(place: str, rule: Mapping[str, Value]) -> Iterator[str]:
    comparisons = [key for key in rule if _COMPARISON.fullmatch(key)]
    yield from _unknown(place, rule, (*_RULE_FIELDS, *comparisons))
    parts = [key for key in ("And", "Or", "Not", "Condition") if key in rule]
    if len(comparisons) + len(parts) != 1 or bool(comparisons) != ("Variable" in rule):
        yield f"{place}: a choice has a Variable with one comparison, or one of And, Or, Not"
    for key in ("And", "Or"):
        for number, part in enumerate(rule.get(key, [])):
            yield from _check_rule(f"{place}/{key}/{number}", part)
    if "Not" in rule:
        yield from _check_rule(f"{place}/Not", rule["Not"])


def _check_parallel(place: str, state: Mapping[str, Value]) -> Iterator[str]:
    branches = state.get("Branches")
    if not isinstance(branches, list) or not branches:
        yield f"{place}/Branches: at least one branch is needed"
        return
    for number, branch in enumerate(branches):
        yield from _check_machine(f"{place}/Branches/{number}", branch, _ITERATION_FIELDS)


def _check_map(place: str, state: Mapping[str, Value]) -> Iterator[str]:
    processors = [key for key in ("ItemProcessor", "Iterator") if key in state]
    if len(processors) != 1:
        yield f"{place}: an ItemProcessor is needed"
        return
    yield from _check_machine(f"{place}/{processors[0]}", state[processors[0]], _ITERATION_FIELDS)


_OWN_CHECKS: Mapping[str, Callable[[str, Mapping[str, Value]], Iterator[str]]] = {
    "Task": _check_task,
    "Wait": _check_wait,
    "Choice": _check_choice,
    "Parallel": _check_parallel,
    "Map": _check_map,
}


def _targets(state: Mapping[str, Value]) -> Iterator[str]:
    """The states to which a state may lead."""
    for holder in (state, *state.get("Catch", []), *_choices(state)):
        if isinstance(holder, dict) and "Next" in holder:
            yield holder["Next"]
    if "Default" in state:
        yield state["Default"]


def _choices(state: Mapping[str, Value]) -> list[Value]:
    choices = state.get("Choices")
    return choices if isinstance(choices, list) else []


def _reachable(start: Value, states: Mapping[str, Value]) -> set[str]:
    reached: set[str] = set()
    pending = [start]
    while pending:
        name = pending.pop()
        if name in states and name not in reached:
            reached.add(name)
            pending += _targets(states[name])
    return reached


def _is_terminal(state: Mapping[str, Value]) -> bool:
    return state.get("End") is True or state.get("Type") in ("Succeed", "Fail")
