"""Intrinsic functions: a value as written in a template -> the value that a resource or an output gets.

Source: CloudFormation template reference, "Intrinsic function reference". What a function refers to has been
checked before (references.py), so a failure here is about values: a list where text is wanted, no such key.
"""

import base64
import ipaddress
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from asr_templates.simulator.aws.cloudformation.failures import TemplateError
from asr_templates.simulator.aws.cloudformation.parameters import text_of
from asr_templates.simulator.aws.cloudformation.references import (
    VARIABLE,
    attribute_parts,
    branches,
    function_of,
    substitution,
    variable_reference,
)
from asr_templates.simulator.aws.errors import NotSimulated


class Removed(Enum):
    """The value of AWS::NoValue: the property or item that holds it is not there."""

    NO_VALUE = "AWS::NoValue"


NO_VALUE = Removed.NO_VALUE


class Surroundings(Protocol):
    """What a stack knows while its values are resolved."""

    @property
    def path(self) -> str:
        """The stack's names from the root, for NotSimulated."""

    def ref(self, name: str) -> Any:
        """Give the value of a parameter, a pseudo parameter or a created resource."""

    def attribute(self, logical_id: str, name: str) -> Any:
        """Give an attribute of a created resource."""

    def chosen(self, condition: str) -> bool:
        """Say whether a condition is true."""

    def imported(self, name: str) -> str:
        """Give the value that another stack exports."""

    def zones(self, region: str) -> list[str]:
        """Name the Availability Zones of a region, the stack's own for ""."""

    def stored_parameter(self, name: str) -> str:
        """Read an SSM parameter, `name` or `name:version`."""


@dataclass(frozen=True)
class Resolver:
    """Resolves the intrinsic functions of one stack."""

    surroundings: Surroundings
    mappings: Mapping[str, Mapping[str, Mapping[str, Any]]]
    has_language_extensions: bool

    def value(self, written: Any) -> Any:
        """Resolve a value and all that is below it; AWS::NoValue takes its property or item away."""
        if isinstance(written, list):
            items = [self.value(item) for item in written]
            return [item for item in items if item is not NO_VALUE]
        function = function_of(written)
        if function is not None:
            name, argument = function
            return self._function(name)(self, argument)
        if isinstance(written, dict):
            pairs = {name: self.value(item) for name, item in written.items()}
            return {name: item for name, item in pairs.items() if item is not NO_VALUE}
        return self._dynamic(written) if isinstance(written, str) and "{{resolve:" in written else written

    def text(self, written: Any, function: str) -> str:
        """Resolve a value that must be a scalar and write it as text."""
        value = self.value(written)
        if isinstance(value, list | dict) or value is NO_VALUE or value is None:
            raise TemplateError(f"Template error: {function} expects text where it was given {value!r}")
        return text_of(value)

    def items(self, written: Any, function: str) -> list[Any]:
        """Resolve a value that must be a list."""
        value = self.value(written)
        if not isinstance(value, list):
            raise TemplateError(f"Template error: {function} expects a list where it was given {value!r}")
        return value

    def check(self, written: Any) -> None:
        """Refuse functions that do not exist, anywhere in a value, before it is resolved."""
        function = function_of(written)
        if function is not None:
            self._function(function[0])
        if isinstance(written, dict | list):
            for item in written.values() if isinstance(written, dict) else written:
                self.check(item)

    def _function(self, name: str) -> "Function":
        if name in NOT_SIMULATED:
            raise NotSimulated(self.surroundings.path, name)
        if name not in FUNCTIONS:
            raise TemplateError(f"Template format error: Unrecognized intrinsic function {name}")
        if name in LANGUAGE_EXTENSION_FUNCTIONS and not self.has_language_extensions:
            raise TemplateError(f"Template error: {name} needs Transform AWS::LanguageExtensions")
        return FUNCTIONS[name]

    def _dynamic(self, text: str) -> str:
        """Resolve dynamic references, `{{resolve:ssm:name:version}}`."""

        def stored(reference: re.Match[str]) -> str:
            service, _, rest = reference[1].partition(":")
            if service != "ssm":
                raise NotSimulated(self.surroundings.path, f"dynamic reference {reference[0]}")
            return self.surroundings.stored_parameter(rest)

        return re.sub(r"\{\{resolve:([^}]+)\}\}", stored, text)


def _arguments(function: str, argument: Any, count: int) -> list[Any]:
    if not isinstance(argument, list) or len(argument) != count:
        raise TemplateError(f"Template error: every {function} object requires {count} parameters in a list")
    return argument


def _ref(resolver: Resolver, argument: Any) -> Any:
    return resolver.surroundings.ref(argument)


def _get_att(resolver: Resolver, argument: Any) -> Any:
    logical_id, attribute = attribute_parts(argument)
    return resolver.surroundings.attribute(logical_id, resolver.text(attribute, "Fn::GetAtt"))


