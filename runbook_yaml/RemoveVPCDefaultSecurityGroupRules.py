from asr_templates.embedded.runner import Aws, Change, Plan, Refuse, Undo
from asr_templates.embedded.security_groups import (
    authorization,
    group_of,
    revocation,
    revoking,
    rules_of,
    seen,
    tagged,
)


def plan(aws: Aws, GroupId: str) -> Plan:
    """A VPC's default security group has no rules."""
    group = group_of(aws, GroupId)
    if group["GroupName"] != "default":
        raise Refuse(f"{GroupId} is not the default security group of its VPC")
    inbound, outbound = rules_of(aws, group)
    yield from revoking(GroupId, inbound)
    for batch in tagged(outbound):
        again = Undo("authorize_security_group_egress", authorization(GroupId, batch))
        yield Change("ec2", "revoke_security_group_egress", revocation(GroupId, batch), undo=again)
    return {"Inbound": seen(inbound), "Outbound": seen(outbound)}
