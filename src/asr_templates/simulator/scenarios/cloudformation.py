"""Broken resources of AWS CloudFormation."""

import json
import uuid
from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario

OURS = "ASR-CloudFormationNotifications"
TEMPLATE = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Parameters": {"Team": {"Type": "String"}, "Stage": {"Type": "String", "Default": "test"}},
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Ref": "Team"}}}},
}


def silent_stack(place: Place) -> str:
    """A stack with parameters, tags and a role of its own, in a region where no topic for stacks was made yet."""
    place.client("sns").delete_topic(TopicArn=place.arn("sns", OURS))
    stack = place.client("cloudformation").create_stack(
        StackName=f"shop-{uuid.uuid4().hex[:8]}",
        TemplateBody=json.dumps(TEMPLATE),
        Parameters=[{"ParameterKey": "Team", "ParameterValue": "web"}],
        Tags=[{"Key": "team", "Value": "web"}],
    )
    return str(stack["StackId"])


def described(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the whole stack and its resources, but for that and when it was updated."""
    cloudformation = place.client("cloudformation")
    stack = cloudformation.describe_stacks(StackName=resource_id)["Stacks"][0]
    resources = cloudformation.describe_stack_resources(StackName=resource_id)["StackResources"]
    found = {name: value for name, value in stack.items() if name not in ("LastUpdatedTime", "StackStatus")}
    return {**found, "at rest": is_at_rest(stack), "resources": [each["PhysicalResourceId"] for each in resources]}


def is_at_rest(stack: dict[str, Any]) -> bool:
    """Return whether a stack was made or updated, and nothing is under way."""
    return stack["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE")


def notifies(place: Place, resource_id: str) -> bool:
    """The stack is at rest, notifies a topic that exists, and has its parameters still."""
    stack = described(place, resource_id)
    topics = [topic["TopicArn"] for topic in place.client("sns").list_topics()["Topics"]]
    values = {each["ParameterKey"]: each["ParameterValue"] for each in stack["Parameters"]}
    known = [arn for arn in stack["NotificationARNs"] if arn in topics]
    return len(known) == 1 and stack["at rest"] and values == {"Team": "web", "Stage": "test"}


def stop_notifying(place: Place, resource_id: str) -> None:
    """Someone takes the topic away from the stack again."""
    place.client("cloudformation").update_stack(
        StackName=resource_id,
        UsePreviousTemplate=True,
        Parameters=[{"ParameterKey": name, "UsePreviousValue": True} for name in ("Team", "Stage")],
        NotificationARNs=[],
    )


SCENARIOS = {"CloudFormation.1": Scenario(silent_stack, notifies, described, stop_notifying)}
