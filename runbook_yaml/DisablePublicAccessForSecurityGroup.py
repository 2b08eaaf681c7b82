from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Record, Refuse, Undo
from asr_templates.embedded.security_groups import WORLD, authorization, permission, tagged


def plan(aws: Aws, GroupId: str, Port: int, SplitRanges: bool) -> Plan:
    """No inbound rule opens the port to 0.0.0.0/0 or ::/0; every other rule stays."""
    ec2 = aws("ec2")
    groups = ec2.describe_security_groups(Filters=[{"Name": "group-id", "Values": [GroupId]}])["SecurityGroups"]
    if not groups:
        raise Gone
    pages = ec2.get_paginator("describe_security_group_rules").paginate(
        Filters=[{"Name": "group-id", "Values": [GroupId]}]
    )
    inbound = [rule for page in pages for rule in page["SecurityGroupRules"] if not rule["IsEgress"]]
    opening = [rule for rule in inbound if opens(rule, Port)]
    wider = [rule for rule in opening if rule["IpProtocol"] == "-1" or rule["FromPort"] != rule["ToPort"]]
    if wider and not SplitRanges:
        raise Refuse(f"{wider[0]['SecurityGroupRuleId']} opens more than port {Port}: narrow it, or allow SplitRanges")
    taken = [source_and_ports(rule) for rule in inbound if rule not in opening]
    for rule in wider:
        rest = [part for part in split(rule, Port) if source_and_ports(part) not in taken]
        taken += [source_and_ports(part) for part in rest]
        if rest:
            these = authorization(GroupId, rest)
            back = {"GroupId": GroupId, "IpPermissions": these["IpPermissions"]}
            again = Undo("revoke_security_group_ingress", back)
            yield Change("ec2", "authorize_security_group_ingress", these, undo=again)
    for batch in tagged(opening):
        these = {"GroupId": GroupId, "SecurityGroupRuleIds": [rule["SecurityGroupRuleId"] for rule in batch]}
        again = Undo("authorize_security_group_ingress", authorization(GroupId, batch))
        yield Change("ec2", "revoke_security_group_ingress", these, undo=again)
    return {"Inbound": [{**permission(rule), "Tags": rule.get("Tags", [])} for rule in inbound]}


def opens(rule: Record, port: int) -> bool:
    """Whether a rule lets the world reach a TCP port."""
    if rule.get("CidrIpv4") not in WORLD and rule.get("CidrIpv6") not in WORLD:
        return False
    reaches = rule["IpProtocol"] == "tcp" and rule["FromPort"] <= port <= rule["ToPort"]
    return bool(rule["IpProtocol"] == "-1" or reaches)


def split(rule: Record, port: int) -> list[Record]:
    """What a rule allows besides a TCP port; of all traffic, TCP, UDP and ICMP are kept."""
    everything = rule["IpProtocol"] == "-1"
    low, high = (0, 65535) if everything else (rule["FromPort"], rule["ToPort"])
    parts = [("tcp", low, port - 1), ("tcp", port + 1, high)]
    if everything:
        ping = "icmp" if rule.get("CidrIpv4") else "icmpv6"
        parts += [("udp", 0, 65535), (ping, -1, -1)]
    ports = ("IpProtocol", "FromPort", "ToPort")
    return [{**rule, **dict(zip(ports, part, strict=True))} for part in parts if part[1] <= part[2]]


def source_and_ports(rule: Record) -> str:
    """What makes two rules the same to EC2: the description and the tags do not count."""
    return str({**permission({**rule, "Description": ""})})
