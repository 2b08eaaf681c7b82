"""SNS: topics, their policies, and subscriptions."""

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
)
from asr_templates.simulator.aws.cloudformation.stack import Created

TOPIC_ATTRIBUTES: Mapping[str, str] = {
    "DisplayName": "DisplayName",
    "KmsMasterKeyId": "KmsMasterKeyId",
    "FifoTopic": "FifoTopic",
    "ContentBasedDeduplication": "ContentBasedDeduplication",
    "SignatureVersion": "SignatureVersion",
    "TracingConfig": "TracingConfig",
}
SUBSCRIPTION_ATTRIBUTES = (
    "RawMessageDelivery FilterPolicy FilterPolicyScope RedrivePolicy DeliveryPolicy SubscriptionRoleArn"
)


def _create_topic(creation: Creation, properties: Properties) -> Created:
    suffix = ".fifo" if properties.get("FifoTopic") else ""
    name = properties.get("TopicName") or creation.generated_name(256 - len(suffix)) + suffix
    sns = creation.clients("sns")
    arn = creation.arn("sns", name)
    refuse_existing(creation, arn, _exists(sns, arn))
    attributes = {api: text_of(properties[own]) for own, api in TOPIC_ATTRIBUTES.items() if own in properties}
    sns.create_topic(Name=name, Attributes=attributes, Tags=properties.get("Tags", []))
    for subscription in properties.get("Subscription", []):
        sns.subscribe(TopicArn=arn, Protocol=subscription["Protocol"], Endpoint=subscription["Endpoint"])
    return Created(arn, {"TopicName": name, "TopicArn": arn})


def _exists(sns: Any, arn: str) -> bool:
    try:
        sns.get_topic_attributes(TopicArn=arn)
    except sns.exceptions.NotFoundException:
        return False
    return True


def _create_topic_policy(creation: Creation, properties: Properties) -> Created:
    for principal in unknown_principals(document_content(properties["PolicyDocument"], "PolicyDocument"), creation):
        raise Refused(
            f"Invalid parameter: Policy Error: PrincipalNotFound: {principal} "
            "(Service: Sns, Error Code: InvalidParameter)"
        )
    for arn in properties["Topics"]:
        creation.clients("sns").set_topic_attributes(
            TopicArn=arn, AttributeName="Policy", AttributeValue=document_text(properties["PolicyDocument"])
        )
    return Created(creation.generated_name(), {"Id": creation.generated_name()})


def _create_subscription(creation: Creation, properties: Properties) -> Created:
    attributes = {
        name: json.dumps(properties[name]) if isinstance(properties[name], dict) else text_of(properties[name])
        for name in SUBSCRIPTION_ATTRIBUTES.split()
        if name in properties
    }
    endpoint = {"Endpoint": properties["Endpoint"]} if "Endpoint" in properties else {}
    arn = creation.clients("sns").subscribe(
        TopicArn=properties["TopicArn"],
        Protocol=properties["Protocol"],
        Attributes=attributes,
        ReturnSubscriptionArn=True,
        **endpoint,
    )["SubscriptionArn"]
    return Created(arn, {"Arn": arn})


HANDLERS: Mapping[str, Handler] = {
    "AWS::SNS::Topic": handler(_create_topic, f"TopicName Tags Subscription {' '.join(TOPIC_ATTRIBUTES)}"),
    "AWS::SNS::TopicPolicy": handler(_create_topic_policy, "PolicyDocument Topics"),
    "AWS::SNS::Subscription": handler(_create_subscription, f"TopicArn Protocol Endpoint {SUBSCRIPTION_ATTRIBUTES}"),
}
