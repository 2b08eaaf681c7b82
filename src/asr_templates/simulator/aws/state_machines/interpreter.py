"""Mends moto's interpreter of the Amazon States Language, one hook each, each with a test.

Sources: Amazon States Language specification; Step Functions developer guide, "Choice workflow state", "Task workflow
state" and "Accessing resources in other AWS accounts".
"""

import datetime
import importlib
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from unittest import mock

from botocore.config import Config
from moto.stepfunctions.parser.api import ExecutionFailedEventDetails, HistoryEventType
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent, FailureEventException
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import TimeoutSeconds
from moto.stepfunctions.parser.asl.component.program.program import Program
from moto.stepfunctions.parser.asl.component.state.choice.comparison.comparison_operator_type import (
    ComparisonOperatorType,
)
from moto.stepfunctions.parser.asl.component.state.choice.comparison.comparison_variable import ComparisonVariable
from moto.stepfunctions.parser.asl.component.state.choice.comparison.variable import NoSuchVariable
from moto.stepfunctions.parser.asl.component.state.choice.state_choice import StateChoice
from moto.stepfunctions.parser.asl.component.state.exec.state_task.credentials import StateCredentials
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_aws_sdk import (
    StateTaskServiceAwsSdk,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.state_task import StateTask
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.timestamp import Timestamp
from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackEndpoint, HeartbeatEndpoint
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.errors import NotSimulated, unswallowed

SERVICE = "states.amazonaws.com"

_TASKS = "moto.stepfunctions.parser.asl.component.state.exec."
_CLIENT_USERS = (
    *(_TASKS + "state_map.result_writer.resource_eval.resource_eval_s3",),
    *(_TASKS + "state_map.item_reader.eval.resource_eval_s3",),
    *(_TASKS + "state_task.lambda_eval_utils",),
    *(
        f"{_TASKS}state_task.service.state_task_service_{name}"
        for name in ("aws_sdk", "batch", "dynamodb", "ecs", "events", "glue", "sfn", "sns", "sqs", "unsupported")
    ),
)
"""moto's modules that import boto_client_for by name."""

_ERROR_NAME_USERS = (
    _TASKS + "state_map.iteration.iteration_worker",
    _TASKS + "state_parallel.branches_decl",
)
"""moto's modules that name the failure of an iteration or branch, and refuse States.* there."""

_CLIENT_CONFIG = Config(parameter_validation=False, retries={"max_attempts": 0})

# Error names of aws-sdk integrations begin with the service's name in the AWS SDK for Java 2.x.
_SDK_NAMES = {
    **{name.lower(): name for name in ("CloudWatch", "DynamoDb", "EventBridge", "SecretsManager", "SecurityHub")},
    **{name: name.capitalize() for name in ("ec2", "iam", "kms", "lambda", "rds", "s3", "sfn", "sns", "sqs", "ssm")},
    **{name: name.capitalize() for name in ("organizations", "sts")},
}


@dataclass
class TaskCredentials(StateCredentials):  # type: ignore[misc]  # moto has no types
    """Under which role a task calls (`role_arn`), and which state machine, with its own role, takes it on."""

    machine_role_arn: str
    machine_arn: str
    account: str


@contextmanager
def installed() -> Iterator[None]:
    """Mend the interpreter for as long as the context lasts."""
    with ExitStack() as stack:
        for name in _CLIENT_USERS:
            module: ModuleType = importlib.import_module(name)
            stack.enter_context(mock.patch.object(module, "boto_client_for", boto_client_for))
        for name in _ERROR_NAME_USERS:
            module = importlib.import_module(name)
            stack.enter_context(mock.patch.object(module, "CustomErrorName", _inner_error_name))
        for owner, name, mend in _MENDED:
            stack.enter_context(mock.patch.object(owner, name, mend(getattr(owner, name))))
        stack.enter_context(
            mock.patch.object(StateTaskServiceAwsSdk, "_normalise_service_error_name", staticmethod(_sdk_name))
        )
        yield


def boto_client_for(region: str, service: str, state_credentials: TaskCredentials) -> Any:
    """A client under the task's role: the state machine's own, or one that the machine's role may assume."""
    account = state_credentials.account
    context = {"aws:SourceAccount": account, "aws:SourceArn": state_credentials.machine_arn}
    session = identity.role_session(state_credentials.machine_role_arn, SERVICE, context)
    if state_credentials.role_arn == state_credentials.machine_role_arn:
        return session.client(service, region_name=region, config=_CLIENT_CONFIG)
    assumed = session.client("sts", region_name=region).assume_role(
        RoleArn=state_credentials.role_arn, RoleSessionName="states"
    )["Credentials"]
    return session.client(
        service,
        region_name=region,
        config=_CLIENT_CONFIG,
        aws_access_key_id=assumed["AccessKeyId"],
        aws_secret_access_key=assumed["SecretAccessKey"],
        aws_session_token=assumed["SessionToken"],
    )


Method = Callable[..., Any]


def _with_machine(evaluate: Method) -> Method:
    """moto loses the state machine's own role when a task has Credentials."""

    def _eval_state_credentials(self: StateTask, env: Environment) -> TaskCredentials:
        details = env.aws_execution_details
        machine = env.states.context_object.context_object_data["StateMachine"]
        return TaskCredentials(evaluate(self, env).role_arn, details.role_arn, machine["Id"], details.account)

    return _eval_state_credentials


def _with_gaps(evaluate: Method) -> Method:
    """moto turns every exception into States.Runtime; a gap of the simulator must come through."""

    def _eval_body(self: Program, env: Environment) -> None:
        with unswallowed():
            evaluate(self, env)

    return _eval_body


def _with_no_choice_matched(evaluate: Method) -> Method:
    """moto fails with States.Runtime where no choice matches and there is no Default."""

    def _eval_state(self: StateChoice, env: Environment) -> None:
        try:
            evaluate(self, env)
        except RuntimeError:
            if self.default_state is not None:
                raise
            raise _failure(
                env,
                StatesErrorNameType.StatesNoChoiceMatched,
                f"There is no choice rule that matches the input of the state '{self.name}', and no Default",
            ) from None

    return _eval_state


def _with_missing_paths(evaluate: Method) -> Method:
    """moto takes a comparison with a path that is not there for false; AWS fails, IsPresent excepted."""

    def _eval_body(self: ComparisonVariable, env: Environment) -> None:
        self.variable.eval(env)
        value = env.stack.pop()
        is_present = self.comparison_function.operator_type is ComparisonOperatorType.IsPresent
        if isinstance(value, NoSuchVariable) and not is_present:
            raise _failure(
                env,
                StatesErrorNameType.StatesRuntime,
                f"Invalid path '{self.variable.string_sampler.literal_value}': The choice state's condition path "
                "references an invalid value.",
            )
        evaluate(self, env)

    return _eval_body


def _failure(env: Environment, error: StatesErrorNameType, cause: str) -> FailureEventException:
    details = ExecutionFailedEventDetails(error=error.to_name(), cause=cause)
    return FailureEventException(
        failure_event=FailureEvent(
            env=env,
            error_name=StatesErrorName(typ=error),
            event_type=HistoryEventType.ExecutionFailed,
            event_details=EventDetails(executionFailedEventDetails=details),
        )
    )


def _inner_error_name(error_name: str | None) -> ErrorName:
    """The error of an iteration or branch, which is the error of its Map or Parallel state."""
    if error_name is not None and error_name.startswith("States."):
        return StatesErrorName(typ=StatesErrorNameType.from_name(error_name))
    return CustomErrorName(error_name)


def _with_plain_output(evaluate: Method) -> Method:
    """boto3's responses hold dates and streams, which moto cannot print as JSON."""

    def _eval_service_task(self: StateTaskServiceAwsSdk, env: Environment, *args: Any, **kwargs: Any) -> None:
        evaluate(self, env, *args, **kwargs)
        env.stack.append(json.loads(json.dumps(env.stack.pop(), default=_plain)))

    return _eval_service_task


def _plain(value: object) -> str:
    if isinstance(value, datetime.datetime):
        return value.isoformat().replace("+00:00", "Z")
    if hasattr(value, "read"):
        return str(value.read().decode("utf-8"))
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def _sdk_name(service: str) -> str:
    if service.lower() not in _SDK_NAMES:
        raise NotSimulated("state machine", f"the name of errors of aws-sdk:{service}")
    return _SDK_NAMES[service.lower()]


def _with_early_callback(setup: Method) -> Method:
    """moto forgets a callback that comes before the task begins to wait for heartbeats."""

    def setup_heartbeat_endpoint(self: CallbackEndpoint, heartbeat_seconds: int) -> HeartbeatEndpoint:
        endpoint = setup(self, heartbeat_seconds)
        if self.get_outcome() is not None:
            endpoint.notify()
        return endpoint

    return setup_heartbeat_endpoint


def _with_time_zones(original: Method) -> Method:
    """moto compares a timestamp with the local time and refuses offsets."""

    def _get_wait_seconds(self: Timestamp, env: Environment) -> float:
        self.string.eval(env=env)
        text = env.stack.pop()
        try:
            moment = datetime.datetime.fromisoformat(text)
        except (TypeError, ValueError):
            raise FailureEventException(self._create_failure_event(env, text)) from None
        if moment.tzinfo is None:
            raise FailureEventException(self._create_failure_event(env, text))
        return max(0.0, (moment - datetime.datetime.now(datetime.UTC)).total_seconds())

    return _get_wait_seconds


def _with_long_default(initialise: Method) -> Method:
    """moto gives a task with a heartbeat 60 seconds; AWS's default is 99999999 whether it has one or not."""

    def initialised(self: TimeoutSeconds, timeout_seconds: int, is_default: bool | None = None) -> None:
        initialise(self, self.DEFAULT_TIMEOUT_SECONDS if is_default else timeout_seconds, is_default)

    return initialised


_MENDED: tuple[tuple[type, str, Callable[[Method], Method]], ...] = (
    (StateTask, "_eval_state_credentials", _with_machine),
    (Program, "_eval_body", _with_gaps),
    (StateChoice, "_eval_state", _with_no_choice_matched),
    (ComparisonVariable, "_eval_body", _with_missing_paths),
    (StateTaskServiceAwsSdk, "_eval_service_task", _with_plain_output),
    (CallbackEndpoint, "setup_heartbeat_endpoint", _with_early_callback),
    (Timestamp, "_get_wait_seconds", _with_time_zones),
    (TimeoutSeconds, "__init__", _with_long_default),
)
