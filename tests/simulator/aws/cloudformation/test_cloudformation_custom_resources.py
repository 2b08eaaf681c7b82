import json
from typing import Any

import pytest

from asr_templates.simulator.aws.errors import NotSimulated

TOKEN = "arn:aws:lambda:eu-west-1:111111111111:function:provider"
ANSWERING = """
import json
import urllib.request

def handler(event, context):
    answer = {{
        "Status": "SUCCESS",
        "PhysicalResourceId": "made",
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "Data": {{"Seen": json.dumps(event["ResourceProperties"], sort_keys=True), "Kind": event["ResourceType"]}},
        **{answer!r},
    }}
    body = json.dumps(answer).encode()
    urllib.request.urlopen(urllib.request.Request(event["ResponseURL"], data=body, method="PUT"))
"""
SILENT = "def handler(event, context):\n    return 'nothing'\n"
RAISING = "def handler(event, context):\n    raise ValueError('out of order')\n"


def stack_with(world: Any, source: str, **properties: Any) -> dict[str, Any]:
    """A template with a custom resource whose function has the given source."""
    role_arn = world.create_role("provider", "lambda.amazonaws.com")
    function = {"FunctionName": "provider", "Role": role_arn, "Code": {"ZipFile": source}}
    settings = {"Runtime": "python3.13", "Handler": "index.handler", "Timeout": 30}
    return {
        "Resources": {
            "Function": {"Type": "AWS::Lambda::Function", "Properties": {**function, **settings}},
            "Thing": {
                "Type": "Custom::Thing",
                "Properties": {"ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]}, **properties},
            },
        },
        "Outputs": {
            "Id": {"Value": {"Ref": "Thing"}},
            "Seen": {"Value": {"Fn::GetAtt": ["Thing", "Seen"]}},
            "Kind": {"Value": {"Fn::GetAtt": "Thing.Kind"}},
        },
    }


def test_a_custom_resource_is_what_its_function_answers_and_receives_texts(world: Any) -> None:
    template = stack_with(
        world, ANSWERING.format(answer={}), Count=3, On=True, List=[1, {"a": False}], ServiceTimeout=60
    )

    outputs = world.create(template).outputs

    assert (outputs["Id"], outputs["Kind"]) == ("made", "Custom::Thing")
    assert json.loads(outputs["Seen"]) == {
        "Count": "3",
        "On": "true",
        "List": ["1", {"a": "false"}],
        "ServiceToken": TOKEN,
    }


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (
            ANSWERING.format(answer={"Status": "FAILED", "Reason": "turn on Security Hub first"}),
            "Received response status [FAILED] from custom resource. Message returned: turn on Security Hub first",
        ),
        (ANSWERING.format(answer={"PhysicalResourceId": None}), "Invalid PhysicalResourceId: None"),
        (ANSWERING.format(answer={"Status": "DONE"}), "Invalid response: Status is 'DONE', must be SUCCESS or FAILED"),
        (ANSWERING.format(answer={"RequestId": "x"}), "Invalid response: RequestId is 'x', expected "),
        (ANSWERING.format(answer={"Data": {"Big": "x" * 4096}}), "Response object is too long: "),
        (SILENT, f'function {TOKEN} returned without an answer to its ResponseURL (no error: "nothing")'),
        (RAISING, f"function {TOKEN} returned without an answer to its ResponseURL (Unhandled: "),
    ],
)
def test_an_answer_that_is_not_a_success_fails_the_stack(world: Any, source: str, reason: str) -> None:
    failure = world.failure(stack_with(world, source))

    assert str(failure).startswith(f"root/Thing: (Custom::Thing) {reason}")


def test_an_attribute_that_was_not_answered_fails_the_stack(world: Any) -> None:
    failure = world.failure(stack_with(world, ANSWERING.format(answer={"Data": {"Seen": "x"}})))

    assert (
        str(failure) == "root: CustomResource attribute error: Vendor response doesn't contain Kind attribute of Thing"
    )


def test_a_custom_resource_of_another_service_is_not_simulated(world: Any) -> None:
    thing = {
        "Type": "AWS::CloudFormation::CustomResource",
        "Properties": {"ServiceToken": "arn:aws:sns:eu-west-1:111111111111:topic"},
    }

    with pytest.raises(NotSimulated, match="root/Thing: a custom resource with ServiceToken arn:aws:sns"):
        world.create_resources(Thing=thing)


def test_a_function_of_another_region_is_refused(world: Any) -> None:
    thing = {"Type": "Custom::Thing", "Properties": {"ServiceToken": TOKEN.replace("eu-west-1", "us-east-1")}}

    assert "ServiceToken must be in the stack's region, eu-west-1" in world.resource_failure(Thing=thing)
