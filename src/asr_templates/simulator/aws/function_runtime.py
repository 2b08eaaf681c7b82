"""The Python runtime of Lambda: the context object, the call of the handler, and the errors that come of it.

Source: Lambda Developer Guide, "Using the Lambda context object to retrieve Python function information" and
"Lambda function errors in Python".
"""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from moto.awslambda.models import LambdaFunction

from asr_templates.simulator.aws.clock import Stopped
from asr_templates.simulator.aws.errors import NotSimulated
from asr_templates.simulator.aws.sandbox import Sandbox

JSON: TypeAlias = Any


class Context:
    """The context object of a Python function (Lambda Developer Guide, "Using the Lambda context object")."""

    identity = None
    client_context = None

    def __init__(self, function: LambdaFunction, request_id: str) -> None:
        self.function_name: str = function.function_name
        self.function_version: str = "$LATEST"
        self.invoked_function_arn: str = function.function_arn
        self.memory_limit_in_mb = str(function.memory_size)
        self.aws_request_id = request_id
        self.log_group_name: str = function.logs_group_name
        self.log_stream_name = f"[$LATEST]{request_id}"
        self._deadline = time.time() + float(function.timeout)

    def get_remaining_time_in_millis(self) -> int:
        """Virtual milliseconds until the time-out."""
        return max(0, round((self._deadline - time.time()) * 1000))


class _FunctionError(Exception):
    """The function's fault; becomes the error of its invocation."""

    def __init__(self, error_type: str, message: str, stack_trace: list[str] | None = None) -> None:
        super().__init__(message)
        self.document: dict[str, JSON] = {"errorMessage": message, "errorType": error_type}
        if stack_trace is not None:
            self.document["stackTrace"] = stack_trace


@dataclass
class Warm:
    """An execution environment: a sandbox and, once it is imported, the handler in it."""

    sandbox: Sandbox
    handler: Callable[[JSON, Context], JSON] | None = None


@dataclass
class Attempt:
    """What becomes of one invocation in its task."""

    result: JSON = None
    error: dict[str, JSON] | None = None
    log: str = ""

    def time_out(self, request_id: str, seconds: float) -> None:
        """It did not end in time."""
        message = f"RequestId: {request_id} Error: Task timed out after {seconds:.2f} seconds"
        self.error = {"errorMessage": message, "errorType": "Sandbox.Timedout"}
        self.log += message


def run(function: LambdaFunction, warm: Warm, event: JSON, request_id: str, attempt: Attempt) -> None:
    """The body of an invocation's task: call the handler in its sandbox and note what becomes of it."""
    with warm.sandbox.active():
        try:
            attempt.result = _call_handler(function, warm, event, Context(function, request_id))
        except _FunctionError as error:
            attempt.error = {**error.document, "requestId": request_id}
        finally:
            attempt.log = warm.sandbox.output.getvalue()
    if attempt.error is not None:
        attempt.log += f"[ERROR] {attempt.error['errorType']}: {attempt.error['errorMessage']}\n"
        attempt.log += "".join(attempt.error.get("stackTrace", []))


def _call_handler(function: LambdaFunction, warm: Warm, event: JSON, context: Context) -> JSON:
    try:
        if warm.handler is None:
            warm.handler = _handler(function.handler, warm.sandbox)
        result = warm.handler(json.loads(json.dumps(event)), context)
    except (_FunctionError, NotSimulated, Stopped, KeyboardInterrupt):
        raise
    except SystemExit as error:
        raise _FunctionError("Runtime.ExitError", f"Runtime exited with error: exit status {error.code}") from error
    except BaseException as error:
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if any(frame.filename.startswith(path) for path in warm.sandbox.paths)]
        raise _FunctionError(type(error).__name__, str(error), traceback.format_list(own)) from error
    try:
        return json.loads(json.dumps(result))
    except (TypeError, ValueError) as error:
        raise _FunctionError("Runtime.MarshalError", f"Unable to marshal response: {error}") from error


def _handler(name: str, sandbox: Sandbox) -> Callable[[JSON, Context], JSON]:
    module_name, _, attribute = name.rpartition(".")
    try:
        module = sandbox.load(module_name.replace("/", "."))
    except ImportError as error:
        message = f"Unable to import module '{module_name}': {error}"
        raise _FunctionError("Runtime.ImportModuleError", message, []) from error
    except SyntaxError as error:
        message = f"Syntax error in module '{module_name}': {error}"
        raise _FunctionError("Runtime.UserCodeSyntaxError", message, []) from error
    handler: Callable[[JSON, Context], JSON] | None = getattr(module, attribute, None)
    if handler is None:
        message = f"Handler '{attribute}' missing on module '{module_name}'"
        raise _FunctionError("Runtime.HandlerNotFound", message, [])
    return handler
