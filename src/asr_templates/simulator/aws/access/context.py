"""The condition keys of a request: their values, and what is known about the ones that it does not have.

IAM treats a key that a request lacks in a defined way, so a key that this simulator cannot tell must not look like one
that is missing: it is `Unknown`, and a decision that depends on it is refused.
Source: IAM user guide, "AWS global condition context keys".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from asr_templates.aws_reference.arns import parse_arn

ORGANIZATION = "o-simulated00"
"""The organization that all accounts of the embedded AWS belong to."""


@dataclass(frozen=True)
class Unknown:
    """What a decision depends on and cannot be told, as words for an error."""

    what: str


# Keys that requests of the embedded AWS never have: no person with MFA, no VPC endpoint, no federation.
NEVER_PRESENT = frozenset(
    {
        "aws:calledvia",
        "aws:calledviafirst",
        "aws:calledvialast",
        "aws:federatedprovider",
        "aws:multifactorauthage",
        "aws:multifactorauthpresent",
        "aws:referer",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:sourceowner",
        "aws:vpcsourceip",
        "sts:externalid",
    }
)

# Keys of which a request has only those that it states; the others of the family are missing.
FAMILIES = ("aws:principaltag/", "aws:requesttag/", "securityhub:asffsyntaxpath/", "securityhub:ocsfsyntaxpath/")

# Keys that only a request of an AWS service has; `aws:username` only one of an IAM user.
_SERVICE_KEYS = frozenset({"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"})
_ROLE_KEYS = frozenset(
    {"aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principaltype", "aws:userid"}
)


@dataclass(frozen=True)
class Context:
    """The condition keys of one request; keys are in lower case, a key has one or more values."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    absent: frozenset[str] = NEVER_PRESENT

    def get(self, key: str) -> tuple[str, ...] | Unknown | None:
        """A key's values, None if the request does not have it, Unknown if that cannot be told."""
        key = key.lower()
        if key in self.values:
            return self.values[key]
        if key in self.absent or key.startswith(FAMILIES):
            return None

        return Unknown(f"condition key {key}")

    def with_values(self, added: Mapping[str, str | Iterable[str]]) -> Context:
        """The same context with further keys, whose case does not matter."""
        return Context({**self.values, **_normalised(added)}, self.absent)


def _normalised(values: Mapping[str, str | Iterable[str]]) -> dict[str, tuple[str, ...]]:
    return {key.lower(): (value,) if isinstance(value, str) else tuple(value) for key, value in values.items()}


def role_context(role_arn: str, tags: Mapping[str, str], added: Mapping[str, str | Iterable[str]]) -> Context:
    """The context of a call by a role; `added` holds what the request itself states."""
    values = {
        "aws:PrincipalArn": role_arn,
        "aws:PrincipalAccount": parse_arn(role_arn).account,
        "aws:PrincipalOrgID": ORGANIZATION,
        "aws:PrincipalType": "AssumedRole",
        "aws:PrincipalIsAWSService": "false",
        "aws:SecureTransport": "true",
        "aws:ViaAWSService": "false",
        **{f"aws:PrincipalTag/{key}": value for key, value in tags.items()},
        **added,
    }
    absent = NEVER_PRESENT | _SERVICE_KEYS | {"aws:principalservicename", "aws:principalservicenameslist"}

    return Context(_normalised(values), absent | {"aws:username"})


def service_context(principal: str, added: Mapping[str, str | Iterable[str]]) -> Context:
    """The context of a call by an AWS service itself; aws:SourceArn and aws:SourceAccount are missing unless added."""
    values = {
        "aws:PrincipalIsAWSService": "true",
        "aws:PrincipalServiceName": principal,
        "aws:SecureTransport": "true",
        "aws:ViaAWSService": "false",
        **added,
    }
    if any(key.lower() == "aws:sourceaccount" for key in added):
        values["aws:SourceOrgID"] = ORGANIZATION

    return Context(_normalised(values), NEVER_PRESENT | _ROLE_KEYS | _SERVICE_KEYS | {"aws:username"})
