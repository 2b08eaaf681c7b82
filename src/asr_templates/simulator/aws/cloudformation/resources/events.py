"""EventBridge: rules with their targets, buses and their policies."""

import json
from collections.abc import Mapping
from typing import Any

from asr_templates.simulator.aws.cloudformation.creation import Creation
from asr_templates.simulator.aws.cloudformation.failures import Refused
from asr_templates.simulator.aws.cloudformation.principals import service_can_assume, unknown_principals
from asr_templates.simulator.aws.cloudformation.resources.handler import (
    Handler,
    Properties,
    document_content,
    document_text,
    given,
    handler,
    refuse_existing,
)
from asr_templates.simulator.aws.cloudformation.stack import Created

MAXIMUM_TARGETS = 5


def _create_rule(creation: Creation, properties: Properties) -> Created:
    events = creation.clients("events")
    name = properties.get("Name") or creation.generated_name()
    bus = properties.get("EventBusName", "default")
    bus_name = bus.rsplit("/", 1)[-1]
    targets = properties.get("Targets", [])
    if len(targets) > MAXIMUM_TARGETS:
        raise Refused(f"The requested resource exceeds the maximum number allowed: {MAXIMUM_TARGETS} targets per rule")
    path = name if bus_name == "default" else f"{bus_name}/{name}"
    arn = creation.arn("events", f"rule/{path}")
    for role_arn in [properties.get("RoleArn"), *(target.get("RoleArn") for target in targets)]:
        if role_arn is not None and not service_can_assume(role_arn, "events.amazonaws.com", arn, creation):
            raise Refused(
                f"Provided role '{role_arn}' cannot be assumed by principal 'events.amazonaws.com'. "
                "(Service: EventBridge, Error Code: ValidationException)"
            )
    existing = events.list_rules(NamePrefix=name, EventBusName=bus)["Rules"]
    refuse_existing(creation, arn, any(rule["Name"] == name for rule in existing))
    settings = given(properties, "Description State RoleArn ScheduleExpression Tags")
    if "EventPattern" in properties:
        settings["EventPattern"] = document_text(properties["EventPattern"])
    events.put_rule(Name=name, EventBusName=bus, **settings)
    if targets:
        answer = events.put_targets(Rule=name, EventBusName=bus, Targets=targets)
        for failed in answer["FailedEntries"]:
            raise Refused(f"Target {failed['TargetId']} was refused: {failed['ErrorCode']} {failed['ErrorMessage']}")
    identifier = name if bus_name == "default" else f"{bus_name}|{name}"
    return Created(identifier, {"Arn": arn, "RuleName": name})


def _create_bus(creation: Creation, properties: Properties) -> Created:
    events = creation.clients("events")
    name = properties["Name"]
    events.create_event_bus(Name=name, **given(properties, "Description KmsKeyIdentifier DeadLetterConfig Tags"))
    if "Policy" in properties:
        _put_policy(creation, name, document_content(properties["Policy"], "Policy"))
    arn = creation.arn("events", f"event-bus/{name}")
    return Created(name, {"Arn": arn, "Name": name})


def _create_bus_policy(creation: Creation, properties: Properties) -> Created:
    """Add one statement to a bus's policy; a statement of the same id is replaced."""
    events = creation.clients("events")
    bus = properties.get("EventBusName", "default")
    statement_id = properties["StatementId"]
    if "Statement" not in properties:
        raise Refused("Statement is required: Action, Principal and Condition of an EventBusPolicy are deprecated")
    statement = {**document_content(properties["Statement"], "Statement"), "Sid": statement_id}
    stored = events.describe_event_bus(Name=bus).get("Policy")
    policy: dict[str, Any] = json.loads(stored) if stored else {"Version": "2012-10-17", "Statement": []}
    others = [one for one in policy["Statement"] if one.get("Sid") != statement_id]
    _put_policy(creation, bus, {**policy, "Statement": [*others, statement]})
    return Created(f"{bus}|{statement_id}", {})


def _put_policy(creation: Creation, bus: str, policy: Mapping[str, Any]) -> None:
    for principal in unknown_principals(policy, creation):
        raise Refused(
            f"Invalid principal in policy: {principal} (Service: EventBridge, Error Code: InvalidParameterException)"
        )
    creation.clients("events").put_permission(EventBusName=bus, Policy=json.dumps(policy))


HANDLERS: Mapping[str, Handler] = {
    "AWS::Events::Rule": handler(
        _create_rule, "Name EventBusName Description State RoleArn ScheduleExpression EventPattern Targets Tags"
    ),
    "AWS::Events::EventBus": handler(_create_bus, "Name Description KmsKeyIdentifier DeadLetterConfig Policy Tags"),
    "AWS::Events::EventBusPolicy": handler(_create_bus_policy, "EventBusName StatementId Statement"),
}
