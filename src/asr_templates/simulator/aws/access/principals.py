"""The Principal element of a policy: whom a resource or a role lets in.

A statement names a role outright (`*` included), or only its account, which then decides by its own policies.
Source: IAM user guide, "IAM JSON policy elements: Principal".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from asr_templates.aws_reference.arns import parse_arn
from asr_templates.simulator.aws.access.conditions import texts
from asr_templates.simulator.aws.errors import NotSimulated

Principals = Mapping[str, tuple[str, ...]]
"""The names of each kind of principal (AWS, Service, Federated, CanonicalUser)."""


@dataclass(frozen=True)
class Caller:
    """Who asks, as a Principal element may name it: a role's ARN or a service (`events.amazonaws.com`)."""

    name: str
    session_arn: str = ""

    @property
    def is_service(self) -> bool:
        """Whether the caller is an AWS service itself."""
        return not self.name.startswith("arn:")


def parse_principals(value: object) -> Principals | None:
    """A Principal or NotPrincipal element; None if it is absent."""
    if value is None:
        return None
    if isinstance(value, str):  # "*"; in the policy of a Lambda function an account or ARN as well
        return {"AWS": (value,)}
    if not isinstance(value, Mapping):
        raise NotSimulated("access", f"the principal {value!r}")

    return {str(kind): texts(names) for kind, names in value.items()}


def principal_matches(principals: Principals | None, not_principals: Principals | None, caller: Caller) -> bool:
    """Whether a statement with these elements is about a caller."""
    if principals is not None:
        return _named(principals, caller)
    if not_principals is not None:
        return not _named(not_principals, caller)

    return True


def names_account_only(principals: Principals | None, caller: Caller) -> bool:
    """Whether a statement that is about a role names no more of it than its account."""
    if caller.is_service or principals is None:
        return False

    return not any(name in _direct_names(caller) for name in principals.get("AWS", ()))


def _named(principals: Principals, caller: Caller) -> bool:
    if caller.is_service:
        return caller.name in principals.get("Service", ()) or "*" in principals.get("AWS", ())

    names = (*_direct_names(caller), *_account_names(caller))

    return any(name in names for name in principals.get("AWS", ()))


def _direct_names(caller: Caller) -> tuple[str, ...]:
    return ("*", caller.name, caller.session_arn)


def _account_names(caller: Caller) -> tuple[str, ...]:
    arn = parse_arn(caller.name)

    return (arn.account, f"arn:{arn.partition}:iam::{arn.account}:root")
