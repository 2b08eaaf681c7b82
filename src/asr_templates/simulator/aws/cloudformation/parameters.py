"""Stack parameters: what a person gives, checked as CloudFormation does before anything is created.

Constraints apply to the whole value (AllowedPattern is matched in full).
Source: CloudFormation User Guide, "Parameters".
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from asr_templates.simulator.aws.cloudformation.failures import TemplateError
from asr_templates.simulator.aws.errors import NotSimulated

ParameterValue = str | list[str]

MAXIMUM_VALUE_BYTES = 4096
ATTRIBUTES = frozenset(
    [
        "Type",
        "Default",
        "AllowedValues",
        "AllowedPattern",
        "MinLength",
        "MaxLength",
        "MinValue",
        "MaxValue",
        "ConstraintDescription",
        "Description",
        "NoEcho",
    ]
)
SSM_VALUE_TYPES = {
    "AWS::SSM::Parameter::Value<String>": False,
    "AWS::SSM::Parameter::Value<List<String>>": True,
    "AWS::SSM::Parameter::Value<CommaDelimitedList>": True,
}
"""Type of a parameter that names an SSM parameter -> whether its value is a list."""
PLAIN_TYPES = {
    "String": False,
    "Number": False,
    "AWS::SSM::Parameter::Name": False,
    "CommaDelimitedList": True,
    "List<String>": True,
    "List<Number>": True,
}
"""Type of a parameter that is its own value -> whether it is a list."""


def parameter_values(
    declared: Mapping[str, Mapping[str, Any]],
    given: Mapping[str, str],
    stored: Callable[[str], str],
    place: str,
) -> dict[str, ParameterValue]:
    """Give the value of every declared parameter: what was given, else the default.

    stored: reads an SSM parameter of the account and region by name. Raises TemplateError on anything that
    CloudFormation would refuse, NotSimulated on a type that needs a look at other resources (AWS::EC2::...).
    """
    unknown = sorted(set(given) - set(declared))
    if unknown:
        raise TemplateError(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    missing = [name for name, declaration in declared.items() if name not in given and "Default" not in declaration]
    if missing:
        raise TemplateError(f"Parameters: [{', '.join(missing)}] must have values")
    return {name: _value(name, declaration, given.get(name), stored, place) for name, declaration in declared.items()}


def _value(
    name: str, declaration: Mapping[str, Any], given: str | None, stored: Callable[[str], str], place: str
) -> ParameterValue:
    unknown = sorted(set(declaration) - ATTRIBUTES)
    if unknown:
        raise TemplateError(f"Template format error: Parameter {name} has unknown members {unknown}")
    kind = declaration.get("Type")
    if kind not in PLAIN_TYPES and kind not in SSM_VALUE_TYPES:
        if isinstance(kind, str) and re.match(r"(List<)?AWS::", kind):
            raise NotSimulated(f"{place}/{name}", f"parameter type {kind}")
        raise TemplateError(f"Template format error: Unrecognized parameter type: {kind} of parameter {name}")
    text = text_of(declaration["Default"]) if given is None else text_of(given)
    if len(text.encode()) > MAXIMUM_VALUE_BYTES:
        raise TemplateError(f"Parameter '{name}' must contain at most {MAXIMUM_VALUE_BYTES} bytes")
    items = _items(text) if PLAIN_TYPES.get(kind) else [text]
    for item in items:
        for complaint in _complaints(declaration, item):
            described = declaration.get("ConstraintDescription")
            reason = f"failed to satisfy constraint: {described}" if described else complaint
            raise TemplateError(f"Parameter '{name}' {reason} (given: {item!r})")
    if kind in SSM_VALUE_TYPES:
        value = stored(text)
        return _items(value) if SSM_VALUE_TYPES[kind] else value
    return items if PLAIN_TYPES[kind] else text


def text_of(value: Any) -> str:
    """Write a scalar of a template as CloudFormation does: true, 30, text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _items(text: str) -> list[str]:
    return [item.strip() for item in text.split(",")] if text else []


def _complaints(declaration: Mapping[str, Any], item: str) -> Iterator[str]:
    """Say everything that is wrong with one value, in CloudFormation's words."""
    allowed = declaration.get("AllowedValues")
    if allowed is not None and item not in [text_of(value) for value in allowed]:
        yield f"must be one of AllowedValues [{', '.join(text_of(value) for value in allowed)}]"
    pattern = declaration.get("AllowedPattern")
    if pattern is not None and not _matches(pattern, item):
        yield f"must match pattern {pattern}"
    if len(item) < int(declaration.get("MinLength", 0)):
        yield f"must contain at least {declaration['MinLength']} characters"
    if len(item) > int(declaration.get("MaxLength", MAXIMUM_VALUE_BYTES)):
        yield f"must contain at most {declaration['MaxLength']} characters"
    if declaration["Type"] in ("Number", "List<Number>"):
        yield from _number_complaints(declaration, item)


def _matches(pattern: str, item: str) -> bool:
    try:
        return re.fullmatch(pattern, item) is not None
    except re.error as error:
        raise TemplateError(f"Template format error: AllowedPattern {pattern} is not valid: {error}") from error


def _number_complaints(declaration: Mapping[str, Any], item: str) -> Iterator[str]:
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", item):
        yield "must be a number"
        return
    if "MinValue" in declaration and float(item) < float(declaration["MinValue"]):
        yield f"must be a number not less than {declaration['MinValue']}"
    if "MaxValue" in declaration and float(item) > float(declaration["MaxValue"]):
        yield f"must be a number not greater than {declaration['MaxValue']}"
