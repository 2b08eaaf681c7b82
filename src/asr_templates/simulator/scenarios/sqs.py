"""Broken resources of Amazon SQS."""

import uuid
from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario


def queue_url(place: Place, resource_id: str) -> str:
    """Return the URL of a queue by its ARN."""
    return str(place.client("sqs").get_queue_url(QueueName=resource_id.rsplit(":", 1)[1])["QueueUrl"])


def plain_queue(place: Place) -> str:
    """A queue without encryption, with settings that must stay."""
    name = f"orders-{uuid.uuid4().hex[:8]}"
    attributes = {"SqsManagedSseEnabled": "false", "VisibilityTimeout": "90"}
    place.client("sqs").create_queue(QueueName=name, Attributes=attributes, tags={"team": "web"})
    return place.arn("sqs", name)


def described(place: Place, resource_id: str) -> dict[str, Any]:
    """Return all attributes of a queue, but for when it was changed."""
    url = queue_url(place, resource_id)
    attributes = place.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return {name: value for name, value in attributes.items() if name != "LastModifiedTimestamp"}


def is_encrypted(place: Place, resource_id: str) -> bool:
    """The queue has a key, of SQS or of KMS."""
    attributes = described(place, resource_id)
    return attributes["SqsManagedSseEnabled"] == "true" or bool(attributes.get("KmsMasterKeyId"))


def stop_encrypting(place: Place, resource_id: str) -> None:
    """Someone switches encryption off again."""
    off = {"SqsManagedSseEnabled": "false"}
    place.client("sqs").set_queue_attributes(QueueUrl=queue_url(place, resource_id), Attributes=off)


SCENARIOS = {"SQS.1": Scenario(plain_queue, is_encrypted, described, stop_encrypting)}
