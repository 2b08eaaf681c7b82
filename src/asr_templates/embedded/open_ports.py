"""Inbound rules that are open to the world, for plans: reduced to the ports that the world may reach."""

from asr_templates.embedded.runner import Aws, Change, Plan, Record, Refuse, Undo
from asr_templates.embedded.security_groups import authorization, group_of, permission, revoking, rules_of, seen

WORLD = ("0.0.0.0/0", "::/0")
LAST_PORT = 65535


def all_but(ports: list[int]) -> list[list[int]]:
    """Return the ranges of ports besides some ports, which are in order."""
    between = zip([-1, *ports], [*ports, LAST_PORT + 1], strict=True)
    return [[low + 1, high - 1] for low, high in between if high - low > 1]


def merged(ranges: list[list[int]]) -> list[list[int]]:
    """Return ranges of ports (first, last) in order, those that touch or overlap as one."""
    found: list[list[int]] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1][1] = max(found[-1][1], last)
        else:
            found.append([first, last])
    return found


def reduced(rule: Record, allowed: dict[str, list[list[int]]]) -> list[Record]:
    """Return what a rule leaves of itself: its allowed ports (protocol -> ranges), and what has no ports.

    Of all traffic, TCP, UDP and ICMP are kept.
    """
    everything = rule["IpProtocol"] == "-1"
    open_to_world = rule.get("CidrIpv4") in WORLD or rule.get("CidrIpv6") in WORLD
    if not open_to_world or not (everything or rule["IpProtocol"] in allowed):
        return [rule]
    low, high = (0, LAST_PORT) if everything else (rule["FromPort"], rule["ToPort"])
    parts = [
        (protocol, max(low, first), min(high, last))
        for protocol in (allowed if everything else [rule["IpProtocol"]])
        for first, last in allowed[protocol]
        if first <= high and low <= last
    ]
    if everything:
        parts.append(("icmp" if rule.get("CidrIpv4") else "icmpv6", -1, -1))
    ports = ("IpProtocol", "FromPort", "ToPort")
    return [{**rule, **dict(zip(ports, part, strict=True))} for part in parts]


def source_and_ports(rule: Record) -> str:
    """Return what makes two rules the same to EC2: the description and the tags do not count."""
    return str(permission({**rule, "Description": ""}))


def reducing(aws: Aws, group_id: str, allowed: dict[str, list[list[int]]], split: bool) -> Plan:
    """Let the world reach the allowed ports of a group only (protocol -> ranges); protocols that are not given stay.

    A rule that would be split is refused unless `split`.
    """
    inbound, _ = rules_of(aws, group_of(aws, group_id))
    parts = [(rule, reduced(rule, allowed)) for rule in inbound]
    opening = [rule for rule, rest in parts if rest != [rule]]
    wider = [rule["SecurityGroupRuleId"] for rule, rest in parts if rest and rest != [rule]]
    if wider and not split:
        raise Refuse(f"{wider[0]} opens also what may stay open: narrow it, or allow SplitRanges")
    taken = [source_and_ports(rule) for rule in inbound if rule not in opening]
    for rule, rest in parts:
        missing = [part for part in rest if rule in opening and source_and_ports(part) not in taken]
        taken += [source_and_ports(part) for part in missing]
        if missing:
            these = authorization(group_id, missing)
            back = {"GroupId": group_id, "IpPermissions": these["IpPermissions"]}
            again = Undo("revoke_security_group_ingress", back)
            yield Change("ec2", "authorize_security_group_ingress", these, undo=again)
    yield from revoking(group_id, opening)
    return {"Inbound": seen(inbound)}
