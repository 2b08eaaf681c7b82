"""What CloudFormation's own resource schemas say: types, attributes, and what is wrong with properties.

The schemas are those that cfn-lint ships. `Any` is JSON throughout.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from cfnlint.jsonschema import StandardValidator
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER, ResourceNotFoundError, Schema

from asr_templates.simulator.aws.cloudformation.failures import Refused
from asr_templates.simulator.aws.cloudformation.parameters import text_of

CUSTOM_RESOURCE = "AWS::CloudFormation::CustomResource"


class _Resolved:
    """Properties are resolved: nothing in them is a function, and free JSON need not be walked through."""

    def filter(self, validator: Any, instance: Any, schema: Any) -> Iterator[tuple[Any, Any, Any]]:
        yield instance, schema, validator

    def evolve(self, **_: Any) -> "_Resolved":
        return self


Validator = StandardValidator({}).extend(function_filter=_Resolved())

Applied = Mapping[str, "Applied"] | None
"""The properties that a handler applies: name -> those below it, None for all that is below."""


def is_custom(resource_type: str) -> bool:
    """Whether a type is a custom resource, which takes any property and has any attribute."""
    return resource_type == CUSTOM_RESOURCE or resource_type.startswith("Custom::")


def is_known_type(resource_type: str, region: str) -> bool:
    """Whether CloudFormation has this resource type in the region."""
    return _schema(resource_type, region) is not None


def attribute_names(resource_type: str, region: str) -> frozenset[str]:
    """Name the attributes that Fn::GetAtt may ask of a type."""
    schema = _schema(resource_type, region)
    return frozenset() if schema is None else frozenset(schema.get_atts)


@cache
def _schema(resource_type: str, region: str) -> Schema | None:
    try:
        return PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, resource_type)
    except ResourceNotFoundError:
        return None


def typed_properties(resource_type: str, region: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Check resolved properties against the type's schema and give each scalar the type that the schema wants.

    CloudFormation takes "30" for 30, "true" for true and 30 for "30"; all else is refused: unknown or missing
    properties, wrong types, patterns, lengths. Raises Refused with all complaints, each with its place.
    """
    schema = _schema(resource_type, region)
    assert schema is not None, f"{resource_type} has no schema: references.check_references was not called"
    typed: dict[str, Any] = _typed(properties, schema.schema, schema.schema)
    validator = Validator(schema=schema.schema, resolver=schema.resolver)
    complaints = sorted(
        f"#{''.join(f'/{step}' for step in error.path)}: {error.message}" for error in validator.iter_errors(typed)
    )
    if complaints:
        raise Refused(
            f"Properties validation failed for resource of type {resource_type} with message: {'; '.join(complaints)}"
        )
    return typed


def _typed(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any]) -> Any:
    """Convert the scalars below one value; what the schema does not describe stays as it is."""
    if "$ref" in schema:
        return _typed(value, _definition(schema["$ref"], root), root)
    if isinstance(value, dict):
        return {name: _typed(item, _property_schema(name, schema), root) for name, item in value.items()}
    if isinstance(value, list):
        return [_typed(item, schema.get("items", {}), root) for item in value]
    wanted = schema.get("type", [])
    return _typed_scalar(value, [wanted] if isinstance(wanted, str) else wanted)


def _definition(pointer: str, root: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Any = root
    for step in pointer.removeprefix("#/").split("/"):
        found = found[step]
    assert isinstance(found, dict)
    return found


def _property_schema(name: str, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Find the schema of one key of an object: a property, else the first pattern (maps have one at most)."""
    candidates = [schema.get("properties", {}).get(name), *schema.get("patternProperties", {}).values(), {}]
    return next(candidate for candidate in candidates if isinstance(candidate, dict))


def _typed_scalar(value: Any, wanted: list[str]) -> Any:
    if isinstance(value, str):
        if "string" in wanted:
            return value
        if "boolean" in wanted and value.lower() in ("true", "false"):
            return value.lower() == "true"
        for kind, convert in (("integer", int), ("number", float)):
            if kind in wanted and _converts(value, convert):
                return convert(value)
    elif "string" in wanted and not set(wanted) & _own_kinds(value):
        return text_of(value)
    return value


def _own_kinds(value: Any) -> set[str]:
    """Name the schema types that a scalar other than text has as it is; null is never taken for text."""
    if isinstance(value, bool):
        return {"boolean"}
    return {"string"} if value is None else {"integer", "number"}


def _converts(value: str, convert: type[int] | type[float]) -> bool:
    try:
        convert(value)
    except ValueError:
        return False
    return True


def applied(paths: str) -> Applied:
    """Read a handler's list of properties, `"Name Code.S3Key Code.S3Bucket"`: a dot goes below a property.

    Items of a list count as the list: `Rules.Id` means the Id of each rule.
    """
    tree: dict[str, Any] = {}
    for path in paths.split():
        node = tree
        *parents, last = path.split(".")
        for parent in parents:
            node = node.setdefault(parent, {})
        node[last] = None
    return tree


def unapplied(properties: Any, tree: Applied, prefix: str = "") -> Iterator[str]:
    """Yield the path of every property that is given but that the handler does not apply."""
    if tree is None:
        return
    if isinstance(properties, list):
        for item in properties:
            yield from unapplied(item, tree, prefix)
    elif isinstance(properties, dict):
        for name, value in properties.items():
            if name in tree:
                yield from unapplied(value, tree[name], f"{prefix}{name}.")
            else:
                yield f"{prefix}{name}"
