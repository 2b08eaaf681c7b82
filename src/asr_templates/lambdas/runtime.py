"""What a function finds around it: settings, clients that are made once, and its log."""

import json
import os
from functools import cache
from typing import Any, TypeAlias

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

JSON: TypeAlias = dict[str, Any]
"""An object as JSON has it."""
Client: TypeAlias = Any
"""A boto3 client; its operations exist only at run time."""
Table: TypeAlias = Any
"""A boto3 DynamoDB table, which takes and returns plain Python values."""

CONFIG = Config(retries={"mode": "standard", "max_attempts": 6}, connect_timeout=5, read_timeout=20)

THROTTLING = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
    }
)
"""Error codes that say: later. (botocore, retryhandler and the services' models.)"""


class ThrottledError(Exception):
    """AWS wants the same request later; the state machine retries this error by its name."""


def setting(name: str) -> str:
    """Return an environment variable. Raises LookupError that names it: the stack and the code do not fit."""
    try:
        return os.environ[name]
    except KeyError:
        raise LookupError(f"the variable {name} is missing: launch the admin stack of this version") from None


@cache
def client(service: str) -> Client:
    """Return the function's own client of a service in its own region."""
    return boto3.client(service, config=CONFIG)  # type: ignore[call-overload]


@cache
def table(variable: str) -> Table:
    """Return the DynamoDB table that an environment variable names."""
    return boto3.resource("dynamodb", config=CONFIG).Table(setting(variable))


def error_code(error: ClientError) -> str:
    """Return the code of an error that AWS answered."""
    return str(error.response.get("Error", {}).get("Code", ""))


def error_text(error: ClientError) -> str:
    """Return the message of an error that AWS answered, with its code."""
    return f"{error_code(error)}: {error.response.get('Error', {}).get('Message', '')}"


def log(event: str, **facts: object) -> None:
    """Write one line of JSON to the function's log: ids and outcomes, never a whole finding or a token."""
    print(json.dumps({"Event": event, **facts}, default=str))
