"""A template as it is written: read, checked in its outline, held as data.

Sections and limits: CloudFormation User Guide, "Template anatomy" and "Understand CloudFormation quotas".
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from asr_templates.simulator.aws.cloudformation.failures import TemplateError
from asr_templates.simulator.aws.errors import NotSimulated

MAXIMUM_BYTES = 1_000_000
"""Of a template in S3."""
MAXIMUM_ENTRIES = {"Resources": 500, "Parameters": 200, "Outputs": 200, "Mappings": 200}
MAXIMUM_DESCRIPTION_BYTES = 1024
MAXIMUM_ID_LENGTH = 255

SECTIONS = frozenset(
    [
        "AWSTemplateFormatVersion",
        "Description",
        "Metadata",
        "Parameters",
        "Rules",
        "Mappings",
        "Conditions",
        "Transform",
        "Resources",
        "Outputs",
    ]
)
RESOURCE_ATTRIBUTES = frozenset(
    [
        "Type",
        "Properties",
        "DependsOn",
        "Condition",
        "Metadata",
        "DeletionPolicy",
        "UpdateReplacePolicy",
        "CreationPolicy",
        "UpdatePolicy",
    ]
)
OUTPUT_ATTRIBUTES = frozenset(["Description", "Value", "Export", "Condition"])
DELETION_POLICIES = frozenset(["Delete", "Retain", "RetainExceptOnCreate", "Snapshot"])
REPLACE_POLICIES = DELETION_POLICIES - {"RetainExceptOnCreate"}
LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions"


@dataclass(frozen=True)
class Resource:
    """One entry of Resources; properties are still unresolved."""

    type: str
    properties: Mapping[str, Any]
    depends_on: tuple[str, ...] = ()
    condition: str | None = None


@dataclass(frozen=True)
class Template:
    """A template whose outline is sound; values, conditions and references are not looked at yet."""

    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    mappings: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    conditions: Mapping[str, Any] = field(default_factory=dict)
    resources: Mapping[str, Resource] = field(default_factory=dict)
    outputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    has_language_extensions: bool = False


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms; an unquoted date stays text, as CloudFormation has it."""

    yaml_implicit_resolvers = {
        first: [resolver for resolver in resolvers if resolver[0] != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _short_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    """Turn `!Name value` into `{"Fn::Name": value}`."""
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    if suffix in ("Ref", "Condition"):
        return {suffix: value}
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_form)


def load_template(body: str | Mapping[str, Any], place: str) -> Template:
    """Read a template from JSON or YAML text, or take a dict as what its JSON would say.

    place: the stack's path, for NotSimulated. Raises TemplateError where CloudFormation would refuse the outline.
    """
    text = body if isinstance(body, str) else json.dumps(body)
    size = len(text.encode())
    if size > MAXIMUM_BYTES:
        raise TemplateError(f"Template may not exceed {MAXIMUM_BYTES} bytes in size (it has {size})")
    content = _parsed(text)
    _check_outline(content)
    for path in _nulls(content):
        raise TemplateError(f"Template format error: [{path}] 'null' values are not allowed in templates")
    extensions = _language_extensions(content.get("Transform"), place)
    resources = {
        logical_id: _resource(logical_id, description, f"{place}/{logical_id}")
        for logical_id, description in content["Resources"].items()
    }
    return Template(
        parameters=content.get("Parameters", {}),
        rules=content.get("Rules", {}),
        mappings=content.get("Mappings", {}),
        conditions=content.get("Conditions", {}),
        resources=resources,
        outputs=content.get("Outputs", {}),
        has_language_extensions=extensions,
    )


def _parsed(text: str) -> dict[str, Any]:
    try:
        content = json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, _Loader)
    except json.JSONDecodeError as error:
        raise TemplateError(
            f"Template format error: JSON not well-formed. (line {error.lineno}, column {error.colno})"
        ) from error
    except yaml.YAMLError as error:
        raise TemplateError(f"Template format error: YAML not well-formed. ({error})") from error
    if not isinstance(content, dict):
        raise TemplateError("Template format error: unsupported structure.")
    return content


def _nulls(value: Any, path: str = "") -> Iterator[str]:
    """Yield the place of every null, `/Resources/Machine/Properties/Definition/States/Wait/ResultPath`."""
    if value is None:
        yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in children:
        yield from _nulls(child, f"{path}/{step}")