def _sub(resolver: Resolver, argument: Any) -> str:
    text, variables = substitution(argument)

    def replacement(variable: re.Match[str]) -> str:
        if variable["literal"]:
            return f"${{{variable['name']}}}"
        if variable["name"] in variables:
            return resolver.text(variables[variable["name"]], "Fn::Sub")
        reference = variable_reference(variable["name"])
        if reference.attribute is None:
            value = resolver.surroundings.ref(reference.name)
        else:
            value = resolver.surroundings.attribute(reference.name, reference.attribute)
        if isinstance(value, list | dict) or value is NO_VALUE:
            raise TemplateError(
                f"Template error: variable {variable['name']} in Fn::Sub expression does not resolve to a string"
            )
        return text_of(value)

    return VARIABLE.sub(replacement, text)


def _join(resolver: Resolver, argument: Any) -> str:
    delimiter, parts = _arguments("Fn::Join", argument, 2)
    if not isinstance(delimiter, str):
        raise TemplateError("Template error: the delimiter of Fn::Join must be a string")
    return delimiter.join(resolver.text(part, "Fn::Join") for part in resolver.items(parts, "Fn::Join"))


def _if(resolver: Resolver, argument: Any) -> Any:
    condition, if_true, if_false = branches(argument)
    return resolver.value(if_true if resolver.surroundings.chosen(condition) else if_false)


def _find_in_map(resolver: Resolver, argument: Any) -> Any:
    if isinstance(argument, list) and len(argument) == 4 and resolver.has_language_extensions:
        *keys, default = argument
    else:
        keys, default = _arguments("Fn::FindInMap", argument, 3), None
    name, first, second = (resolver.text(key, "Fn::FindInMap") for key in keys)
    found = resolver.mappings.get(name, {}).get(first, {}).get(second)
    if found is not None:
        return found
    if isinstance(default, dict) and "DefaultValue" in default:
        return resolver.value(default["DefaultValue"])
    if name not in resolver.mappings:
        raise TemplateError(
            f"Template error: Mapping named '{name}' is not present in the 'Mappings' section of template."
        )
    raise TemplateError(f"Template error: Unable to get mapping for {name}::{first}::{second}")


def _select(resolver: Resolver, argument: Any) -> Any:
    position, choices = _arguments("Fn::Select", argument, 2)
    items = resolver.items(choices, "Fn::Select")
    index = resolver.text(position, "Fn::Select")
    if not index.isdecimal() or int(index) >= len(items):
        raise TemplateError(f"Template error: Fn::Select cannot select nonexistent value at index {index}")
    return items[int(index)]


def _split(resolver: Resolver, argument: Any) -> list[str]:
    delimiter, text = _arguments("Fn::Split", argument, 2)
    if not isinstance(delimiter, str) or not delimiter:
        raise TemplateError("Template error: the delimiter of Fn::Split must be a string that is not empty")
    return resolver.text(text, "Fn::Split").split(delimiter)


def _base64(resolver: Resolver, argument: Any) -> str:
    return base64.b64encode(resolver.text(argument, "Fn::Base64").encode()).decode()


def _get_azs(resolver: Resolver, argument: Any) -> list[str]:
    return resolver.surroundings.zones(resolver.text(argument, "Fn::GetAZs"))


def _import_value(resolver: Resolver, argument: Any) -> str:
    return resolver.surroundings.imported(resolver.text(argument, "Fn::ImportValue"))


def _cidr(resolver: Resolver, argument: Any) -> list[str]:
    if not isinstance(argument, list) or len(argument) not in (2, 3):
        raise TemplateError(
            "Template error: every Fn::Cidr object requires a block, a count and optionally the bits of each"
        )
    texts = [resolver.text(part, "Fn::Cidr") for part in argument]
    try:
        block = ipaddress.ip_network(texts[0])
        count, bits = int(texts[1]), int(texts[2] if len(texts) == 3 else 8)
    except ValueError as error:
        raise TemplateError(f"Template error: Fn::Cidr attribute is not valid: {error}") from error
    prefix = block.max_prefixlen - bits
    if not 1 <= count <= 256 or prefix < block.prefixlen or count > 2 ** (prefix - block.prefixlen):
        raise TemplateError(f"Template error: Fn::Cidr cannot make {count} blocks of {bits} bits from {block}")
    subnets = block.subnets(new_prefix=prefix)
    return [str(next(subnets)) for _ in range(count)]


def _to_json_string(resolver: Resolver, argument: Any) -> str:
    return json.dumps(resolver.value(argument), separators=(",", ":"))


def _length(resolver: Resolver, argument: Any) -> int:
    return len(resolver.items(argument, "Fn::Length"))


Function = Callable[[Resolver, Any], Any]

FUNCTIONS: Mapping[str, Function] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::If": _if,
    "Fn::FindInMap": _find_in_map,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Base64": _base64,
    "Fn::GetAZs": _get_azs,
    "Fn::ImportValue": _import_value,
    "Fn::Cidr": _cidr,
    "Fn::ToJsonString": _to_json_string,
    "Fn::Length": _length,
}
NOT_SIMULATED = frozenset(["Fn::Transform", "Fn::ForEach", "Fn::GetStackOutput"])
LANGUAGE_EXTENSION_FUNCTIONS = frozenset(["Fn::ToJsonString", "Fn::Length"])
