"""Policies of Lambda functions, for plans: who may call, and statements as what AddPermission takes."""

import re
from typing import Any

NARROWED = "-ASR"
"""The end of the id of a statement that replaces a wider one."""

BUCKETS = "s3.amazonaws.com"

# Condition keys that name an account, an organization, a network or a resource of one of them.
_OWNERS = ("aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:principalorgid", "aws:principalorgpaths")
_LIMITING = (
    *_OWNERS,
    *("aws:principalaccount", "aws:principalarn", "aws:sourcearn", "aws:sourcevpc", "aws:sourcevpce"),
    "lambda:eventsourcetoken",
)
_OPERATORS = ("stringequals", "stringlike", "arnequals", "arnlike")

# What AddPermission makes of its parameters.
_PARAMETERS = {
    ("arnlike", "aws:sourcearn"): "SourceArn",
    ("stringlike", "aws:sourcearn"): "SourceArn",
    ("stringequals", "aws:sourceaccount"): "SourceAccount",
    ("stringequals", "aws:principalorgid"): "PrincipalOrgID",
    ("stringequals", "lambda:functionurlauthtype"): "FunctionUrlAuthType",
    ("bool", "lambda:invokedviafunctionurl"): "InvokedViaFunctionUrl",
}


def listed(value: Any) -> list[Any]:
    """Return an element of a policy, which may be one value or several, as a list."""
    return value if isinstance(value, list) else [value]


def conditions(statement: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """Return operator, key and value of each condition, operator and key in lower case."""
    operators = (statement.get("Condition") or {}).items()
    return [(operator.lower(), key.lower(), value) for operator, keys in operators for key, value in keys.items()]


def is_limited(statement: dict[str, Any], keys: tuple[str, ...]) -> bool:
    """Return whether a condition names whom the statement is for: with an account, or without a wildcard."""
    return any(
        operator in _OPERATORS
        and key in keys
        and all(re.fullmatch(r"[^*?]*(?:\d{12}.*)?", str(each)) for each in listed(value))
        for operator, key, value in conditions(statement)
    )


def is_public(statement: dict[str, Any]) -> bool:
    """Return whether everyone may call the function by this statement."""
    principal = statement.get("Principal")
    named = principal.get("AWS", []) if isinstance(principal, dict) else principal
    return statement["Effect"] == "Allow" and "*" in listed(named) and not is_limited(statement, _LIMITING)


def is_for_any_bucket(statement: dict[str, Any]) -> bool:
    """Return whether the buckets of any account may call the function: the name of a bucket says not whose it is."""
    principal = statement.get("Principal")
    services = principal.get("Service", []) if isinstance(principal, dict) else []
    return statement["Effect"] == "Allow" and BUCKETS in listed(services) and not is_limited(statement, _OWNERS)


def permission(statement: dict[str, Any]) -> dict[str, Any] | None:
    """Return a statement as AddPermission takes it, without FunctionName; None: it cannot say the same."""
    principal = statement.get("Principal")
    if isinstance(principal, dict) and list(principal) == ["Service"]:
        principal = principal["Service"]
    given = {"StatementId": statement.get("Sid"), "Action": statement.get("Action"), "Principal": principal}
    for operator, key, value in conditions(statement):
        given[_PARAMETERS.get((operator, key), "")] = value == "true" if operator == "bool" else value
    is_simple = all(isinstance(value, str | bool) for value in given.values())
    return given if is_simple and "" not in given and "NotPrincipal" not in statement else None
