"""Lambda without containers: functions run in this process, each in its sandbox, under their own role, in virtual time.

A Python function is imported from its zip file (and its layers) and called in a task of its own, so that its time-out
is exact and waiting costs nothing. Warm environments are used again, as AWS does; a second invocation at the same time
gets a second environment. Asynchronous invocations are retried and end in the dead-letter queue.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
import re
import tempfile
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import boto3
from botocore.exceptions import ClientError
from moto.awslambda.exceptions import InvalidParameterValueException, LambdaClientError
from moto.awslambda.models import LambdaFunction
from moto.awslambda.utils import get_backend

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.clock import Task, current_task, scheduler
from asr_templates.simulator.aws.errors import NotSimulated
from asr_templates.simulator.aws.function_runtime import JSON, Attempt, Warm, run
from asr_templates.simulator.aws.queues import queue_url
from asr_templates.simulator.aws.sandbox import Sandbox

SERVICE = "lambda.amazonaws.com"
CANNOT_ASSUME = "The role defined for the function cannot be assumed by Lambda."

# Lambda Developer Guide, "How Lambda handles errors and retries with asynchronous invocation".
ASYNCHRONOUS_RETRIES = 2
SECONDS_BEFORE_RETRY = (60.0, 120.0)


@dataclass(frozen=True)
class Invocation:
    """One call of a function."""

    function: str
    account: str
    region: str
    payload: JSON
    """The event as the function got it."""
    result: JSON
    """What it returned; None if it failed."""
    error: dict[str, JSON] | None
    """errorMessage, errorType, and stackTrace where there is one; None if it did not fail."""
    log: str = ""

    @property
    def response(self) -> str:
        """The payload of the Invoke API's response: JSON."""
        return json.dumps(self.result if self.error is None else self.error)


