"""Parameters of Automation documents: declared types and limits, and the values given to an execution.

Sources: Systems Manager user guide, "Data elements and parameters"; API reference, StartAutomationExecution.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from asr_templates.simulator.aws.automation.references import Value, as_text

SIMPLE_TYPES = ("String", "StringList", "Integer", "Boolean", "MapList", "StringMap")
PARAMETERS = 200  # API reference: entries of Parameters
VALUES = 50  # API reference: items of one AutomationParameterValueList
# The model says 512 characters, yet AWS's own solutions pass whole findings. To be confirmed on a real account.
VALUE_CHARACTERS = 65_536


class InvalidParametersError(ValueError):
    """A value that StartAutomationExecution refuses; the message names the parameter."""


@dataclass(frozen=True)
class Parameter:
    """A declared parameter. `has_default` tells a default of None from none at all."""

    name: str
    type: str
    has_default: bool = False
    default: Value = None
    allowed_pattern: str | None = None
    allowed_values: tuple[Value, ...] | None = None
    min_chars: int | None = None
    max_chars: int | None = None
    min_items: int | None = None
    max_items: int | None = None

    @property
    def shape(self) -> str:
        """The simple type: AWS::IAM::Role::Arn is a String, List<AWS::EC2::Instance::Id> a StringList."""
        if self.type in SIMPLE_TYPES:
            return self.type
        return "StringList" if self.type.startswith("List<") else "String"


def is_type(name: str) -> bool:
    """Whether a document may declare a parameter of this type."""
    return name in SIMPLE_TYPES or re.fullmatch(r"AWS(::\w+)+|List<AWS(::\w+)+>", name) is not None


def parameter_values(declared: Mapping[str, Parameter], given: Mapping[str, Sequence[str]]) -> dict[str, Value]:
    """Every declared parameter with its typed value. `given` is as the API has it: lists of texts.

    Raises InvalidParametersError for an unknown or missing parameter and for a value that breaks its declaration.
    """
    unknown = sorted(set(given) - set(declared))
    if unknown:
        raise InvalidParametersError(
            f"Parameters {', '.join(unknown)} are not declared; declared are {', '.join(declared)}"
        )
    if len(given) > PARAMETERS:
        raise InvalidParametersError(f"{len(given)} parameters are given, at most {PARAMETERS} are allowed")
    values: dict[str, Value] = {}
    for name, parameter in declared.items():
        if name in given:
            values[name] = _given_value(parameter, given[name])
        elif parameter.has_default:
            values[name] = _default_value(parameter)
        else:
            raise InvalidParametersError(f"Parameter {name} is required and has no value")
    return values


def as_given(value: Value) -> list[str]:
    """A resolved value in the form that the API takes: a list of texts."""
    return [as_text(item) for item in value] if isinstance(value, list) else [as_text(value)]


def _given_value(parameter: Parameter, texts: Sequence[str]) -> Value:
    if len(texts) > VALUES:
        raise InvalidParametersError(
            f"Parameter {parameter.name} has {len(texts)} values, at most {VALUES} are allowed"
        )
    for text in texts:
        if len(text) > VALUE_CHARACTERS:
            raise InvalidParametersError(
                f"Parameter {parameter.name} has {len(text)} characters, at most {VALUE_CHARACTERS} are allowed"
            )
    value = _typed(parameter, texts)
    _check(parameter, value)
    return value


def _default_value(parameter: Parameter) -> Value:
    default = parameter.default
    is_text = isinstance(default, str)
    if is_text and parameter.shape != "String":
        return _typed(parameter, [default])
    # An empty default means "not given" in AWS's own documents, whatever the pattern says.
    if default != "":
        _check(parameter, default)
    return default


def _typed(parameter: Parameter, texts: Sequence[str]) -> Value:
    shape = parameter.shape
    if shape == "StringList":
        return _string_list(parameter, texts)
    if shape == "MapList":
        items = [_loaded(parameter, text) for text in texts]
        value = items[0] if len(items) == 1 and isinstance(items[0], list) else items
        if not all(isinstance(item, dict) for item in value):
            raise _wrong_type(parameter, texts)
        return value
    if len(texts) != 1:
        raise InvalidParametersError(
            f"Parameter {parameter.name} is a {parameter.type} and takes one value, not {len(texts)}"
        )
    return _single(parameter, texts[0])


def _single(parameter: Parameter, text: str) -> Value:
    if parameter.shape == "Integer":
        if not re.fullmatch(r"[+-]?\d+", text):
            raise _wrong_type(parameter, [text])
        return int(text)
    if parameter.shape == "Boolean":
        if text.lower() not in ("true", "false"):
            raise _wrong_type(parameter, [text])
        return text.lower() == "true"
    if parameter.shape == "StringMap":
        value = _loaded(parameter, text)
        if not isinstance(value, dict):
            raise _wrong_type(parameter, [text])
        return value
    return text


def _string_list(parameter: Parameter, texts: Sequence[str]) -> list[str]:
    if len(texts) == 1 and texts[0].lstrip().startswith("["):
        value = _loaded(parameter, texts[0])
        if not isinstance(value, list):
            raise _wrong_type(parameter, texts)
        return [as_text(item) for item in value]
    return list(texts)


def _loaded(parameter: Parameter, text: str) -> Value:
    try:
        return json.loads(text)
    except ValueError:
        raise _wrong_type(parameter, [text]) from None


def _wrong_type(parameter: Parameter, texts: Sequence[str]) -> InvalidParametersError:
    return InvalidParametersError(
        f"Parameter {parameter.name} must be a {parameter.type}, not {', '.join(texts)[:200]!r}"
    )


def _check(parameter: Parameter, value: Value) -> None:
    items = value if isinstance(value, list) else [value]
    if isinstance(value, list):
        _check_size(parameter, "items", len(value), parameter.min_items, parameter.max_items)
    for item in items:
        if isinstance(item, str):
            _check_size(parameter, "characters", len(item), parameter.min_chars, parameter.max_chars)
            if parameter.allowed_pattern is not None and not re.search(parameter.allowed_pattern, item):
                raise InvalidParametersError(
                    f"Parameter {parameter.name} {item!r} does not match the pattern {parameter.allowed_pattern}"
                )
        if parameter.allowed_values is not None and item not in parameter.allowed_values:
            allowed = ", ".join(map(as_text, parameter.allowed_values))
            raise InvalidParametersError(f"Parameter {parameter.name} {as_text(item)!r} is none of {allowed}")


def _check_size(parameter: Parameter, unit: str, size: int, least: int | None, most: int | None) -> None:
    if least is not None and size < least:
        raise InvalidParametersError(f"Parameter {parameter.name} has {size} {unit}, at least {least} are needed")
    if most is not None and size > most:
        raise InvalidParametersError(f"Parameter {parameter.name} has {size} {unit}, at most {most} are allowed")
