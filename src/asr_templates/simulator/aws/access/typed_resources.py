"""The resources of a call that follow from an action's resource types, their ARN formats and parameter names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from asr_templates.aws_reference import iam
from asr_templates.aws_reference.arns import arn_matches, is_arn
from asr_templates.simulator.aws.access.calls import ApiCall
from asr_templates.simulator.aws.access.policies import Resource
from asr_templates.simulator.aws.access.resource_types import (
    ARN_PARAMETERS,
    CREATED,
    FORMATS,
    PARAMETERS,
    UNNAMED,
    WHOLE_COLLECTIONS,
)

_ARN_FORMAT_FIELD = re.compile(r"\$\{[^}]*\}")
_NAME_SUFFIXES = ("", "arn", "arns", "id", "ids", "identifier", "name", "names", "s")


def by_type(call: ApiCall, prefix: str, types: Sequence[str]) -> Iterator[Resource]:
    """The resources of the given types that a call names by parameters, or makes."""
    for resource_type in types:
        if (prefix, resource_type) in UNNAMED:
            yield (arn_of_type(call, prefix, resource_type, "*"),)
        for value in _named_by_parameters(call, prefix, resource_type):
            yield from _resource(call, prefix, resource_type, value)
    for parameter in call.parameters:
        if parameter not in ARN_PARAMETERS and not parameter.lower().endswith(("arn", "arns")):
            continue
        for value in call.texts(parameter):
            if is_arn(value) and any(_is_of_type(value, prefix, resource_type) for resource_type in types):
                yield (value,)
    for resource_type in _created_types(call, prefix, types):
        if resource_type in types:
            yield (arn_of_type(call, prefix, resource_type, "*"),)
    if _asks_for_all(call, prefix, types):
        yield from ((arn_of_type(call, prefix, resource_type, "*"),) for resource_type in types)


def _created_types(call: ApiCall, prefix: str, types: Sequence[str]) -> Sequence[str]:
    """The types of what an operation makes: listed, or of the operation's name (CreateVpc makes a vpc)."""
    listed = CREATED.get((call.service, call.operation))
    if listed is not None or not call.operation.startswith("Create"):
        return listed or ()

    made = _letters(call.operation.removeprefix("Create"))

    return [name for name in types if _letters(name) == made and not [*_named_by_parameters(call, prefix, name)]]


def _asks_for_all(call: ApiCall, prefix: str, types: Sequence[str]) -> bool:
    if prefix not in WHOLE_COLLECTIONS or not call.operation.startswith("Describe"):
        return False

    return not any([*_named_by_parameters(call, prefix, resource_type)] for resource_type in types)


def _named_by_parameters(call: ApiCall, prefix: str, resource_type: str) -> Iterator[str]:
    paths = PARAMETERS.get((prefix, resource_type))
    if paths is None:
        wanted = {_letters(resource_type) + suffix for suffix in _NAME_SUFFIXES}
        paths = tuple(name for name in call.parameters if _letters(name) in wanted)
    for path in paths:
        yield from call.texts(path)


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _resource(call: ApiCall, prefix: str, resource_type: str, value: str) -> Iterator[Resource]:
    if not is_arn(value):
        yield (arn_of_type(call, prefix, resource_type, value),)
    elif _is_of_type(value, prefix, resource_type):
        yield (value,)


def _is_of_type(arn: str, prefix: str, resource_type: str) -> bool:
    formats = iam.arn_formats(prefix, resource_type)

    return any(arn_matches(_ARN_FORMAT_FIELD.sub("*", arn_format), arn) for arn_format in formats)


def arn_of_type(call: ApiCall, prefix: str, resource_type: str, value: str) -> str:
    """The ARN of a resource of the caller's account and region: its format with a value for the last unknown part."""
    arn_format = FORMATS.get((prefix, resource_type)) or _with_gap(iam.arn_formats(prefix, resource_type)[0])
    known = {"Partition": call.partition, "Region": call.region, "Account": call.account}
    for name, text in known.items():
        arn_format = arn_format.replace("${" + name + "}", text)

    return arn_format.replace("{}", value)


def _with_gap(arn_format: str) -> str:
    if arn_format.endswith("*"):
        return arn_format[:-1] + "{}"

    return re.sub(r"\$\{(?!Partition|Region|Account)[^}]*\}$", "{}", arn_format)
