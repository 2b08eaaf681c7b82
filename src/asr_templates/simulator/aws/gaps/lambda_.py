"""Lambda: each version and alias has a policy of its own, and a statement has all that AddPermission was given.

Source: API reference, AddPermission, RemovePermission, GetPolicy and ListVersionsByFunction; Lambda developer guide,
"Viewing resource-based IAM policies in Lambda". moto gives an alias the policy of its version, forgets conditions and
takes a statement's id twice.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from moto.awslambda.exceptions import ConflictException, UnknownFunctionException
from moto.awslambda.models import LambdaBackend, LambdaFunction
from moto.awslambda.policy import Policy
from moto.awslambda.responses import LambdaResponse
from moto.core.common_types import TYPE_RESPONSE

_POLICIES = "policies_of_qualifiers"
"""The attribute of moto's functions that holds the policies of versions and aliases."""

_CONDITIONS: Mapping[str, tuple[str, str]] = {
    "SourceArn": ("ArnLike", "AWS:SourceArn"),
    "SourceAccount": ("StringEquals", "AWS:SourceAccount"),
    "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
    "EventSourceToken": ("StringEquals", "lambda:EventSourceToken"),
    "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
    "InvokedViaFunctionUrl": ("Bool", "lambda:InvokedViaFunctionUrl"),
}
"""Parameter of AddPermission -> the condition that it becomes."""


@contextmanager
def installed() -> Iterator[None]:
    """Mend the policies of moto's functions."""
    with ExitStack() as stack:
        for owner, name, replacement in (
            (LambdaBackend, "add_permission", _add_permission),
            (LambdaBackend, "get_policy", _get_policy),
            (LambdaBackend, "list_versions_by_function", _existing(LambdaBackend.list_versions_by_function)),
            (LambdaResponse, "remove_permission", _remove_permission),
        ):
            stack.enter_context(mock.patch.object(owner, name, replacement))
        yield


def _policy(backend: LambdaBackend, function_name: str, qualifier: str | None) -> Policy:
    function = backend.get_function(function_name)
    if not qualifier:
        return function.policy
    backend.get_function(function_name, qualifier)  # refuses a qualifier that there is not
    policies: dict[str, Policy] = function.__dict__.setdefault(_POLICIES, {})
    return policies.setdefault(qualifier, Policy(function))


def _add_permission(self: LambdaBackend, function_name: str, qualifier: str | None, raw: str) -> dict[str, Any]:
    policy, asked = _policy(self, function_name, qualifier), json.loads(raw)
    sid = asked["StatementId"]
    if any(statement["Sid"] == sid for statement in policy.statements):
        raise _conflict(sid)
    arn = self.get_function(function_name).function_arn
    statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": _principal(asked["Principal"]),
        "Action": asked["Action"],
        "Resource": f"{arn}:{qualifier}" if qualifier else arn,
    }
    for parameter, (operator, key) in _CONDITIONS.items():
        if parameter in asked:
            value = asked[parameter]
            shown = str(value).lower() if isinstance(value, bool) else value
            statement.setdefault("Condition", {}).setdefault(operator, {})[key] = shown
    policy.statements.append(statement)
    return statement


def _conflict(sid: str) -> ConflictException:
    error = ConflictException(f"The statement id ({sid}) provided already exists. Please provide a new statement id.")
    error.error_type = "ResourceConflictException"
    return error


def _principal(given: str) -> str | dict[str, str]:
    """A service, an account by its number, another principal by its ARN, or everyone."""
    if given == "*":
        return given
    if given.isdecimal():
        return {"AWS": f"arn:aws:iam::{given}:root"}
    return {"AWS": given} if given.startswith("arn:") else {"Service": given}


def _get_policy(self: LambdaBackend, function_name: str, qualifier: str | None = None) -> str:
    return str(_policy(self, function_name, qualifier).wire_format())


def _remove_permission(self: LambdaResponse) -> TYPE_RESPONSE:
    """RemovePermission."""
    *_, function_name, _, sid = self.path.split("?")[0].split("/")
    policy = _policy(self.backend, function_name, self._get_param("Qualifier"))
    policy.del_statement(sid, self._get_param("RevisionId") or "")
    return 204, {"status": 204}, "{}"


def _existing(find: Callable[..., Any]) -> Callable[..., Any]:
    """A function that does not exist has no versions; moto answers with none instead of an error."""

    def list_versions_by_function(self: LambdaBackend, function_name: str) -> list[LambdaFunction]:
        found = list(find(self, function_name))
        if not found:
            raise UnknownFunctionException(f"{self.region_name}:{self.account_id}:function:{function_name}")
        return found

    return list_versions_by_function
