"""Whether a caller may do one thing to one resource: all policies that apply, put together.

Within an account a role needs its own policies or the resource's to allow, across accounts both; a boundary and a
session policy only take away; an explicit deny anywhere ends it. A KMS key and a role to assume have the last word
themselves. An AWS service has no policies of its own, so the resource's decide alone.
Source: IAM user guide, "Policy evaluation logic" and "Cross-account policy evaluation logic".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from asr_templates.aws_reference.arns import is_arn, parse_arn
from asr_templates.simulator.aws.access.context import Context, role_context, service_context
from asr_templates.simulator.aws.access.policies import Decision, Effect, Resource, decide
from asr_templates.simulator.aws.access.principals import Caller
from asr_templates.simulator.aws.access.request_keys import Keys, resource_account
from asr_templates.simulator.aws.access.resource_policies import has_resource_policies, policies_of
from asr_templates.simulator.aws.access.roles import Role, find_role
from asr_templates.simulator.aws.access.trust import ACTION as ASSUME_ROLE
from asr_templates.simulator.aws.errors import NotSimulated

PolicyKind = Literal[
    "identity-based policy", "resource-based policy", "permissions boundary", "session policy", "role trust policy"
]


@dataclass(frozen=True)
class Verdict:
    """Whether something is allowed; if not, which kind of policy refused, and whether outright (an explicit deny)."""

    allowed: bool
    refused_by: PolicyKind | None = None
    explicitly: bool = False


ALLOWED = Verdict(True)
_NOTHING = Decision(Effect.NONE)


@dataclass(frozen=True)
class RoleCaller:
    """A role that calls, and what was said when it was assumed."""

    role: Role
    session_name: str = ""
    session_policy: str | None = None

    @property
    def caller(self) -> Caller:
        """As a Principal element names it."""
        return Caller(self.role.arn, self.session_arn)

    @property
    def session_arn(self) -> str:
        """The ARN of the role's session, as error messages and policies name it."""
        arn = parse_arn(self.role.arn)
        name = arn.resource.rpartition("/")[2]

        return f"arn:{arn.partition}:sts::{arn.account}:assumed-role/{name}/{self.session_name or 'session'}"


def role_verdict(caller: RoleCaller, action: str, resource: Resource | None, keys: Keys) -> Verdict:
    """Whether a role may do an action on a resource (by all its names; None: unknown). Raises NotSimulated."""
    role = caller.role
    context = role_context(role.arn, role.tags, keys)
    resources = None if resource is None else (resource,)
    identity = decide(role.policies, action, resources, context)
    on_resource = _resource_decision(caller.caller, action, resource, context)
    for decision, kind in ((identity, _IDENTITY), (on_resource, _kind_of_resource(action))):
        if decision.effect is Effect.DENY:
            return Verdict(False, kind, explicitly=True)

    refused = _granted(role, action, resource, identity, on_resource)

    return refused or _limits(caller, action, resources, context) or ALLOWED


_IDENTITY: PolicyKind = "identity-based policy"


# The owner of AWS's managed policies (arn:aws:iam::aws:policy/...), which every account may use.
_AWS_ITSELF = "aws"


def _kind_of_resource(action: str) -> PolicyKind:
    return "role trust policy" if action == ASSUME_ROLE else "resource-based policy"


def _granted(
    role: Role, action: str, resource: Resource | None, identity: Decision, on_resource: Decision
) -> Verdict | None:
    """The refusal for want of a grant, or None."""
    kind = _kind_of_resource(action)
    name = resource[0] if resource else "*"
    owner = resource_account(name, role.account)
    if owner not in (role.account, _AWS_ITSELF) or _decides_itself(action, name):
        if on_resource.effect is not Effect.ALLOW:
            _require_simulated(action, name)
            return Verdict(False, kind)
        if owner == role.account and on_resource.allowed:
            return None

        return None if identity.allowed else Verdict(False, _IDENTITY)

    return None if identity.allowed or on_resource.allowed else Verdict(False, _IDENTITY)


def _decides_itself(action: str, name: str) -> bool:
    is_key = is_arn(name) and parse_arn(name).service == "kms" and ":key/" in name

    return action == ASSUME_ROLE or (is_key and not name.endswith("*"))


def _require_simulated(action: str, name: str) -> None:
    if action != ASSUME_ROLE and not has_resource_policies(name):
        raise NotSimulated(f"access: {action}", f"access to {name} from another account")


def _limits(caller: RoleCaller, action: str, resources: Sequence[Resource] | None, context: Context) -> Verdict | None:
    """The refusal by a permissions boundary or a session policy, or None."""
    limits: tuple[tuple[str | None, PolicyKind], ...] = (
        (caller.role.boundary, "permissions boundary"),
        (caller.session_policy, "session policy"),
    )
    for policy, kind in limits:
        if policy is not None:
            decision = decide([policy], action, resources, context)
            if not decision.allowed:
                return Verdict(False, kind, explicitly=decision.effect is Effect.DENY)

    return None


def _resource_decision(caller: Caller, action: str, resource: Resource | None, context: Context) -> Decision:
    if resource is None:
        return _NOTHING
    if action == ASSUME_ROLE:
        role = find_role(resource[0])

        return decide([role.trust], action, (resource,), context, caller) if role else _NOTHING

    return decide(policies_of(resource[0]), action, (resource,), context, caller)


# Services that name the account for which they act by aws:SourceOwner too; a topic's default policy asks for that.
# EventBridge does not, so a topic for its rules needs a policy of its own (EventBridge user guide, "Permissions").
_SAY_SOURCE_OWNER = frozenset({"cloudwatch.amazonaws.com", "s3.amazonaws.com"})


def service_verdict(
    service: str,
    action: str,
    resource: str,
    keys: Mapping[str, str | tuple[str, ...]],
    *,
    source_account: str,
    source_arn: str = "",
) -> Verdict:
    """Whether an AWS service itself may do an action on a resource, for one of an account's resources (aws:SourceArn).

    Raises NotSimulated for a kind of resource whose policies are not simulated.
    """
    if not has_resource_policies(resource):
        raise NotSimulated(f"access: {service} calling {action}", f"the policy of {resource}")

    added = {**keys, "aws:SourceAccount": source_account}
    if source_arn:
        added["aws:SourceArn"] = source_arn
    if service in _SAY_SOURCE_OWNER:
        added["aws:SourceOwner"] = source_account
    caller, context = Caller(service), service_context(service, added)
    if action == "events:PutEvents":
        # A rule without a role forwards events as its account (EventBridge user guide, "Sending and receiving events
        # between accounts").
        root = f"arn:{parse_arn(resource).partition}:iam::{source_account}:root"
        caller, context = Caller(root), role_context(root, {}, added)
    decision = decide(policies_of(resource), action, ((resource,),), context, caller)

    if decision.effect is Effect.ALLOW:
        return ALLOWED

    return Verdict(False, "resource-based policy", explicitly=decision.effect is Effect.DENY)
