"""EventBridge: events, rules and their delivery to queues, functions, topics, state machines and other buses.

moto keeps buses, rules and targets; matching and delivery happen here, each delivery in a task of its own. A target is
called under its RoleArn or, without one, by the service principal, whose right is in the target's resource policy.
What cannot be delivered goes to the target's dead-letter queue and is in `EventBus.undelivered`.
Source: EventBridge User Guide ("Event retry policy", "Input transformation", "Sending and receiving between accounts").
"""

from __future__ import annotations

import datetime
import json
import re
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from botocore.exceptions import ClientError
from moto.events.exceptions import InvalidEventPatternException, ResourceNotFoundException, ValidationException
from moto.events.models import EventsBackend, Rule, events_backends

from asr_templates.simulator.aws import event_patterns, identity
from asr_templates.simulator.aws.access.trust import trusted
from asr_templates.simulator.aws.clock import Task, scheduler
from asr_templates.simulator.aws.errors import NotSimulated
from asr_templates.simulator.aws.event_targets import CALLS, JSON, SERVICE, Event, Target, call
from asr_templates.simulator.aws.event_targets import forwarded as being_forwarded
from asr_templates.simulator.aws.queues import queue_url

PATTERN_CHARACTERS = 2048
ENTRY_BYTES = 256 * 1024
RETRYABLE = re.compile(r"Throttl|TooManyRequests|Internal|ServiceUnavailable|RequestLimitExceeded")
RETRIES = 185
RETRY_HOURS = 24
RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
RATE_SECONDS = {"minute": 60.0, "hour": 3600.0, "day": 86400.0}
TARGET_KEYS = frozenset(
    {
        "Arn",
        "Id",
        "RoleArn",
        "Input",
        "InputPath",
        "InputTransformer",
        "SqsParameters",
        "DeadLetterConfig",
        "RetryPolicy",
    }
)


@dataclass(frozen=True)
class Received:
    """An event that arrived on a bus."""

    account: str
    region: str
    bus: str
    event: Event


@dataclass(frozen=True)
class Undelivered:
    """An event that a target did not get, and why."""

    rule: str
    """The rule's ARN."""
    target: str
    """The target's ARN."""
    event: Event
    reason: str


def envelope(
    source: str,
    detail_type: str,
    detail: JSON,
    account: str,
    region: str,
    resources: Sequence[str] = (),
    time: str | None = None,
) -> Event:
    """An event as rules see it; `time` (default now) is ISO 8601 in UTC, to the second."""
    now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": detail_type,
        "source": source,
        "account": account,
        "time": time or now,
        "region": region,
        "resources": list(resources),
        "detail": detail,
    }


