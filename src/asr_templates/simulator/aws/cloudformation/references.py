"""What a template's parts refer to: checked before anything is created, and the order of creation that follows.

Nothing is resolved here: these functions only read the names in Ref, Fn::GetAtt, Fn::Sub, Fn::If and DependsOn.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from asr_templates.simulator.aws.cloudformation.failures import TemplateError, unresolved
from asr_templates.simulator.aws.cloudformation.properties import attribute_names, is_custom, is_known_type
from asr_templates.simulator.aws.cloudformation.template import Resource, Template

Chosen = Callable[[str], bool]
"""Whether the condition of that name is true."""

PSEUDO_PARAMETERS = frozenset(
    f"AWS::{name}"
    for name in ("AccountId", "NotificationARNs", "NoValue", "Partition", "Region", "StackId", "StackName", "URLSuffix")
)
VARIABLE = re.compile(r"\$\{(?P<literal>!?)(?P<name>[^}]*)\}")
"""A variable of Fn::Sub; with `literal`, `${!x}`, it stands for the text `${x}`."""


@dataclass(frozen=True)
class Reference:
    """A name that a value refers to: a parameter, a pseudo parameter or a resource; with an attribute, a resource."""

    name: str
    attribute: str | None = None


def function_of(value: Any) -> tuple[str, Any] | None:
    """Take an intrinsic function apart into its name and argument; None if the value is not one."""
    if isinstance(value, dict) and len(value) == 1:
        ((name, argument),) = value.items()
        if isinstance(name, str) and (name == "Ref" or name.startswith("Fn::")):
            return name, argument
    return None


def references(value: Any, chosen: Chosen | None = None) -> Iterator[Reference]:
    """Yield all that a value refers to; with `chosen`, only in the branches of Fn::If that are taken."""
    if isinstance(value, list):
        for item in value:
            yield from references(item, chosen)
        return
    function = function_of(value)
    if function is not None:
        yield from _references_of_function(*function, chosen)
    elif isinstance(value, dict):
        for item in value.values():
            yield from references(item, chosen)


def _references_of_function(name: str, argument: Any, chosen: Chosen | None) -> Iterator[Reference]:
    if name == "Ref":
        yield Reference(_text(argument, "Ref"))
    elif name == "Fn::GetAtt":
        yield from _attribute_references(argument, chosen)
    elif name == "Fn::Sub":
        text, variables = substitution(argument)
        for variable in VARIABLE.finditer(text):
            if not variable["literal"] and variable["name"] not in variables:
                yield variable_reference(variable["name"])
        yield from references(list(variables.values()), chosen)
    elif name == "Fn::If" and chosen is not None:
        condition, if_true, if_false = branches(argument)
        yield from references(if_true if chosen(condition) else if_false, chosen)
    else:
        yield from references(argument, chosen)


def _attribute_references(argument: Any, chosen: Chosen | None) -> Iterator[Reference]:
    resource, attribute = attribute_parts(argument)
    yield Reference(resource, attribute if isinstance(attribute, str) else "")
    yield from references(attribute, chosen)


def _text(value: Any, function: str) -> str:
    if not isinstance(value, str):
        raise TemplateError(f"Template format error: Every {function} object must have a single String value.")
    return value


def attribute_parts(argument: Any) -> tuple[str, Any]:
    """Split the argument of Fn::GetAtt into logical id and attribute (which may be a function itself)."""
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    if not isinstance(parts, list) or len(parts) != 2 or not isinstance(parts[0], str):
        raise TemplateError(
            "Template error: every Fn::GetAtt object requires two non-empty parameters, "
            "the resource name and the resource attribute"
        )
    return parts[0], parts[1]


def substitution(argument: Any) -> tuple[str, Mapping[str, Any]]:
    """Split the argument of Fn::Sub into its text and its own variables."""
    text, variables = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})
    if not isinstance(text, str) or not isinstance(variables, dict):
        raise TemplateError(
            "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. "
            "Specify a string as first argument, and an optional second argument to specify a mapping of values"
        )
    return text, variables


def variable_reference(name: str) -> Reference:
    """Say what `${name}` of Fn::Sub refers to: `A` is a Ref, `A.B` an attribute, `AWS::X` a pseudo parameter."""
    if not re.fullmatch(r"\s*[A-Za-z0-9_.:]+\s*", name):
        raise TemplateError(
            "Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, "
            f"periods, and colons (found ${{{name}}})"
        )
    resource, dot, attribute = name.strip().partition(".")
    return Reference(resource, attribute if dot else None)


def branches(argument: Any) -> tuple[str, Any, Any]:
    """Split the argument of Fn::If into condition, value if true, value if false."""
    if not isinstance(argument, list) or len(argument) != 3 or not isinstance(argument[0], str):
        raise TemplateError("Template error: Fn::If requires a list argument with a condition name and two values")
    return argument[0], argument[1], argument[2]


def condition_names(value: Any) -> Iterator[str]:
    """Yield the names of the conditions that a property or output uses in Fn::If."""
    if isinstance(value, list):
        for item in value:
            yield from condition_names(item)
    elif isinstance(value, dict):
        if "Fn::If" in value and len(value) == 1:
            yield branches(value["Fn::If"])[0]
        for item in value.values():
            yield from condition_names(item)


def check_references(template: Template, region: str) -> None:
    """Refuse a template that names what is not there, whether or not its conditions would use it."""
    unknown = sorted({one.type for one in template.resources.values() if not is_known_type(one.type, region)})
    if unknown:
        raise TemplateError(f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")
    for logical_id, resource in template.resources.items():
        _check_names("Resources", template, resource.properties, resource.condition, region)
        missing = sorted(set(resource.depends_on) - set(template.resources))
        if missing:
            raise unresolved(missing, "Resources", f" (DependsOn of {logical_id})")
    for output in template.outputs.values():
        _check_names("Outputs", template, [output["Value"], output.get("Export")], output.get("Condition"), region)


def _check_names(block: str, template: Template, value: Any, condition: str | None, region: str) -> None:
    for name in [*condition_names(value), *([condition] if condition else [])]:
        if name not in template.conditions:
            raise TemplateError(
                f"Template format error: Unresolved condition dependency {name} in the {block} block of the template"
            )
    for reference in references(value):
        if reference.attribute is not None:
            _check_attribute(template, reference, region)
        elif reference.name not in PSEUDO_PARAMETERS | template.parameters.keys() | template.resources.keys():
            raise unresolved([reference.name], block)


def _check_attribute(template: Template, reference: Reference, region: str) -> None:
    resource = template.resources.get(reference.name)
    if resource is None:
        raise TemplateError(f"Template error: instance of Fn::GetAtt references undefined resource {reference.name}")
    if is_custom(resource.type) or not reference.attribute:
        return
    nested = resource.type == "AWS::CloudFormation::Stack" and reference.attribute.startswith("Outputs.")
    if not nested and reference.attribute not in attribute_names(resource.type, region):
        raise TemplateError(
            f"Template error: resource {reference.name} does not support attribute type {reference.attribute} "
            "in Fn::GetAtt"
        )


def check_presence(value: Any, block: str, absent: Collection[str], chosen: Chosen) -> set[str]:
    """Name all that a value refers to, and refuse it if that includes a resource whose condition is false."""
    referred = {reference.name for reference in references(value, chosen)}
    lost = sorted(referred & set(absent))
    if lost:
        raise unresolved(lost, block)
    return referred


def creation_order(resources: Mapping[str, Resource], absent: Collection[str], chosen: Chosen) -> list[str]:
    """Order the resources to create so that each comes after all that it refers to or depends on.

    absent: the logical ids whose condition is false; a DependsOn on one is ignored, a reference to one is refused.
    """
    graph: dict[str, set[str]] = {}
    for logical_id, resource in resources.items():
        referred = check_presence(resource.properties, "Resources", absent, chosen)
        graph[logical_id] = (referred | set(resource.depends_on)) & resources.keys()
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        cycle = ", ".join(sorted(set(error.args[1])))
        raise TemplateError(f"Circular dependency between resources: [{cycle}]") from error
