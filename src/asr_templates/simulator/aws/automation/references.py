"""`{{ ... }}` in Automation documents: finding references and putting values in their place.

Source: Systems Manager user guide, "Working with runbooks" and "System variables". A string that is nothing but one
reference takes the value with its type; inside a longer string the value becomes text (maps and lists as JSON).
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

Value = Any
"""A JSON value: None, bool, int, float, str, list or dict with text keys."""

Kind = Literal["parameter", "output", "variable", "global", "automation", "ssm", "other"]

_REFERENCE = re.compile(r"\{\{\s*([^{}\s](?:[^{}]*[^{}\s])?)\s*\}\}")
_NAME = re.compile(r"(?:(?P<space>[a-z]+):)?(?P<path>[\w./-]+?)(?:\[(?P<index>\d+)\])?")
_SPACES: dict[str, Kind] = {"global": "global", "automation": "automation", "variable": "variable", "ssm": "ssm"}


@dataclass(frozen=True)
class Reference:
    """One `{{ text }}`: `name` is a parameter, "Step.Output" or what follows the colon of "global:REGION"."""

    text: str
    kind: Kind
    name: str
    index: int | None = None


def parse_reference(text: str) -> Reference:
    """What stands between the braces; kind "other" where it has no form that the guide knows."""
    match = _NAME.fullmatch(text)
    if not match:
        return Reference(text, "other", text)
    space, path = match["space"], match["path"]
    kind: Kind = "output" if "." in path else "parameter"
    if space:
        kind = _SPACES.get(space, "other")
    return Reference(text, kind, path, int(match["index"]) if match["index"] else None)


def references(value: Value) -> Iterator[Reference]:
    """All references in a value, keys of maps included, in order."""
    if isinstance(value, str):
        for match in _REFERENCE.finditer(value):
            yield parse_reference(match[1])
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from references(key)
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def stray_braces(value: Value) -> Iterator[str]:
    """Strings with a `{{` that opens no reference."""
    if isinstance(value, str):
        if "{{" in _REFERENCE.sub("", value):
            yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from stray_braces(key)
            yield from stray_braces(item)
    elif isinstance(value, list):
        for item in value:
            yield from stray_braces(item)


def resolve(value: Value, lookup: Callable[[Reference], Value]) -> Value:
    """`value` with each reference replaced by what `lookup` finds; values that are put in are not looked at again."""
    if isinstance(value, dict):
        return {as_text(resolve(key, lookup)): resolve(item, lookup) for key, item in value.items()}
    if isinstance(value, list):
        return [resolve(item, lookup) for item in value]
    if not isinstance(value, str):
        return value
    whole = _REFERENCE.fullmatch(value.strip())
    if whole:
        return lookup(parse_reference(whole[1]))
    return _REFERENCE.sub(lambda match: as_text(lookup(parse_reference(match[1]))), value)


def as_text(value: Value) -> str:
    """A value as Systems Manager prints it: text as it is, true and false, JSON for the rest."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
