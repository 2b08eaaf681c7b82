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


SCENARIOS = {"SNS.1": Scenario(plain_topic, is_encrypted, described, stop_encrypting)}
