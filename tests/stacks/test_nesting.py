"""Nested stacks: what they are given, and how many resources of a throttled kind are made at a time."""

import pytest
from troposphere import Template, sqs

from asr_templates.stacks.nesting import NestedStack, add_in_lanes, nest
from asr_templates.stacks.parameters import NAMESPACE, ROLE_PATH, declare


def queues(*names: str) -> list[sqs.Queue]:
    return [sqs.Queue(name) for name in names]


def test_each_resource_waits_for_the_one_three_before_it() -> None:
    template = Template()
    add_in_lanes(template, queues("A", "B", "C", "D", "E"), lanes=3)
    resources = template.to_dict()["Resources"]

    assert {name: resource["DependsOn"] for name, resource in resources.items() if "DependsOn" in resource} == {
        "D": "A",
        "E": "B",
    }


def test_a_resource_waits_for_a_conditional_one_only_where_that_exists() -> None:
    template = Template()
    first, second = queues("First", "Second")
    first.Condition = "IsWanted"
    add_in_lanes(template, [first, second], lanes=1)
    resource = template.to_dict()["Resources"]["Second"]

    assert "DependsOn" not in resource
    assert resource["Metadata"] == {"After": {"Fn::If": ["IsWanted", {"Ref": "First"}, ""]}}


def test_a_parameter_that_the_root_does_not_have_is_an_error() -> None:
    root, nested = Template(), Template()
    declare(root, [ROLE_PATH])
    declare(nested, [ROLE_PATH, NAMESPACE])

    with pytest.raises(ValueError, match="nested stack Roles takes Namespace, which its root neither has nor sets"):
        nest(root, [NestedStack("Roles", nested)])