class EventBus:
    """The event buses of all accounts and regions."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.undelivered: list[Undelivered] = []
        self._timers: dict[str, Task] = {}

    def put(self, account: str, region: str, event: Event, bus: str = "default") -> None:
        """Let an event of an AWS service, or a forwarded one, arrive; deliveries are tasks that begin later."""
        self.received.append(Received(account, region, bus, event))
        for rule in list(events_backends[account][region].event_buses[bus].rules.values()):
            pattern = rule.event_pattern.get_pattern()
            if rule.state != "DISABLED" and pattern and event_patterns.matches(pattern, event):
                self._send(rule, event)

    def _send(self, rule: Rule, event: Event) -> None:
        for target in list(rule.targets):
            scheduler.spawn(self._deliver, rule, target, event, name=f"rule {rule.name} to {target['Arn']}")

    def _deliver(self, rule: Rule, target: Target, event: Event) -> None:
        """Call a target; retry while that makes sense, then give the event to the dead-letter queue."""
        policy = target.get("RetryPolicy", {})
        retries = policy.get("MaximumRetryAttempts", RETRIES)
        age = policy.get("MaximumEventAgeInSeconds", RETRY_HOURS * 3600)
        waited = 0.0
        for attempt in range(retries + 1):
            try:
                call(rule, target, event)
                return
            except ClientError as error:
                failure = error
            pause = min(300.0, 2.0**attempt)
            if not RETRYABLE.search(failure.response["Error"]["Code"]) or waited + pause > age or attempt == retries:
                break
            scheduler.sleep(pause)
            waited += pause
        self.undelivered.append(Undelivered(rule.arn, target["Arn"], event, str(failure)))
        if "DeadLetterConfig" in target:
            self._bury(rule, target, event, failure)

    def _bury(self, rule: Rule, target: Target, event: Event, failure: ClientError) -> None:
        """Send an event to the target's dead-letter queue."""
        queue_arn = target["DeadLetterConfig"]["Arn"]
        values = {
            "RULE_ARN": rule.arn,
            "TARGET_ARN": target["Arn"],
            "ERROR_CODE": failure.response["Error"]["Code"],
            "ERROR_MESSAGE": failure.response["Error"]["Message"],
        }
        session = identity.service(SERVICE, rule.created_by, rule.arn)
        try:
            session.client("sqs", region_name=queue_arn.split(":")[3]).send_message(
                QueueUrl=queue_url(queue_arn),
                MessageBody=json.dumps(event),
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value or "-"} for name, value in values.items()
                },
            )
        except ClientError as error:
            self.undelivered.append(Undelivered(rule.arn, queue_arn, event, str(error)))

    def _tick(self, account: str, region: str, name: str) -> None:
        """A scheduled rule is due."""
        rule = events_backends[account][region].event_buses["default"].rules.get(name)
        if rule is not None and rule.state != "DISABLED":
            self._send(rule, envelope("aws.events", "Scheduled Event", {}, account, region, [rule.arn]))

    def _schedule(self, rule: Rule) -> None:
        """Start, or start anew, the timer of a rule with a rate."""
        timer = self._timers.pop(rule.arn, None)
        if timer is not None:
            timer.cancel()
        if rule.scheduled_expression:
            amount, unit = RATE.fullmatch(rule.scheduled_expression).groups()  # type: ignore[union-attr]
            account, region, name = rule.created_by, rule.region_name, rule.name
            self._timers[rule.arn] = scheduler.every(
                int(amount) * RATE_SECONDS[unit],
                lambda: self._tick(account, region, name),
                name=f"schedule of {rule.name}",
            )

    def _entered(self, backend: EventsBackend, entry: dict[str, JSON]) -> dict[str, str]:
        """One entry of PutEvents: its result as the API gives it."""
        forwarded = being_forwarded.get()
        account, region, bus = _address(entry.get("EventBusName") or "default", backend.account_id, backend.region_name)
        if bus not in events_backends[account][region].event_buses:
            raise ResourceNotFoundException(f"Event bus {bus} does not exist.")
        if forwarded is None:
            refusal = _refusal(entry)
            if refusal is not None:
                return refusal
        event = forwarded or envelope(
            entry["Source"],
            entry["DetailType"],
            json.loads(entry["Detail"]),
            backend.account_id,
            backend.region_name,
            entry.get("Resources", []),
            _iso(entry.get("Time")),
        )
        self.put(account, region, event, bus)
        return {"EventId": event["id"]}

    @contextmanager
    def installed(self) -> Iterator[EventBus]:
        """Match and deliver here instead of in moto."""
        put_rule, put_targets = EventsBackend.put_rule, EventsBackend.put_targets
        event_bus = self

        def put_events(self: EventsBackend, events: list[dict[str, JSON]]) -> list[dict[str, str]]:
            return [event_bus._entered(self, entry) for entry in events]

        def checked_put_rule(self: EventsBackend, name: str, **properties: Any) -> Rule:
            _check_rule(name, properties, self)
            rule = put_rule(self, name, **properties)
            event_bus._schedule(rule)
            return rule

        def checked_put_targets(
            self: EventsBackend, name: str, event_bus_arn: str | None, targets: list[Target]
        ) -> None:
            rule_arn = _rule_arn(self, name, event_bus_arn)
            for target in targets:
                _check_target(rule_arn, target, self)
            put_targets(self, name, event_bus_arn, targets)

        with ExitStack() as stack:
            stack.enter_context(mock.patch.object(EventsBackend, "put_events", put_events))
            stack.enter_context(mock.patch.object(EventsBackend, "put_rule", checked_put_rule))
            stack.enter_context(mock.patch.object(EventsBackend, "put_targets", checked_put_targets))
            yield self