def _check_outline(content: Mapping[str, Any]) -> None:
    unknown = sorted(str(section) for section in content if section not in SECTIONS)
    if unknown:
        raise TemplateError(f"Template format error: Invalid template property or properties [{', '.join(unknown)}]")
    if str(content.get("AWSTemplateFormatVersion", "2010-09-09")) != "2010-09-09":
        raise TemplateError(
            f"Template format error: {content['AWSTemplateFormatVersion']} is not a supported value for "
            "AWSTemplateFormatVersion."
        )
    description = content.get("Description", "")
    if not isinstance(description, str) or len(description.encode()) > MAXIMUM_DESCRIPTION_BYTES:
        raise TemplateError(
            f"Template format error: Description must be text of at most {MAXIMUM_DESCRIPTION_BYTES} bytes"
        )
    if not content.get("Resources"):
        raise TemplateError("Template format error: At least one Resources member must be defined.")
    for section in ("Parameters", "Rules", "Mappings", "Conditions", "Resources", "Outputs"):
        _check_section(section, content.get(section, {}))


def _check_section(section: str, entries: Any) -> None:
    if not isinstance(entries, dict):
        raise TemplateError(f"Template format error: {section} section must be an object")
    limit = MAXIMUM_ENTRIES.get(section)
    if limit is not None and len(entries) > limit:
        raise TemplateError(
            f"Template format error: Number of {section.lower()}, {len(entries)}, is greater than "
            f"maximum allowed, {limit}"
        )
    for name, entry in entries.items():
        if not re.fullmatch(rf"[A-Za-z0-9]{{1,{MAXIMUM_ID_LENGTH}}}", str(name)) and section != "Mappings":
            raise TemplateError(f"Template format error: {section} name {name} is non alphanumeric or too long.")
        if not isinstance(entry, dict):
            raise TemplateError(f"Template format error: {section} member {name} must be an object")
        if section == "Outputs":
            _check_output(name, entry)
        if section == "Mappings":
            _check_mapping(name, entry)


def _check_output(name: str, output: Mapping[str, Any]) -> None:
    unknown = sorted(set(output) - OUTPUT_ATTRIBUTES)
    if unknown:
        raise TemplateError(f"Template format error: Output {name} has unknown members {unknown}")
    if "Value" not in output:
        raise TemplateError(f"Template format error: Output {name} is malformed: every output needs a Value")
    export = output.get("Export", {"Name": ""})
    if not isinstance(export, dict) or set(export) != {"Name"}:
        raise TemplateError(
            f"Template format error: Output {name} is malformed: Export must have a Name and nothing else"
        )


def _check_mapping(name: str, mapping: Mapping[str, Any]) -> None:
    for key, values in mapping.items():
        if not isinstance(values, dict) or not all(
            isinstance(one, str | int | float | list) for one in values.values()
        ):
            raise TemplateError(
                f"Template format error: Every Mappings member must be a map of maps of values or lists: {name}::{key}"
            )


def _language_extensions(transform: Any, place: str) -> bool:
    """Whether the one transform that is played here is on; any other macro is not simulated."""
    names = [transform] if isinstance(transform, str | dict) else list(transform or [])
    for name in names:
        if name != LANGUAGE_EXTENSIONS:
            raise NotSimulated(place, f"Transform {name}")
    return bool(names)


def _resource(logical_id: str, description: Mapping[str, Any], place: str) -> Resource:
    unknown = sorted(set(description) - RESOURCE_ATTRIBUTES)
    if unknown:
        raise TemplateError(f"Invalid template resource property '{unknown[0]}' in {logical_id}")
    resource_type = description.get("Type")
    if not isinstance(resource_type, str):
        raise TemplateError(
            f"Template format error: [/Resources/{logical_id}] Every Resources object must contain a Type member."
        )
    if "CreationPolicy" in description:
        raise NotSimulated(place, "CreationPolicy")
    _check_policy(logical_id, "DeletionPolicy", description, DELETION_POLICIES)
    _check_policy(logical_id, "UpdateReplacePolicy", description, REPLACE_POLICIES)
    properties = description.get("Properties", {})
    if not isinstance(properties, dict) or any(name == "Ref" or name.startswith("Fn::") for name in properties):
        raise TemplateError(
            f"Template format error: [/Resources/{logical_id}/Properties] must be an object of properties"
        )
    condition = description.get("Condition")
    if condition is not None and not isinstance(condition, str):
        raise TemplateError(f"Template format error: Condition of {logical_id} must be the name of a condition")
    return Resource(resource_type, properties, _depends_on(logical_id, description.get("DependsOn", [])), condition)


def _check_policy(logical_id: str, attribute: str, description: Mapping[str, Any], allowed: frozenset[str]) -> None:
    value = description.get(attribute)
    if value is not None and (not isinstance(value, str) or value not in allowed):
        raise TemplateError(
            f"Template format error: Unrecognized {attribute} {value} for {logical_id}: "
            f"one of {', '.join(sorted(allowed))}"
        )


def _depends_on(logical_id: str, value: Any) -> tuple[str, ...]:
    names: Sequence[Any] = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise TemplateError(f"Template format error: DependsOn of {logical_id} must be a string or a list of strings.")
    return tuple(names)
