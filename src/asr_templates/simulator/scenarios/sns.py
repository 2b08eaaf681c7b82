"""Broken resources of Amazon SNS."""

import uuid
from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario


def plain_topic(place: Place) -> str:
    """A topic with nothing but a display name, which must stay."""
    name = f"orders-{uuid.uuid4().hex[:8]}"
    attributes = {"DisplayName": "Orders"}
    tags = [{"Key": "team", "Value": "web"}]
    return str(place.client("sns").create_topic(Name=name, Attributes=attributes, Tags=tags)["TopicArn"])


def described(place: Place, resource_id: str) -> dict[str, Any]:
    """Return all attributes of a topic."""
    return dict(place.client("sns").get_topic_attributes(TopicArn=resource_id)["Attributes"])


def is_encrypted(place: Place, resource_id: str) -> bool:
    """The topic has a key."""
    return bool(described(place, resource_id).get("KmsMasterKeyId"))


def set_attribute(place: Place, resource_id: str, name: str, value: str) -> None:
    """Set one attribute of a topic."""
    place.client("sns").set_topic_attributes(TopicArn=resource_id, AttributeName=name, AttributeValue=value)


def stop_encrypting(place: Place, resource_id: str) -> None:
    """Someone takes the key away again."""
    set_attribute(place, resource_id, "KmsMasterKeyId", "")


def half_logged_topic(place: Place) -> str:
    """A topic that logs what SQS refuses, under a role of its own, and nothing else."""
    topic = plain_topic(place)
    role = f"arn:{place.partition}:iam::{place.account}:role/topic-logs"
    set_attribute(place, topic, "SQSFailureFeedbackRoleArn", role)
    return topic


def logs_deliveries(place: Place, resource_id: str) -> bool:
    """Each kind of endpoint is logged, and SQS under the role that was there; the other role is SNS's."""
    attributes = described(place, resource_id)
    roles = {name: value for name, value in attributes.items() if name.endswith("FeedbackRoleArn")}
    if not roles.pop("SQSFailureFeedbackRoleArn", "").endswith("role/topic-logs") or len(set(roles.values())) != 1:
        return False
    role = place.client("iam").get_role(RoleName=roles["HTTPFailureFeedbackRoleArn"].rsplit("/", 1)[1])["Role"]
    [trusting] = role["AssumeRolePolicyDocument"]["Statement"]
    return len(roles) == 9 and trusting["Principal"] == {"Service": "sns.amazonaws.com"}


def described_with_roles(place: Place, resource_id: str) -> dict[str, Any]:
    """Return all attributes of a topic, and the roles of the account that exist for it."""
    iam = place.client("iam")
    names = [role["RoleName"] for page in iam.get_paginator("list_roles").paginate() for role in page["Roles"]]
    mine = {"Key": "ASR", "Value": resource_id.rsplit(":", 1)[1]}
    roles = [name for name in names if mine in iam.list_role_tags(RoleName=name)["Tags"]]
    return {**described(place, resource_id), "roles": roles}


def stop_logging(place: Place, resource_id: str) -> None:
    """Someone switches the logs of one kind of endpoint off again."""
    set_attribute(place, resource_id, "LambdaFailureFeedbackRoleArn", "")


SCENARIOS = {
    "SNS.1": Scenario(plain_topic, is_encrypted, described, stop_encrypting),
    "SNS.2": Scenario(half_logged_topic, logs_deliveries, described_with_roles, stop_logging),
}
