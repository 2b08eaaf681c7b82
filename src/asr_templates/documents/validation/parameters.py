"""Parameters of a runbook: types, defaults, patterns; and whether a value fits a parameter.

Source: Systems Manager user guide, "Data elements and parameters", "Automation runbook parameters".
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from asr_templates.documents.validation.runbook import Runbook, references, whole_reference
from asr_templates.model import Problem

FIELDS = frozenset(
    (
        *("type", "description", "default", "allowedPattern", "allowedValues", "displayType"),
        *("minChars", "maxChars", "minItems", "maxItems"),
    )
)
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,49}")
RESOURCE_TYPE = re.compile(r"(?:List<)?AWS::[A-Za-z0-9]+::[A-Za-z0-9]+::[A-Za-z]+>?")


def is_string_list(value: object) -> bool:
    """Return whether a value is a list of texts."""
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def is_map_list(value: object) -> bool:
    """Return whether a value is a list of maps."""
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def is_integer(value: object) -> bool:
    """Return whether a value is a whole number; True and False are none."""
    return isinstance(value, int) and not isinstance(value, bool)


TYPES: Mapping[str, Callable[[object], bool]] = {
    "String": lambda value: isinstance(value, str),
    "StringList": is_string_list,
    "Integer": is_integer,
    "Boolean": lambda value: isinstance(value, bool),
    "StringMap": lambda value: isinstance(value, dict),
    "MapList": is_map_list,
}


def plain_type(type_name: str) -> str:
    """Return the type of a parameter without what the console makes of it: AWS::IAM::Role::Arn is a String."""
    if RESOURCE_TYPE.fullmatch(type_name):
        return "StringList" if type_name.startswith("List<") else "String"
    return type_name


def parameter_problems(runbook: Runbook) -> Iterator[Problem]:
    """Yield what is wrong with the declarations of the parameters."""
    used = set(references([runbook.document.get("assumeRole"), runbook.document["mainSteps"]]))
    for name, declaration in runbook.parameters.items():
        place = f"parameters.{name}"
        if not NAME.fullmatch(name):
            yield runbook.problem(place, "a name has up to 50 letters, digits and _, a letter first")
        for field in declaration:
            if field not in FIELDS:
                yield runbook.problem(place, f"unknown field {field}", f"known: {', '.join(sorted(FIELDS))}")
        if name not in used:
            yield runbook.problem(place, "no step uses it", "delete it, or hand it over")
        if plain_type(str(declaration.get("type"))) not in TYPES:
            yield runbook.problem(place, f"unknown type {declaration.get('type')}", f"known: {', '.join(TYPES)}")
            continue
        yield from _pattern_problems(runbook, place, declaration)
        if "default" in declaration:
            for message in misfits(declaration, declaration["default"]):
                yield runbook.problem(f"{place}.default", message)


def _pattern_problems(runbook: Runbook, place: str, declaration: Mapping[str, Any]) -> Iterator[Problem]:
    pattern = declaration.get("allowedPattern")
    if pattern is None:
        return
    try:
        re.compile(pattern)
    except (re.error, TypeError) as error:
        yield runbook.problem(f"{place}.allowedPattern", f"{pattern!r} is no regular expression: {error}")
        return
    if not (pattern.startswith("^") and pattern.endswith("$")):
        hint = f"write ^{pattern.strip('^$')}$"
        yield runbook.problem(f"{place}.allowedPattern", f"{pattern!r} would let anything around it pass", hint)


def misfits(declaration: Mapping[str, Any], value: object) -> Iterator[str]:
    """Yield why a parameter does not take a value; a value with variables is taken, except by its type."""
    kind = plain_type(str(declaration.get("type")))
    if whole_reference(value) or kind not in TYPES:
        return
    if not TYPES[kind](value):
        yield f"{value!r} is no {kind}"
        return
    if references(value):
        return
    allowed = declaration.get("allowedValues")
    if isinstance(allowed, list) and value not in allowed:
        yield f"{value!r} is none of {', '.join(map(str, allowed))}"
    pattern = declaration.get("allowedPattern")
    if isinstance(pattern, str) and isinstance(value, str) and is_pattern(pattern) and not re.fullmatch(pattern, value):
        yield f"{value!r} does not match {pattern}"


def is_pattern(text: str) -> bool:
    """Return whether a text is a regular expression."""
    try:
        re.compile(text)
    except re.error:
        return False
    return True
