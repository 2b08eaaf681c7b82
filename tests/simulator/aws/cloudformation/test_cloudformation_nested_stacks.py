import json
from typing import Any

import pytest

from asr_templates.simulator.aws.cloudformation.failures import TemplateError
from asr_templates.simulator.aws.cloudformation.template_urls import template_object

HANDLE = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
BUCKET = "templates-eu-west-1"
URL = f"https://{BUCKET}.s3.eu-west-1.amazonaws.com/v1/child.template"
CHILD = {
    "Parameters": {"Name": {"Type": "String"}, "Size": {"Type": "Number", "Default": 1}},
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "Name"}}}},
    "Outputs": {"Arn": {"Value": {"Ref": "Topic"}}},
}


@pytest.fixture
def nesting(world: Any) -> Any:
    """A world with the child template in S3."""
    s3 = world.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket=BUCKET, Key="v1/child.template", Body=json.dumps(CHILD).encode())
    return world


def nested(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": URL, **properties}}


def test_a_nested_stack_takes_parameters_and_gives_outputs(nesting: Any) -> None:
    stack = nesting.create(
        {
            "Resources": {"Child": nested(Parameters={"Name": "inner", "Size": 2})},
            "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Child", "Outputs.Arn"]}}, "Id": {"Value": {"Ref": "Child"}}},
        }
    )
    child = stack.children["Child"]

    assert {"Arn": "arn:aws:sns:eu-west-1:111111111111:inner", "Id": child.id} == stack.outputs
    assert child.path == "root/Child"
    assert child.name.startswith("root-Child-")
    assert (stack.status, child.status) == ("CREATE_COMPLETE", "CREATE_COMPLETE")


def test_a_failure_in_a_nested_stack_names_the_whole_path(nesting: Any) -> None:
    nesting.create_resources(Other={"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "taken"}})

    failure = nesting.failure({"Resources": {"Child": nested(Parameters={"Name": "taken"})}})

    assert (
        str(failure) == "root/Child/Topic: (AWS::SNS::Topic) Resource of type 'AWS::SNS::Topic' with identifier "
        "'arn:aws:sns:eu-west-1:111111111111:taken' already exists (Status Code: 400, Error Code: AlreadyExists)"
    )
    assert (failure.stack.path, failure.logical_id, failure.stack.status) == ("root/Child", "Topic", "CREATE_FAILED")


def test_what_was_created_before_a_failure_stays(world: Any) -> None:
    failure = world.failure(
        {
            "Resources": {
                "First": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "first"}},
                "Second": {"Type": "AWS::SQS::Queue", "Properties": {"Nmae": "x"}, "DependsOn": "First"},
            }
        }
    )

    assert [group["logGroupName"] for group in world.client("logs").describe_log_groups()["logGroups"]] == ["first"]
    assert list(failure.stack.resources) == ["First"]
    assert failure.stack.events[-1].status == "CREATE_FAILED"


def test_a_stack_name_that_cloudformation_would_not_take_is_refused(world: Any) -> None:
    failure = world.failure({"Resources": {"Handle": HANDLE}}, name="1st")

    assert str(failure) == "1st: Stack name '1st' must match the pattern [a-zA-Z][-a-zA-Z0-9]{0,127}"


def test_a_stack_is_made_from_a_template_or_a_url_and_not_from_both(nesting: Any) -> None:
    with pytest.raises(ValueError, match="either a template or a template_url"):
        nesting.create({"Resources": {"Handle": HANDLE}}, url=URL)


def test_parameters_of_a_nested_stack_are_checked(nesting: Any) -> None:
    failure = nesting.failure({"Resources": {"Child": nested(Parameters={"Nmae": "inner"})}})

    assert str(failure) == "root/Child: Parameters: [Nmae] do not exist in the template"


def test_an_output_that_the_nested_stack_does_not_have_fails_the_stack(nesting: Any) -> None:
    failure = nesting.failure(
        {
            "Resources": {"Child": nested(Parameters={"Name": "inner"})},
            "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Child", "Outputs.Ern"]}}},
        }
    )

    assert str(failure) == "root: Output 'Ern' not found in stack root/Child"


def test_a_root_stack_can_be_launched_from_its_url(nesting: Any) -> None:
    stack = nesting.create(url=URL, parameters={"Name": "direct"})

    assert stack.outputs == {"Arn": "arn:aws:sns:eu-west-1:111111111111:direct"}


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (URL.replace("child", "nothing"), "S3 error: The specified key does not exist."),
        (URL.replace(BUCKET, "no-such-bucket"), "S3 error: The specified bucket does not exist"),
        (
            f"https://{BUCKET}.s3.us-west-2.amazonaws.com/v1/child.template",
            "S3 error: The bucket is in this region: eu-west-1.",
        ),
    ],
)
def test_a_template_that_s3_does_not_hand_out_fails_the_stack(nesting: Any, url: str, reason: str) -> None:
    assert str(nesting.failure(url=url)).startswith(f"root: {reason}")


@pytest.mark.parametrize(
    ("url", "suffix", "expected"),
    [
        ("https://b-1.s3.amazonaws.com/a/b.json", "amazonaws.com", ("b-1", "a/b.json", None, None)),
        ("https://b-1.s3.eu-west-1.amazonaws.com/a", "amazonaws.com", ("b-1", "a", "eu-west-1", None)),
        ("https://b-1.s3-eu-west-1.amazonaws.com/a", "amazonaws.com", ("b-1", "a", "eu-west-1", None)),
        ("https://s3.amazonaws.com/b-1/a/b", "amazonaws.com", ("b-1", "a/b", None, None)),
        ("https://s3.us-gov-west-1.amazonaws.com/b-1/a", "amazonaws.com", ("b-1", "a", "us-gov-west-1", None)),
        ("https://b-1.s3.dualstack.eu-west-1.amazonaws.com/a", "amazonaws.com", ("b-1", "a", "eu-west-1", None)),
        ("https://b.s3.cn-north-1.amazonaws.com.cn/a", "amazonaws.com.cn", None),
        ("https://b-1.s3.cn-north-1.amazonaws.com.cn/a%20b", "amazonaws.com.cn", ("b-1", "a b", "cn-north-1", None)),
        ("https://b-1.s3.amazonaws.com/a?versionId=7", "amazonaws.com", ("b-1", "a", None, "7")),
        ("http://b-1.s3.amazonaws.com/a", "amazonaws.com", None),
        ("https://b-1.s3.amazonaws.com/a", "amazonaws.com.cn", None),
        ("https://b-1.s3.amazonaws.com.cn/a", "amazonaws.com", None),
        ("https://example.com/b-1/a", "amazonaws.com", None),
        ("https://s3.amazonaws.com/b-1", "amazonaws.com", None),
        ("https://b-1.s3.amazonaws.com/", "amazonaws.com", None),
        ("s3://b-1/a", "amazonaws.com", None),
        ("a.template", "amazonaws.com", None),
    ],
)
def test_a_template_url_is_an_https_url_of_s3_in_the_partition(
    url: str, suffix: str, expected: tuple[str, str, str | None, str | None] | None
) -> None:
    if expected is None:
        with pytest.raises(TemplateError, match="TemplateURL must be a supported URL"):
            template_object(url, suffix)
    else:
        assert expected == template_object(url, suffix)
