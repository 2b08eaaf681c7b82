"""The roles of the embedded AWS, out of moto's IAM: their policies, boundary, trust and tags."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from moto.iam.models import iam_backends

from asr_templates.aws_reference.arns import is_arn, parse_arn
from asr_templates.simulator.aws.errors import NotSimulated

PolicyText: TypeAlias = str


class _PolicyVersion(Protocol):
    document: str
    is_default: bool


class _ManagedPolicy(Protocol):
    arn: str
    versions: Sequence[_PolicyVersion]


class IamRole(Protocol):
    """A role as moto keeps it."""

    arn: str
    name: str
    account_id: str
    policies: Mapping[str, str | Mapping[str, object]]
    managed_policies: Mapping[str, _ManagedPolicy]
    permissions_boundary_arn: str | None
    assume_role_policy_document: str | Mapping[str, object]
    tags: Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Role:
    """A role with all that decides about its calls; each policy is a JSON text."""

    arn: str
    account: str
    policies: tuple[PolicyText, ...]
    trust: PolicyText
    boundary: PolicyText | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


def find_role(role_arn: str) -> Role | None:
    """The role with this ARN, in the account and partition that it names; None if IAM has none."""
    if not is_arn(role_arn):
        return None

    arn = parse_arn(role_arn)
    name = arn.resource.rpartition("/")[2]
    found = next((role for role in _backend(arn.account, arn.partition).roles.values() if role.name == name), None)

    return role_of(found) if found is not None and found.arn == role_arn else None


def role_of(role: IamRole) -> Role:
    """A role of moto's as this package reads it."""
    managed = tuple(_default_version(policy) for policy in role.managed_policies.values())
    boundary = role.permissions_boundary_arn

    return Role(
        arn=role.arn,
        account=role.account_id,
        policies=(*map(_text, role.policies.values()), *managed),
        trust=_text(role.assume_role_policy_document),
        boundary=_boundary(boundary, role) if boundary else None,
        tags={tag["Key"]: tag["Value"] for tag in role.tags},
    )


def role_policies(role_arn: str) -> tuple[PolicyText, ...]:
    """The identity policies of a role, inline and attached, as JSON texts; none if there is no such role."""
    role = find_role(role_arn)

    return role.policies if role else ()


class _Backend(Protocol):
    roles: Mapping[str, IamRole]
    managed_policies: Mapping[str, _ManagedPolicy]
    instance_profiles: Mapping[str, _InstanceProfile]


class _InstanceProfile(Protocol):
    name: str
    arn: str
    roles: Sequence[IamRole]


def _backend(account: str, partition: str) -> _Backend:
    backend: _Backend = iam_backends[account][partition]

    return backend


def roles_of_instance_profile(account: str, partition: str, name_or_arn: str) -> tuple[str, ...]:
    """The ARNs of the roles in an instance profile; none if there is no such profile."""
    profiles = _backend(account, partition).instance_profiles.values()

    return tuple(
        role.arn for profile in profiles if name_or_arn in (profile.name, profile.arn) for role in profile.roles
    )


def _text(document: str | Mapping[str, object]) -> PolicyText:
    return document if isinstance(document, str) else json.dumps(document)


def _default_version(policy: _ManagedPolicy) -> PolicyText:
    return next(_text(version.document) for version in policy.versions if version.is_default)


def _boundary(boundary_arn: str, role: IamRole) -> PolicyText:
    backend = _backend(role.account_id, parse_arn(role.arn).partition)
    policy = backend.managed_policies.get(boundary_arn)
    if policy is None:
        raise NotSimulated(f"access: {role.arn}", f"a permissions boundary that does not exist ({boundary_arn})")

    return _default_version(policy)
