"""Task states: the resource exists, takes these parameters, and cannot run for ever.

Source: AWS Step Functions developer guide, "Integrating services", "Supported AWS SDK service integrations".
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from asr_templates.aws_reference import operations
from asr_templates.aws_reference.operations import UnknownOperationError
from asr_templates.aws_reference.services import UnknownServiceError, service_of_sdk_integration

State = Mapping[str, Any]
Complaint = tuple[str, str, str]
"""Key in the state, message, hint."""

PARTITION = r"(?:[a-z-]+|\$\{[^}]+\})"
INTEGRATION = re.compile(rf"arn:{PARTITION}:states:::(?:(aws-sdk):)?([a-z0-9-]+):(\w+)(?:\.(.+))?")
LAMBDA = re.compile(rf"arn:{PARTITION}:lambda:.*:function:.+")
PLACEHOLDER = re.compile(r"\$\{[^}]+\}")
WAIT_FOR_TOKEN = "waitForTaskToken"

# Integrations with a name of their own: service of botocore -> operations, in Step Functions' spelling.
OPTIMIZED: Mapping[str, tuple[str, frozenset[str]]] = {
    "dynamodb": ("dynamodb", frozenset({"getItem", "putItem", "updateItem", "deleteItem"})),
    "events": ("events", frozenset({"putEvents"})),
    "lambda": ("lambda", frozenset({"invoke"})),
    "sns": ("sns", frozenset({"publish"})),
    "sqs": ("sqs", frozenset({"sendMessage"})),
    "states": ("stepfunctions", frozenset({"startExecution"})),
}
PATTERNS = {None: "", WAIT_FOR_TOKEN: "", "sync": "states", "sync:2": "states"}


def task_complaints(state: State) -> Iterator[Complaint]:
    """Yield what is wrong with a task beyond its fields."""
    resource = state.get("Resource")
    yield from _time_out_complaints(state)
    if not isinstance(resource, str) or LAMBDA.fullmatch(resource) or PLACEHOLDER.fullmatch(resource):
        return
    if resource.startswith("arn:aws:"):
        yield "Resource", f"{resource} exists in partition aws only", "write arn:${AWS::Partition}:..."
    match = INTEGRATION.fullmatch(resource)
    if not match:
        yield "Resource", f"{resource} is no resource of a task", "arn:...:states:::service:operation"
        return
    sdk, name, operation, pattern = match.groups()
    if pattern not in PATTERNS or PATTERNS[pattern] not in ("", name):
        yield "Resource", f"{name}:{operation} does not know .{pattern}", f"write .{WAIT_FOR_TOKEN} or nothing"
    if pattern == WAIT_FOR_TOKEN and "$$.Task.Token" not in json.dumps(state.get("Parameters", {}), default=str):
        yield "Parameters", "nobody is told the task token", 'hand over "...$": "$$.Task.Token"'
    yield from _operation_complaints(state, bool(sdk), name, operation)


def _operation_complaints(state: State, is_sdk: bool, name: str, operation: str) -> Iterator[Complaint]:
    if is_sdk:
        try:
            service = service_of_sdk_integration(name)
        except UnknownServiceError as error:
            yield "Resource", str(error), ""
            return
    elif name in OPTIMIZED and operation in OPTIMIZED[name][1]:
        service = OPTIMIZED[name][0]
    else:
        known = sorted(f"{each}:{one}" for each, (_, many) in OPTIMIZED.items() for one in many)
        yield "Resource", f"there is no integration {name}:{operation}", f"aws-sdk:..., or {', '.join(known)}"
        return
    api_name = operation[0].upper() + operation[1:]
    try:
        known_names = {each.lower() for each in operations.parameter_names(service, api_name)}
    except UnknownOperationError as error:
        yield "Resource", str(error), ""
        return
    parameters = state.get("Parameters", {})
    given = [key.removesuffix(".$") for key in parameters] if isinstance(parameters, Mapping) else []
    for key in given:
        if key.lower() not in known_names:
            hint = f"its parameters: {', '.join(operations.parameter_names(service, api_name))}"
            yield f"Parameters.{key}", f"{api_name} has no such parameter", hint
    missing = operations.missing_parameters(service, api_name, ())
    for key in missing:
        if key.lower() not in {each.lower() for each in given}:
            yield "Parameters", f"{api_name} needs {key}", ""


def _time_out_complaints(state: State) -> Iterator[Complaint]:
    """A task without a time-out lasts up to a year; one that waits for a token needs a sign of life, too."""
    if not {"TimeoutSeconds", "TimeoutSecondsPath"} & set(state):
        yield "TimeoutSeconds", "is missing: the task could run for a year", "say how long it may take"
    waits = str(state.get("Resource")).endswith(f".{WAIT_FOR_TOKEN}")
    if waits and not {"HeartbeatSeconds", "HeartbeatSecondsPath"} & set(state):
        yield "HeartbeatSeconds", "is missing: nobody would notice that no answer will come", "say how often one must"
    time_out, heartbeat = state.get("TimeoutSeconds"), state.get("HeartbeatSeconds")
    if isinstance(time_out, int) and isinstance(heartbeat, int) and heartbeat >= time_out:
        yield "HeartbeatSeconds", f"{heartbeat} is not less than TimeoutSeconds {time_out}", ""
