from typing import Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER
from hypothesis import given
from hypothesis import strategies as st

from asr_templates.simulator.aws.cloudformation.failures import Refused
from asr_templates.simulator.aws.cloudformation.properties import CUSTOM_RESOURCE, applied, typed_properties, unapplied
from asr_templates.simulator.aws.cloudformation.resources import HANDLERS, cloudformation
from asr_templates.simulator.aws.errors import NotSimulated

REGION = "eu-west-1"


def paths(tree: Any, prefix: str = "") -> list[str]:
    """Write out the property paths that a handler applies."""
    if tree is None:
        return [prefix]
    return [path for name, below in tree.items() for path in paths(below, f"{prefix}.{name}".strip("."))]


def refusal(resource_type: str, properties: dict[str, Any]) -> str:
    with pytest.raises(Refused) as caught:
        typed_properties(resource_type, REGION, properties)
    return str(caught.value)


def test_scalars_take_the_type_that_the_schema_wants() -> None:
    given_properties = {
        "QueueName": 12,
        "DelaySeconds": "30",
        "FifoQueue": "true",
        "RedrivePolicy": {"maxReceiveCount": 3},
        "Tags": [{"Key": "a", "Value": True}],
    }
    expected = {
        "QueueName": "12",
        "DelaySeconds": 30,
        "FifoQueue": True,
        "RedrivePolicy": {"maxReceiveCount": 3},
        "Tags": [{"Key": "a", "Value": "true"}],
    }

    assert expected == typed_properties("AWS::SQS::Queue", REGION, given_properties)


@pytest.mark.parametrize(
    ("resource_type", "properties", "complaint"),
    [
        (
            "AWS::SQS::Queue",
            {"Name": "a"},
            "#/Name: Additional properties are not allowed ('Name' was unexpected",
        ),
        ("AWS::SSM::Document", {}, "#: 'Content' is a required property"),
        ("AWS::SQS::Queue", {"DelaySeconds": "soon"}, "#/DelaySeconds: 'soon' is not of type 'integer'"),
        (
            "AWS::Events::Rule",
            {"Targets": []},
            "#: One of ['EventPattern', 'ScheduleExpression'] is a required property",
        ),
        (
            "AWS::SSM::Document",
            {"Content": "x", "Name": "a/b"},
            "#/Name: 'a/b' does not match '^[a-zA-Z0-9_\\\\-.]{3,128}$'",
        ),
        ("AWS::Logs::LogGroup", {"RetentionInDays": 8}, "#/RetentionInDays: 8 is not one of"),
    ],
)
def test_what_the_schema_does_not_allow_is_refused(
    resource_type: str, properties: dict[str, Any], complaint: str
) -> None:
    text = refusal(resource_type, properties)

    assert text.startswith(f"Properties validation failed for resource of type {resource_type} with message: ")
    assert complaint in text


def test_all_complaints_are_in_one_text() -> None:
    text = refusal("AWS::SQS::Queue", {"Name": "a", "DelaySeconds": "soon"})

    assert "#/Name" in text
    assert "#/DelaySeconds" in text


def is_in_schema(path: str, schema: Any, root: Any) -> bool:
    """Whether a property path exists; items of a list count as the list."""
    while "$ref" in schema or "items" in schema:
        schema = root["definitions"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema["items"]
    name, _, rest = path.partition(".")
    found = schema.get("properties", {}).get(name)
    return found is not None and (not rest or is_in_schema(rest, found, root))


@pytest.mark.parametrize("resource_type", sorted(set(HANDLERS) - {CUSTOM_RESOURCE}))
def test_a_handler_applies_only_properties_that_the_schema_knows(resource_type: str) -> None:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, resource_type).schema
    unknown = [
        path for path in paths(HANDLERS[resource_type].applies) if path and not is_in_schema(path, schema, schema)
    ]

    assert unknown == []


def test_a_property_that_the_handler_does_not_apply_is_not_simulated(world: Any) -> None:
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {"Role": "arn:aws:iam::111111111111:role/x", "Code": {"ImageUri": "x"}},
    }

    with pytest.raises(NotSimulated, match=r"root/Function: AWS::Lambda::Function\.Code\.ImageUri is not simulated"):
        world.create_resources(Function=function)


def test_a_type_without_a_handler_is_not_simulated_and_nothing_is_created(world: Any) -> None:
    with pytest.raises(NotSimulated, match="root/Vpc: resource type AWS::EC2::VPC is not simulated"):
        world.create_resources(
            Topic={"Type": "AWS::SNS::Topic"}, Vpc={"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
        )

    assert world.client("sns").list_topics()["Topics"] == []


def test_custom_resources_take_any_property() -> None:
    tree = applied("ServiceToken")

    assert list(unapplied({"ServiceToken": "x", "Anything": 1}, tree)) == ["Anything"]
    assert cloudformation.CUSTOM.applies == {}


NAMES = st.sampled_from(["A", "B", "C"])
TREES = st.recursive(st.just(1), lambda inner: st.dictionaries(NAMES, inner, min_size=1), max_leaves=8)


@given(st.dictionaries(NAMES, TREES, min_size=1))
def test_properties_are_applied_by_their_own_paths_and_not_by_fewer(properties: dict[str, Any]) -> None:
    """With exactly the paths of the properties all is applied; each path that is left out is found missing."""
    leaves = paths({name: _without_values(value) for name, value in properties.items()})

    assert list(unapplied(properties, applied(" ".join(leaves)))) == []
    for leaf in leaves:
        others = " ".join(other for other in leaves if other != leaf)

        assert any(leaf.startswith(found) for found in unapplied(properties, applied(others)))


def _without_values(value: Any) -> Any:
    return {name: _without_values(item) for name, item in value.items()} if isinstance(value, dict) else None