@dataclass
class Functions:
    """All functions of all accounts and regions; what they were called with is in `invocations`, oldest first."""

    invocations: list[Invocation] = field(default_factory=list)
    _free: dict[str, list[Warm]] = field(default_factory=dict)
    _folder: Path = field(default_factory=Path)
    _dead_letter_arns: dict[str, str] = field(default_factory=dict)

    def invoke(self, function: LambdaFunction, event: JSON) -> Invocation:
        """Call a function and wait for its end.

        Raises moto's LambdaClientError if Lambda may not assume the function's role.
        """
        if current_task() is None:
            return scheduler.call(self.invoke, function, event)
        request_id = str(uuid.uuid4())
        key = _configuration_key(function)
        free = self._free.setdefault(key, [])
        warm = free.pop() if free else Warm(self._sandbox(function))
        attempt = Attempt()
        task = Task(
            target=run, name=f"function {function.function_name}", args=(function, warm, event, request_id, attempt)
        )
        task.is_observed = True
        task.start()
        task.join(float(function.timeout))
        if task.is_alive():
            task.cancel()
            task.join()
            attempt.time_out(request_id, float(function.timeout))
        else:
            free.append(warm)
        if task.error is not None:
            raise task.error
        invocation = Invocation(
            function=function.function_name,
            account=function.account_id,
            region=function.region,
            payload=event,
            result=None if attempt.error else attempt.result,
            error=attempt.error,
            log=attempt.log,
        )
        self.invocations.append(invocation)
        function.logs_backend.ensure_log_group(function.logs_group_name)
        function.save_logs(attempt.log)
        return invocation

    def invoke_later(self, function: LambdaFunction, event: JSON) -> None:
        """Call a function asynchronously: up to three attempts, then its dead-letter queue and failure destination."""
        scheduler.spawn(self._invoke_until_success, function, event, name=f"asynchronous {function.function_name}")

    def _invoke_until_success(self, function: LambdaFunction, event: JSON) -> None:
        configuration = function.event_invoke_config[-1].config if function.event_invoke_config else {}
        retries = configuration.get("MaximumRetryAttempts", ASYNCHRONOUS_RETRIES)
        for attempt in range(retries + 1):
            if attempt:
                scheduler.sleep(SECONDS_BEFORE_RETRY[attempt - 1])
            try:
                invocation = self.invoke(function, event)
            except LambdaClientError as error:
                refusal = {"errorMessage": str(error.message), "errorType": str(error.error_type)}
                invocation = Invocation(
                    function.function_name, function.account_id, function.region, event, None, refusal
                )
            if invocation.error is None:
                return
        destination = configuration.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
        dead_letter = self._dead_letter_arns.get(function.function_arn)
        record = {
            "version": "1.0",
            "requestContext": {"functionArn": function.function_arn, "condition": "RetriesExhausted"},
            "requestPayload": event,
            "responsePayload": invocation.error,
        }
        for arn, message in ((dead_letter, event), (destination, record)):
            if arn:
                _send(function, arn, json.dumps(message))

    def session_of(self, function: LambdaFunction) -> boto3.Session:
        """A session under a function's role. Raises InvalidParameterValueException if Lambda may not assume it."""
        return _role_session(function)

    def _sandbox(self, function: LambdaFunction) -> Sandbox:
        session = _role_session(function).renewed(function.region)
        code = self._unzipped(function.code_bytes)
        paths = [code]
        for layer in function.layers:
            account, region = layer["Arn"].split(":")[4], layer["Arn"].split(":")[3]
            content = self._unzipped(get_backend(account, region).layers_versions_by_arn(layer["Arn"]).code_bytes)
            paths += [content / "python", content]
        environment = {
            "_HANDLER": function.handler,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
            "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_LOG_GROUP_NAME": function.logs_group_name,
            "AWS_REGION": function.region,
            "AWS_DEFAULT_REGION": function.region,
            "LAMBDA_TASK_ROOT": str(code),
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
        }
        variables = {name: str(value) for name, value in function.environment_vars.items()}
        return Sandbox({**environment, **variables}, paths, session)

    def _unzipped(self, content: bytes) -> Path:
        folder = self._folder / hashlib.sha256(content).hexdigest()
        if not folder.exists():
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                archive.extractall(folder)
        return folder

    def _check(self, function: LambdaFunction, configuration: dict[str, Any]) -> None:
        """Refuse, when it is created or updated, a function that cannot run here or that AWS would refuse."""
        place = f"function {function.function_name}"
        if function.package_type != "Zip":
            raise NotSimulated(place, f"package type {function.package_type}")
        if not re.fullmatch(r"python3\.\d+", function.run_time or ""):
            raise NotSimulated(place, f"runtime {function.run_time}")
        _role_session(function)
        if "DeadLetterConfig" in configuration:
            self._dead_letter_arns[function.function_arn] = configuration["DeadLetterConfig"].get("TargetArn", "")

    @contextmanager
    def installed(self) -> Iterator[Functions]:
        """Let moto's Lambda run its functions here."""
        create, update = LambdaFunction.__init__, LambdaFunction.update_configuration
        functions = self

        def created(self: LambdaFunction, account_id: str, spec: dict[str, Any], region: str, **others: Any) -> None:
            create(self, account_id=account_id, spec=spec, region=region, **others)
            functions._check(self, spec)

        def updated(self: LambdaFunction, config_updates: dict[str, Any]) -> Any:
            response = update(self, config_updates)
            functions._check(self, config_updates)
            return response

        def invoke(self: LambdaFunction, body: Any, request_headers: Any, response_headers: Any) -> str | bytes:
            return functions._respond(self, body, request_headers or {}, response_headers)

        def invoke_lambda(self: LambdaFunction, event: JSON = None) -> tuple[str, bool, str]:
            invocation = functions.invoke(self, {} if event is None else event)
            return invocation.response, invocation.error is not None, invocation.log

        with ExitStack() as stack:
            self._folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="functions-")))
            stack.enter_context(mock.patch.object(LambdaFunction, "__init__", created))
            stack.enter_context(mock.patch.object(LambdaFunction, "update_configuration", updated))
            stack.enter_context(mock.patch.object(LambdaFunction, "invoke", invoke))
            stack.enter_context(mock.patch.object(LambdaFunction, "_invoke_lambda", invoke_lambda))
            yield self

    def _respond(self, function: LambdaFunction, body: Any, headers: Any, response_headers: Any) -> str | bytes:
        event = json.loads(body) if body else {}
        kind = headers.get("X-Amz-Invocation-Type") or headers.get("x-amz-invocation-type") or "RequestResponse"
        if kind == "DryRun":
            return ""
        if kind == "Event":
            self.invoke_later(function, event)
            return ""
        invocation = self.invoke(function, event)
        if invocation.error is not None:
            response_headers["x-amz-function-error"] = "Unhandled"
        response_headers["x-amz-log-result"] = base64.b64encode(invocation.log[-4096:].encode()).decode()
        return invocation.response.encode()


def _configuration_key(function: LambdaFunction) -> str:
    """Functions with the same key may use each other's warm environments."""
    parts = [
        function.function_arn,
        function.code_sha_256,
        function.handler,
        function.role,
        sorted(function.environment_vars.items()),
        [layer["Arn"] for layer in function.layers],
        function.memory_size,
    ]
    return json.dumps(parts, default=str)


def _role_session(function: LambdaFunction) -> identity.Session:
    context = {"aws:SourceAccount": function.account_id, "aws:SourceArn": function.function_arn}
    try:
        return identity.role_session(function.role, SERVICE, context, function.function_name)
    except ClientError as error:
        raise InvalidParameterValueException(CANNOT_ASSUME) from error


def _send(function: LambdaFunction, arn: str, message: str) -> None:
    """Send what could not be processed to a queue or topic, with the rights of the function's role."""
    service, region = arn.split(":")[2:4]
    session = _role_session(function)
    with contextlib.suppress(ClientError):  # Lambda counts such errors in a metric and drops the event
        if service == "sqs":
            session.client("sqs", region_name=region).send_message(QueueUrl=queue_url(arn), MessageBody=message)
        elif service == "sns":
            session.client("sns", region_name=region).publish(TopicArn=arn, Message=message)
        else:
            raise NotSimulated(f"function {function.function_name}", f"failure destination {arn}")
