"""Creating state machines and starting executions as AWS does, and their status events.

Source: Step Functions API reference, CreateStateMachine, StartExecution and SendTaskFailure; developer guide,
"Automating Step Functions event delivery with EventBridge".
"""

import json
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from moto.core.exceptions import JsonRESTError
from moto.core.responses import EmptyResult
from moto.logs.models import logs_backends
from moto.stepfunctions.models import StateMachine
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution
from moto.stepfunctions.parser.models import StepFunctionsParserBackend
from moto.stepfunctions.responses import StepFunctionResponse

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.access.trust import trusted
from asr_templates.simulator.aws.errors import NotSimulated
from asr_templates.simulator.aws.event_bus import EventBus, envelope
from asr_templates.simulator.aws.state_machines.definitions import check_definition, check_simulated
from asr_templates.simulator.aws.state_machines.interpreter import SERVICE

DETAIL_TYPE = "Step Functions Execution Status Change"

# API reference: 1 to 80 characters, no white space, brackets, wildcards or special characters.
_NAME = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}")
_LOG_GROUP = re.compile(r"arn:[\w-]+:logs:([\w-]+):(\d{12}):log-group:([^:]+):\*")
_UNSUPPORTED = ("publish", "encryptionConfiguration")

Method = Callable[..., Any]


@contextmanager
def installed(bus: EventBus) -> Iterator[None]:
    """Mend moto's backend of Step Functions and put status events on `bus`."""
    backend = StepFunctionsParserBackend
    with ExitStack() as stack:
        for owner, name, replacement in (
            (backend, "create_state_machine", _checked_creation(backend.create_state_machine)),
            (backend, "update_state_machine", _checked_update(backend.update_state_machine)),
            (backend, "start_execution", _named_start(backend.start_execution, bus)),
            (StepFunctionResponse, "send_task_failure", _send_task_failure),
            (
                BaseExecutionWorkerCommunication,
                "terminated",
                _announced_end(BaseExecutionWorkerCommunication.terminated, bus),
            ),
        ):
            stack.enter_context(mock.patch.object(owner, name, replacement))
        yield


def _checked_creation(create: Method) -> Method:
    def create_state_machine(self: StepFunctionsParserBackend, **given: Any) -> StateMachine:
        if given.get("sm_type") not in (None, "STANDARD"):
            raise NotSimulated(f"state machine {given['name']}", f"type {given['sm_type']}")
        for field in _UNSUPPORTED:
            if given.get(field):
                raise NotSimulated(f"state machine {given['name']}", field)
        _check(self, given["name"], given["definition"], given["roleArn"], given.get("loggingConfiguration"))
        return create(self, **given)

    return create_state_machine


def _checked_update(update: Method) -> Method:
    def update_state_machine(self: StepFunctionsParserBackend, arn: str, **given: Any) -> StateMachine:
        machine = self.describe_state_machine(arn)
        definition, role = given.get("definition") or machine.definition, given.get("role_arn") or machine.roleArn
        _check(self, machine.name, definition, role, given.get("logging_configuration"))
        return update(self, arn, **given)

    return update_state_machine


def _check(backend: Any, name: str, definition: str, role_arn: str, logging: Any) -> None:
    problems = list(check_definition(definition))
    if problems:
        raise JsonRESTError(
            "InvalidDefinition",
            "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: " + "; ".join(problems) + "'",
        )
    check_simulated(definition)
    machine_arn = f"arn:{backend.partition}:states:{backend.region_name}:{backend.account_id}:stateMachine:{name}"
    context = {"aws:SourceAccount": backend.account_id, "aws:SourceArn": machine_arn}
    if not identity.role_exists(role_arn) or not trusted(role_arn, SERVICE, context):
        raise JsonRESTError(
            "AccessDeniedException",
            f"Neither the global service principal {SERVICE}, nor the regional one is authorized to assume the "
            f"provided role {role_arn}.",
        )
    _check_logging(logging)


def _check_logging(logging: Any) -> None:
    """Logs are not written: the configuration is kept, its log group must exist."""
    for destination in (logging or {}).get("destinations", []):
        arn = destination["cloudWatchLogsLogGroup"]["logGroupArn"]
        match = _LOG_GROUP.fullmatch(arn)
        if not match:
            raise JsonRESTError("InvalidLoggingConfiguration", f"{arn} is no ARN of a log group that ends in ':*'")
        region, account, name = match.groups()
        if name not in logs_backends[account][region].groups:
            raise JsonRESTError("InvalidLoggingConfiguration", f"Log group {name} does not exist")


def _named_start(start: Method, bus: EventBus) -> Method:
    """moto starts an execution without a name as "None", and a second one never."""

    def start_execution(
        self: StepFunctionsParserBackend, state_machine_arn: str, name: str | None, execution_input: str
    ) -> Execution:
        if name is not None and not _NAME.fullmatch(name):
            raise JsonRESTError("InvalidName", f"Invalid Name: '{name}'")
        known = {execution.exec_arn for execution in self.describe_state_machine(state_machine_arn).executions}
        execution = start(self, state_machine_arn, name or str(uuid.uuid4()), execution_input)
        if execution.exec_arn not in known:
            _announce(bus, execution)
        return execution

    return start_execution


def _announced_end(end: Method, bus: EventBus) -> Method:
    def terminated(self: BaseExecutionWorkerCommunication) -> None:
        end(self)
        execution = self.execution
        if isinstance(execution.output, str):  # moto hands out a text as it is, not as JSON
            execution.output = json.dumps(execution.output)
        _announce(bus, execution)

    return terminated


def _announce(bus: EventBus, execution: Execution) -> None:
    ended = execution.stop_date
    detail = {
        "executionArn": execution.exec_arn,
        "stateMachineArn": execution.state_machine.arn,
        "name": execution.name,
        "status": execution.status,
        "startDate": int(execution.start_date.timestamp() * 1000),
        "stopDate": int(ended.timestamp() * 1000) if ended else None,
        "input": json.dumps(execution.input_data),
        "inputDetails": {"included": True},
        "output": _output(execution),
        "outputDetails": {"included": True} if execution.status == "SUCCEEDED" else None,
        "error": execution.error,
        "cause": execution.cause,
    }
    account, region = execution.account_id, execution.region_name
    bus.put(account, region, envelope("aws.states", DETAIL_TYPE, detail, account, region, [execution.exec_arn]))


def _output(execution: Execution) -> str | None:
    if execution.status != "SUCCEEDED":
        return None
    return execution.output if isinstance(execution.output, str) else json.dumps(execution.output)


def _send_task_failure(self: StepFunctionResponse) -> EmptyResult:
    """moto drops the cause."""
    self.stepfunction_backend.send_task_failure(
        self._get_param("taskToken"), error=self._get_param("error"), cause=self._get_param("cause")
    )
    return EmptyResult()
