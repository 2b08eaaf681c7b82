"""What EventBridge does with a target: the input that it makes for it, and the call.

Source: EventBridge User Guide, "Input transformation" and "Sending events between accounts and Regions".
"""

from __future__ import annotations

import json
import re
import uuid
from contextvars import ContextVar
from typing import Any, TypeAlias

import boto3
from moto.events.models import Rule

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.errors import NotSimulated
from asr_templates.simulator.aws.queues import queue_url

JSON: TypeAlias = Any
Event: TypeAlias = dict[str, JSON]
Target: TypeAlias = dict[str, JSON]

SERVICE = "events.amazonaws.com"

forwarded: ContextVar[Event | None] = ContextVar("forwarded", default=None)
"""The event that a bus is forwarding to another one just now: it keeps its id, account, region, time and source."""


def call(rule: Rule, target: Target, event: Event) -> None:
    """Give an event to a target, under its RoleArn or as EventBridge itself. Raises botocore's ClientError."""
    _, _, service, region, _, _ = target["Arn"].split(":", 5)
    account = rule.created_by
    if "RoleArn" in target:
        context = {"aws:SourceAccount": account, "aws:SourceArn": rule.arn}
        session = identity.role_session(target["RoleArn"], SERVICE, context)
    else:
        session = identity.service(SERVICE, account, rule.arn)
    CALLS[service](session, region, rule, target, event)


def _call_queue(session: boto3.Session, region: str, rule: Rule, target: Target, event: Event) -> None:
    group = {"MessageGroupId": target["SqsParameters"]["MessageGroupId"]} if "SqsParameters" in target else {}
    message = json.dumps(_input(rule, target, event))
    session.client("sqs", region_name=region).send_message(
        QueueUrl=queue_url(target["Arn"]), MessageBody=message, **group
    )


def _call_function(session: boto3.Session, region: str, rule: Rule, target: Target, event: Event) -> None:
    payload = json.dumps(_input(rule, target, event)).encode()
    session.client("lambda", region_name=region).invoke(
        FunctionName=target["Arn"], InvocationType="Event", Payload=payload
    )


def _call_topic(session: boto3.Session, region: str, rule: Rule, target: Target, event: Event) -> None:
    message = json.dumps(_input(rule, target, event))
    session.client("sns", region_name=region).publish(TopicArn=target["Arn"], Message=message)


def _call_state_machine(session: boto3.Session, region: str, rule: Rule, target: Target, event: Event) -> None:
    session.client("stepfunctions", region_name=region).start_execution(
        stateMachineArn=target["Arn"], name=str(uuid.uuid4()), input=json.dumps(_input(rule, target, event))
    )


def _call_bus(session: boto3.Session, region: str, rule: Rule, target: Target, event: Event) -> None:
    """Forward an event as it is: its id, account, region and time stay those of its origin."""
    entry = {
        "EventBusName": target["Arn"],
        "Source": event["source"],
        "DetailType": event["detail-type"],
        "Detail": json.dumps(event["detail"]),
        "Resources": event["resources"],
    }
    token = forwarded.set(event)
    try:
        session.client("events", region_name=region).put_events(Entries=[entry])
    finally:
        forwarded.reset(token)


CALLS = {
    "sqs": _call_queue,
    "lambda": _call_function,
    "sns": _call_topic,
    "states": _call_state_machine,
    "events": _call_bus,
}


def _input(rule: Rule, target: Target, event: Event) -> JSON:
    """What a target gets: the event, or what Input, InputPath or InputTransformer make of it."""
    if "Input" in target:
        return json.loads(target["Input"])
    if "InputPath" in target:
        return _select(target["InputPath"], event)
    if "InputTransformer" in target:
        return _transformed(rule, target["InputTransformer"], event)
    return event


def _transformed(rule: Rule, transformer: dict[str, JSON], event: Event) -> JSON:
    values: dict[str, JSON] = {
        name: _select(path, event) for name, path in transformer.get("InputPathsMap", {}).items()
    }
    values |= {
        "aws.events.rule-arn": rule.arn,
        "aws.events.rule-name": rule.name,
        "aws.events.event.ingestion-time": event["time"],
        "aws.events.event.json": event,
        "aws.events.event": {name: value for name, value in event.items() if name != "detail"},
    }
    template: str = transformer["InputTemplate"]

    def replaced(found: re.Match[str]) -> str:
        if found[1] not in values:
            return found[0]
        value = values[found[1]]
        is_quoted = template[: found.start()].count('"') % 2 == 1
        text = "" if value is None and is_quoted else json.dumps(value)
        return text[1:-1] if is_quoted and isinstance(value, str) else text

    text = re.sub(r"<([\w.\-]+)>", replaced, template)
    try:
        return json.loads(text)
    except ValueError:
        return text


def _select(path: str, event: Event) -> JSON:
    """The value at a JSON path of names and indexes; None if there is none."""
    if not re.fullmatch(r"\$(\.[\w\-]+|\[\d+\])*", path):
        raise NotSimulated("EventBridge input", f"the path {path}")
    value: JSON = event
    for name, index in re.findall(r"\.([\w\-]+)|\[(\d+)\]", path):
        if name:
            value = value.get(name) if isinstance(value, dict) else None
        else:
            value = value[int(index)] if isinstance(value, list) and int(index) < len(value) else None
    return value
