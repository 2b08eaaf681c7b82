"""aws:executeScript: runs Python in the rights of the execution, in virtual time.

Source: Systems Manager user guide, "aws:executeScript": at most 600 seconds; up to 100 KB are returned, of a list at
most 100 items; there are the standard library and boto3, nothing else.
"""

import ast
import builtins
import json
import sys
import time
import traceback
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from asr_templates.simulator.aws.automation.attempts import POLLING, Attempt, Result, StepError, StepTimeoutError
from asr_templates.simulator.aws.automation.references import Value
from asr_templates.simulator.aws.errors import NotSimulated
from asr_templates.simulator.aws.sandbox import Sandbox

LIMIT_SECONDS = 600
PAYLOAD_BYTES = 100 * 1024
LIST_ITEMS = 100

_PACKAGES = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "urllib3")  # boto3 and what it brings
_CONCURRENCY = ("threading", "_thread", "multiprocessing", "concurrent", "asyncio", "subprocess", "signal")


class _OutOfTime(BaseException):
    """Not an Exception: a script must not catch its own end."""


class _Context(dict[str, Value]):
    """The handler's second argument; what AWS puts into it is not documented."""

    def __init__(self, place: str) -> None:
        super().__init__()
        self._place = place

    def __missing__(self, key: str) -> Value:
        raise NotSimulated(self._place, f"context[{key!r}] of a script")

    def get(self, key: str, default: Value = None) -> Value:
        """Like [], since nothing is known about it."""
        return self[key]


def execute_script(attempt: Attempt, inputs: Mapping[str, Value]) -> Result:
    """Run the handler with InputPayload; what it returns is `Payload`."""
    limit = time.time() + LIMIT_SECONDS
    if attempt.deadline is not None:
        limit = min(limit, attempt.deadline)
    handler = str(inputs["Handler"])
    code = _compiled(attempt.place, str(inputs["Script"]), str(inputs["Runtime"]))
    namespace: dict[str, Any] = {"__name__": "automation_script", "__builtins__": _builtins(attempt.place, limit)}
    payload = json.loads(json.dumps(inputs.get("InputPayload") or {}))
    sandbox = Sandbox({"PATH": "/usr/local/bin:/usr/bin:/bin"}, [], attempt.execution.session)
    with sandbox.active():
        try:
            exec(code, namespace)
            if not callable(namespace.get(handler)):
                raise StepError(f"the script has no function {handler}", POLLING)
            returned = namespace[handler](payload, _Context(attempt.place))
        except _OutOfTime:
            raise _out_of_time() from None
        except (NotSimulated, StepError):
            raise
        except (Exception, SystemExit) as error:
            raise StepError(_report(attempt.place, error), POLLING) from error
    if time.time() > limit:  # it waited otherwise than by time.sleep, in a waiter of boto3
        raise _out_of_time()
    result = _returned(returned)
    return Result(response={"Payload": result}, outputs={"Payload": result, "OutputPayload": {"Payload": result}})


def _compiled(place: str, script: str, runtime: str) -> types.CodeType:
    version = tuple(int(part) for part in runtime.removeprefix("python").split("."))
    try:
        tree = ast.parse(script, filename=place, feature_version=(version[0], version[1]))
        return compile(tree, place, "exec")
    except SyntaxError as error:
        raise StepError(f"SyntaxError - {error.msg} (line {error.lineno} of the script)", POLLING) from error


def _builtins(place: str, limit: float) -> dict[str, Any]:
    """Python's builtins with an import that knows the runtime's packages, and a `time` that ends with the script."""

    def sleep(seconds: float) -> None:
        left = limit - time.time()
        time.sleep(min(seconds, left))
        if seconds >= left:
            raise _OutOfTime

    clock = types.ModuleType("time")
    clock.__dict__.update(vars(time), sleep=sleep)

    def import_module(
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> types.ModuleType:
        package = name.partition(".")[0]
        if package in _CONCURRENCY:
            raise NotSimulated(place, f"import {name} in a script")
        if level or (package not in _PACKAGES and package not in sys.stdlib_module_names):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        if package == "time":
            return clock
        return builtins.__import__(name, globals, locals, fromlist or (), level)

    importer: Callable[..., types.ModuleType] = import_module
    return {**vars(builtins), "__import__": importer}


def _report(place: str, error: BaseException) -> str:
    """The traceback of the script's own lines, and the error as AWS prints it."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == place]
    lines = "".join(f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}\n' for frame in frames)
    return f"Traceback (most recent call last):\n{lines}{type(error).__name__} - {error}"


def _returned(value: object) -> Value:
    if isinstance(value, list):
        value = value[:LIST_ITEMS]
    try:
        text = json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise StepError(f"what the script returned is no JSON: {error}", POLLING) from error
    size = len(text.encode())
    if size > PAYLOAD_BYTES:
        raise StepError(f"the script returned {size} bytes, at most {PAYLOAD_BYTES} are allowed", POLLING)
    return json.loads(text)


def _out_of_time() -> StepTimeoutError:
    return StepTimeoutError("the script was stopped at its time limit", POLLING)
