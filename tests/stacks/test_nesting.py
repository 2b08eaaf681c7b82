"""Lanes: how many resources of a throttled kind are made at a time."""

from troposphere import Template, sqs

from asr_templates.stacks.nesting import add_in_lanes


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
