"""Which resources a call touches, as the ARNs that IAM compares with a policy's Resource element.

Services that name their resources in a way of their own have a rule (`resource_rules`); for all others, and where a
rule finds nothing, types and parameter names tell (`typed_resources`).
"""

from __future__ import annotations

from asr_templates.aws_reference import iam
from asr_templates.simulator.aws.access.calls import ApiCall
from asr_templates.simulator.aws.access.policies import Resource
from asr_templates.simulator.aws.access.resource_rules import RULES
from asr_templates.simulator.aws.access.typed_resources import by_type

ANY: tuple[Resource, ...] = (("*",),)


def resources_of(call: ApiCall, action: str) -> tuple[Resource, ...] | None:
    """The resources that one of a call's actions is checked for, each by all names that a policy may give it.

    `*` alone for an action that cannot be restricted to resources; None if the request's resource is not known here.
    """
    if not iam.is_action(action):
        return None

    types = iam.resource_types(action)
    if not types:
        return ANY

    prefix = action.partition(":")[0]
    rule = RULES.get(prefix)
    found = [*rule(call, action)] if rule else []

    return tuple(dict.fromkeys(found or by_type(call, prefix, types))) or None
