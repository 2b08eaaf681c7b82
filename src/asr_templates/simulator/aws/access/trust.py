"""Whether a role trusts who wants to assume it.

A trust policy is the role's side of sts:AssumeRole. It names a role or service outright, or the account of a role,
which then decides by its own policies; another account's role always needs a policy of its own as well. That side is
judged where the call is made (`enforcement`). Source: IAM user guide, "Cross-account policy evaluation logic".
"""

from __future__ import annotations

from collections.abc import Mapping

from asr_templates.simulator.aws.access.context import role_context, service_context
from asr_templates.simulator.aws.access.policies import Decision, Effect, decide
from asr_templates.simulator.aws.access.principals import Caller
from asr_templates.simulator.aws.access.roles import IamRole, Role, find_role, role_of

ACTION = "sts:AssumeRole"


def trust_decision(role: Role, caller: Caller, context: Mapping[str, str]) -> Decision:
    """What a role's trust policy says; `context` holds further condition keys such as aws:SourceArn, sts:ExternalId."""
    if caller.is_service:
        keys = service_context(caller.name, context)
    else:
        calling = find_role(caller.name)
        keys = role_context(caller.name, calling.tags if calling else {}, context)

    return decide([role.trust], ACTION, ((role.arn,),), keys, caller)


def trusted(role: IamRole | str, principal: str, context: Mapping[str, str]) -> bool:
    """Whether a role (moto's, or its ARN) trusts a role's ARN or a service such as `ssm.amazonaws.com`.

    False for a role that does not exist.
    """
    found = find_role(role) if isinstance(role, str) else role_of(role)

    return found is not None and trust_decision(found, Caller(principal), context).effect is Effect.ALLOW
