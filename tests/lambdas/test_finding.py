import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_templates.lambdas.finding import (
    PROJECTION_BYTES,
    hub_region,
    identity,
    problem,
    project,
    require_agreement,
    resource_region,
)
from asr_templates.lambdas.outcomes import Decided, Outcome

Finding = Callable[..., dict[str, Any]]

NAMES = st.sampled_from(
    [
        "Id", "ProductArn", "AwsAccountId", "Region", "Workflow", "Status", "Compliance", "SecurityControlId",
        "SecurityControlParameters", "Name", "Value", "AssociatedStandards", "StandardsId", "Resources", "Type",
    ]
)  # fmt: skip
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(), inner, max_size=6),
    max_leaves=30,
)


def is_part(part: Any, whole: Any) -> bool:
    """Whether everything in `part` is in `whole` at the same place; lists may have lost entries."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(name in whole and is_part(part[name], whole[name]) for name in part)
    if isinstance(part, list):
        return isinstance(whole, list) and all(any(is_part(item, other) for other in whole) for item in part)
    return bool(part == whole)


def leaves(value: Any) -> list[Any]:
    """What is neither object nor list in `value`."""
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return [leaf for item in inner for leaf in leaves(item)]
    return [value]


@given(JSON_VALUES)
def test_anything_can_be_projected_and_gives_a_part_of_itself(finding: Any) -> None:
    projection = project(finding)

    assert projection == {} or is_part(projection, finding)


@given(JSON_VALUES)
def test_projecting_twice_changes_nothing(finding: Any) -> None:
    projection = project(finding)

    assert projection == project(projection)


@given(JSON_VALUES)
def test_a_projection_holds_nothing_but_texts(finding: Any) -> None:
    assert all(isinstance(leaf, str) for leaf in leaves(project(finding)))


@given(JSON_VALUES)
def test_whatever_is_no_finding_has_a_problem_and_never_raises(finding: Any) -> None:
    has_id = isinstance(finding, dict) and isinstance(finding.get("Id"), str) and finding["Id"]

    assert has_id or problem(finding)


@given(st.dictionaries(NAMES, st.text(min_size=2_000, max_size=2_000) | JSON_VALUES))
def test_what_is_kept_of_a_bad_finding_is_never_too_large(finding: dict[str, Any]) -> None:
    kept = identity(finding)

    assert PROJECTION_BYTES * 4 > len(json.dumps(kept, ensure_ascii=False).encode())


def test_titles_tags_and_details_are_not_kept(finding: Finding) -> None:
    projection = project(finding())

    assert {"Type", "Id", "Region", "Partition"} == set(projection["Resources"][0])
    assert "Title" not in projection


def test_the_customers_parameters_are_kept(finding: Finding) -> None:
    parameters = [{"Name": "MaxPasswordAge", "Value": ["60"]}]
    compliance = {"SecurityControlId": "IAM.7", "SecurityControlParameters": parameters, "Status": "FAILED"}

    projection = project(finding(Compliance=compliance))

    assert {"SecurityControlId": "IAM.7", "SecurityControlParameters": parameters} == projection["Compliance"]


def test_only_the_first_resource_is_kept(finding: Finding) -> None:
    resources = [{"Id": "first"}, {"Id": "second"}]

    assert [{"Id": "first"}] == project(finding(Resources=resources))["Resources"]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"Id": None}, "Id is missing or not a text"),
        ({"Id": ""}, "Id is missing or not a text"),
        ({"GeneratorId": "x{{ssm:secret}}"}, "GeneratorId contains two opening braces"),
        ({"Resources": [{"Id": "{{"}]}, "Resources[0].Id contains two opening braces"),
        ({"GeneratorId": "x" * 5_000}, "at most 4,096 are accepted"),
    ],
)
def test_a_finding_that_cannot_be_worked_on_says_why(finding: Finding, parts: dict[str, Any], expected: str) -> None:
    assert expected in problem(finding(**parts))


def test_a_finding_that_is_no_object_says_so() -> None:
    assert "the finding is not an object but list" == problem([])


def test_an_ordinary_finding_has_no_problem(finding: Finding) -> None:
    assert "" == problem(finding())


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ({"Id": "arn:aws:ec2:us-west-2:222222222222:security-group/sg-1", "Region": "eu-west-1"}, "us-west-2"),
        ({"Id": "arn:aws:s3:::bucket", "Region": "eu-west-1"}, "eu-west-1"),
        ({"Id": "AWS::::Account:222222222222", "Region": "eu-west-1"}, "eu-west-1"),
        ({"Id": "AWS::::Account:222222222222"}, ""),
    ],
)
def test_the_resources_own_region_comes_first(resource: dict[str, str], expected: str) -> None:
    assert expected == resource_region({"Resources": [resource]})


def test_a_finding_lives_in_the_region_of_its_product() -> None:
    product = "arn:aws:securityhub:ap-southeast-7::product/aws/securityhub"

    assert "ap-southeast-7" == hub_region({"ProductArn": product})
    assert "" == hub_region({"ProductArn": "arn:aws:securityhub"})


def test_a_finding_whose_parts_agree_passes(finding: Finding) -> None:
    require_agreement(project(finding()), "aws")


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
def test_findings_of_every_partition_pass_in_their_own(finding: Finding, partition: str) -> None:
    text = json.dumps(project(finding())).replace("arn:aws:", f"arn:{partition}:")

    require_agreement(json.loads(text), partition)


OTHER = "333333333333"


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"AwsAccountId": "2222"}, "AwsAccountId"),
        ({"AwsAccountId": "\uff12" * 12}, "AwsAccountId"),
        ({"AwsAccountId": OTHER}, "Id"),
        ({"Id": "arn:aws:securityhub:eu-west-1:222222222222:security-control/EC2.2/finding/1\n"}, "Id"),
        ({"Id": "arn:aws-cn:securityhub:eu-west-1:222222222222:security-control/EC2.2/finding/1"}, "Id"),
        ({"Id": "arn:aws:guardduty:eu-west-1:222222222222:detector/1/finding/1"}, "Id"),
        ({"ProductArn": "arn:aws:securityhub:eu-west-1::product/aws/guardduty"}, "ProductArn"),
        ({"ProductArn": "arn:aws:securityhub:eu-west-1:222222222222:product/222222222222/default"}, "ProductArn"),
        ({"ProductArn": 1}, "ProductArn"),
        ({"Resources": []}, "Resources[0].Id"),
        ({"Resources": [{"Id": f"arn:aws:ec2:eu-west-1:{OTHER}:security-group/sg-1"}]}, "Resources[0].Id"),
        ({"Resources": [{"Id": f"AWS::::Account:{OTHER}", "Region": "eu-west-1"}]}, "Resources[0].Id"),
        ({"Resources": [{"Id": "arn:aws-cn:s3:::bucket", "Region": "eu-west-1"}]}, "Resources[0].Id"),
        ({"Resources": [{"Id": "arn:aws:s3:::bucket"}]}, "Resources[0].Region"),
        ({"Resources": [{"Id": "arn:aws:s3:::bucket", "Region": "global"}]}, "Resources[0].Region"),
        ({"Resources": [{"Id": "arn:aws:s3:::bucket\n", "Region": "eu-west-1"}]}, "Resources[0].Id"),
    ],
)
def test_parts_that_do_not_agree_are_named(finding: Finding, parts: dict[str, Any], field: str) -> None:
    with pytest.raises(Decided) as caught:
        require_agreement(project(finding(**parts)), "aws")

    assert Outcome.INVALID_FINDING == caught.value.outcome
    assert caught.value.message.startswith(f"{field} ")
