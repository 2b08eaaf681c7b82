"""ConfigureSNSTopicForStack: only whom a stack notifies is changed. Moto's UpdateStack passes over notifications, so
the stack is what CloudFormation says of one; the topic is moto's."""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from asr_templates.embedded.runner import run
from asr_templates.loading import OWN_RUNBOOKS, package_folder

RUNBOOK = "ConfigureSNSTopicForStack"
PLACE = {"AccountId": "123456789012", "Region": "us-east-1", "Partition": "aws"}
ARN = "arn:aws:cloudformation:us-east-1:123456789012:stack/shop/01234567-89ab-cdef-0123-456789abcdef"
TOPIC = "arn:aws:sns:us-east-1:123456789012:ASR-CloudFormationNotifications"
STACK = {
    "StackName": "shop",
    "StackStatus": "CREATE_COMPLETE",
    "Parameters": [{"ParameterKey": "Password", "ParameterValue": "****"}],
    "Capabilities": ["CAPABILITY_NAMED_IAM"],
    "NotificationARNs": [],
}


class Stack:
    """A stack whose updates are done at once."""

    exceptions = SimpleNamespace(ClientError=ClientError)

    def __init__(self, transforms: list[str], **properties: Any) -> None:
        self.transforms, self.properties = transforms, {**STACK, **properties}
        self.updates: list[Any] = []

    def describe_stacks(self, StackName: str) -> Any:
        if StackName != ARN:
            message = f"Stack with id {StackName} does not exist"
            raise ClientError({"Error": {"Code": "ValidationError", "Message": message}}, "DescribeStacks")
        return {"Stacks": [self.properties]}

    def get_template_summary(self, StackName: str) -> Any:
        return {"DeclaredTransforms": self.transforms} if self.transforms else {}

    def update_stack(self, **parameters: Any) -> Any:
        self.updates.append(parameters)
        self.properties["NotificationARNs"] = parameters["NotificationARNs"]
        return {"StackId": ARN}


Remediate = Callable[..., Any]


@pytest.fixture
def remediate(account: str) -> Remediate:
    """remediate(stack, mode, ...): the plan on this stack."""
    plan = runpy.run_path(str(package_folder(OWN_RUNBOOKS) / f"{RUNBOOK}.py"))["plan"]

    def on_stack(stack: Stack, mode: str = "Apply", arn: str = ARN, record: str = "") -> Any:
        clients = {"cloudformation": stack, "sns": boto3.client("sns")}
        event = {**PLACE, "StackArn": arn, "Mode": mode, "Record": record}
        return run(plan, event, clients.__getitem__, sleep=lambda seconds: None)

    return on_stack


def test_stack_notifies_a_topic_and_everything_else_is_as_before(remediate: Remediate) -> None:
    stack = Stack([])
    output = remediate(stack)

    expected = {
        "StackName": ARN,
        "UsePreviousTemplate": True,
        "Parameters": [{"ParameterKey": "Password", "UsePreviousValue": True}],
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        "NotificationARNs": [TOPIC],
    }
    assert ("Success", [expected]) == (output["Status"], stack.updates), output["Message"]
    assert "NoChange" == remediate(stack)["Status"]


def test_topic_lets_nobody_outside_of_the_account_publish(remediate: Remediate) -> None:
    remediate(Stack([]))
    attributes = boto3.client("sns").get_topic_attributes(TopicArn=TOPIC)["Attributes"]

    [statement] = json.loads(attributes["Policy"])["Statement"]
    assert {"AWS": "arn:aws:iam::123456789012:root"} == statement["Principal"]


def test_second_stack_notifies_the_same_topic(remediate: Remediate) -> None:
    remediate(Stack([]))
    output = remediate(Stack([]))

    assert ["update_stack"] == [change["operation"] for change in output["Changes"]]


def test_undo_leaves_the_topic_to_other_stacks(remediate: Remediate, packed: Callable[[Any], str]) -> None:
    stack = Stack([])
    undone = remediate(stack, "Undo", record=packed(remediate(stack)))

    assert ("Undone", []) == (undone["Status"], stack.properties["NotificationARNs"])
    assert [{"TopicArn": TOPIC}] == boto3.client("sns").list_topics()["Topics"]


def test_stack_that_notifies_somebody_is_left_alone(remediate: Remediate) -> None:
    stack = Stack([], NotificationARNs=["arn:aws:sns:us-east-1:123456789012:theirs"])

    assert ("NoChange", []) == (remediate(stack)["Status"], stack.updates)


def test_stack_that_is_being_updated_is_waited_for(remediate: Remediate) -> None:
    stack = Stack([], StackStatus="UPDATE_IN_PROGRESS")
    output = remediate(stack)

    assert ("Success", "already under way", []) == (output["Status"], output["Message"], stack.updates)


@pytest.mark.parametrize(
    ("properties", "transforms", "expected"),
    [
        (
            {"StackStatus": "ROLLBACK_COMPLETE"},
            [],
            "the stack is ROLLBACK_COMPLETE, which an update cannot start from",
        ),
        ({"ParentId": ARN}, [], "a nested stack: set the notifications of its root stack"),
        ({"StackName": "StackSet-shop-1"}, [], "the stack belongs to a stack set: it is updated from there"),
        (
            {},
            ["AWS::Serverless-2016-10-31"],
            "its template uses AWS::Serverless-2016-10-31, which an update would run again",
        ),
        (
            {"Parameters": [{"ParameterKey": "Image", "ParameterValue": "/ami", "ResolvedValue": "ami-1"}]},
            [],
            "its parameter Image would be read from Parameter Store again",
        ),
    ],
    ids=["failed", "nested", "stack set", "transform", "Parameter Store"],
)
def test_update_that_could_change_more_is_refused_with_the_reason(
    remediate: Remediate, properties: dict[str, Any], transforms: list[str], expected: str
) -> None:
    stack = Stack(transforms, **properties)
    output = remediate(stack)

    assert ("Refused", expected, []) == (output["Status"], output["Message"], stack.updates)


@pytest.mark.parametrize(
    ("arn", "status"), [("arn:gone", "CREATE_COMPLETE"), (ARN, "DELETE_COMPLETE")], ids=["unknown", "deleted"]
)
def test_stack_that_is_gone_is_no_change(remediate: Remediate, arn: str, status: str) -> None:
    output = remediate(Stack([], StackStatus=status), arn=arn)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
