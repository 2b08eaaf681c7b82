from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Refuse, Undo
from asr_templates.embedded.security_groups import authorization, permission, tagged


def plan(aws: Aws, GroupId: str) -> Plan:
    """A VPC's default security group has no rules."""
    ec2 = aws("ec2")
    groups = ec2.describe_security_groups(Filters=[{"Name": "group-id", "Values": [GroupId]}])["SecurityGroups"]
    if not groups:
        raise Gone
    if groups[0]["GroupName"] != "default":
        raise Refuse(f"{GroupId} is not the default security group of its VPC")
    pages = ec2.get_paginator("describe_security_group_rules").paginate(
        Filters=[{"Name": "group-id", "Values": [GroupId]}]
    )
    rules = [rule for page in pages for rule in page["SecurityGroupRules"]]
    inbound = [rule for rule in rules if not rule["IsEgress"]]
    outbound = [rule for rule in rules if rule["IsEgress"]]
    for batch in tagged(inbound):
        these = {"GroupId": GroupId, "SecurityGroupRuleIds": [rule["SecurityGroupRuleId"] for rule in batch]}
        again = Undo("authorize_security_group_ingress", authorization(GroupId, batch))
        yield Change("ec2", "revoke_security_group_ingress", these, undo=again)
    for batch in tagged(outbound):
        these = {"GroupId": GroupId, "SecurityGroupRuleIds": [rule["SecurityGroupRuleId"] for rule in batch]}
        again = Undo("authorize_security_group_egress", authorization(GroupId, batch))
        yield Change("ec2", "revoke_security_group_egress", these, undo=again)
    return {
        "Inbound": [{**permission(rule), "Tags": rule.get("Tags", [])} for rule in inbound],
        "Outbound": [{**permission(rule), "Tags": rule.get("Tags", [])} for rule in outbound],
    }
