"""SQS: queues and their policies."""

import json
from collections.abc import Mapping
from typing import Any

from asr_templates.simulator.aws.cloudformation.creation import Creation
from asr_templates.simulator.aws.cloudformation.failures import Refused
from asr_templates.simulator.aws.cloudformation.parameters import text_of
from asr_templates.simulator.aws.cloudformation.principals import unknown_principals
from asr_templates.simulator.aws.cloudformation.resources.handler import (
    Handler,
    Properties,
    document_content,
    document_text,
    handler,
    refuse_existing,
    tag_map,
)
from asr_templates.simulator.aws.cloudformation.stack import Created

ATTRIBUTES = (
    "DelaySeconds MaximumMessageSize MessageRetentionPeriod ReceiveMessageWaitTimeSeconds VisibilityTimeout "
    "KmsMasterKeyId KmsDataKeyReusePeriodSeconds SqsManagedSseEnabled RedrivePolicy RedriveAllowPolicy FifoQueue "
    "ContentBasedDeduplication DeduplicationScope FifoThroughputLimit"
)


def _create_queue(creation: Creation, properties: Properties) -> Created:
    is_fifo = properties.get("FifoQueue", False)
    suffix = ".fifo" if is_fifo else ""
    name = properties.get("QueueName") or creation.generated_name(80 - len(suffix)) + suffix
    if properties.get("SqsManagedSseEnabled") and "KmsMasterKeyId" in properties:
        raise Refused(
            "You can use one type of server-side encryption (SSE) at one time: SqsManagedSseEnabled or KmsMasterKeyId."
        )
    attributes = {
        attribute: _text(properties[attribute]) for attribute in ATTRIBUTES.split() if attribute in properties
    }
    if not is_fifo:
        attributes.pop("FifoQueue", None)
    sqs = creation.clients("sqs")
    refuse_existing(creation, name, _exists(sqs, name))
    url = sqs.create_queue(QueueName=name, Attributes=attributes, tags=tag_map(properties.get("Tags", [])))["QueueUrl"]
    return Created(url, {"Arn": creation.arn("sqs", name), "QueueName": name, "QueueUrl": url})


def _exists(sqs: Any, name: str) -> bool:
    try:
        sqs.get_queue_url(QueueName=name)
    except sqs.exceptions.QueueDoesNotExist:
        return False
    return True


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, dict) else text_of(value)


def _create_queue_policy(creation: Creation, properties: Properties) -> Created:
    for principal in unknown_principals(document_content(properties["PolicyDocument"], "PolicyDocument"), creation):
        raise Refused(
            f"Invalid value for the parameter Policy: there is no principal {principal} "
            "(Service: Sqs, Error Code: InvalidAttributeValue)"
        )
    for url in properties["Queues"]:
        creation.clients("sqs").set_queue_attributes(
            QueueUrl=url, Attributes={"Policy": document_text(properties["PolicyDocument"])}
        )
    return Created(creation.generated_name(), {"Id": creation.generated_name()})


HANDLERS: Mapping[str, Handler] = {
    "AWS::SQS::Queue": handler(_create_queue, f"QueueName Tags {ATTRIBUTES}"),
    "AWS::SQS::QueuePolicy": handler(_create_queue_policy, "PolicyDocument Queues"),
}