# --- what EventBridge checks


def _refusal(entry: dict[str, JSON]) -> dict[str, str] | None:
    """The error of a PutEvents entry; None if it is good."""
    for field in ("Source", "DetailType", "Detail"):
        if not entry.get(field):
            message = f"Parameter {field} is not valid. Reason: {field} is a required argument."
            return {"ErrorCode": "InvalidArgument", "ErrorMessage": message}
    if entry["Source"].startswith("aws."):
        return {"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": "Not authorized for the source."}
    try:
        detail = json.loads(entry["Detail"])
    except ValueError:
        detail = None
    if not isinstance(detail, dict):
        return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
    if sum(len(str(value).encode()) for value in entry.values()) > ENTRY_BYTES:
        raise ValidationException("Total size of the entries in the request is over the limit.")
    return None


def _check_rule(name: str, properties: dict[str, Any], backend: EventsBackend) -> None:
    pattern = properties.get("event_pattern")
    if pattern:
        if len(pattern) > PATTERN_CHARACTERS:
            raise ValidationException(
                f"The event pattern has {len(pattern)} characters; the quota is {PATTERN_CHARACTERS}."
            )
        try:
            event_patterns.check(json.loads(pattern))
        except ValueError as error:
            raise InvalidEventPatternException(str(error)) from error
    schedule = properties.get("scheduled_expression")
    if schedule and not RATE.fullmatch(schedule):
        raise NotSimulated(f"rule {name}", f"the schedule {schedule}")
    if properties.get("role_arn"):
        _check_role(properties["role_arn"], _rule_arn(backend, name, properties.get("event_bus_arn")), backend)


def _rule_arn(backend: EventsBackend, name: str, bus: str | None) -> str:
    account, region, bus_name = _address(bus or "default", backend.account_id, backend.region_name)
    path = name if bus_name == "default" else f"{bus_name}/{name}"
    return f"arn:{backend.partition}:events:{region}:{account}:rule/{path}"


def _check_target(rule_arn: str, target: Target, backend: EventsBackend) -> None:
    place = f"target {target['Id']} of {rule_arn}"
    unknown = sorted(set(target) - TARGET_KEYS)
    if unknown:
        raise NotSimulated(place, ", ".join(unknown))
    service, region = target["Arn"].split(":")[2:4]
    if service not in CALLS:
        raise NotSimulated(place, f"a target of {service}")
    if service != "events" and region != backend.region_name:
        raise ValidationException(
            f"Parameter {target['Arn']} is not valid. Reason: the target is not in the rule's region."
        )
    if service == "states" and "RoleArn" not in target:
        raise ValidationException(f"RoleArn is required for target {target['Arn']}.")
    if "RoleArn" in target:
        _check_role(target["RoleArn"], rule_arn, backend)


def _check_role(role_arn: str, rule_arn: str, backend: EventsBackend) -> None:
    if not trusted(role_arn, SERVICE, {"aws:SourceAccount": backend.account_id, "aws:SourceArn": rule_arn}):
        raise ValidationException(f"Provided role '{role_arn}' cannot be assumed by principal '{SERVICE}'.")


def _address(bus: str, account: str, region: str) -> tuple[str, str, str]:
    """Account, region and name of a bus that is given by name or ARN."""
    if bus.startswith("arn:"):
        _, _, _, region, account, resource = bus.split(":", 5)
        return account, region, resource.removeprefix("event-bus/")
    return account, region, bus


def _iso(time: Any) -> str | None:
    if time is None:
        return None
    return datetime.datetime.fromtimestamp(float(time), datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
