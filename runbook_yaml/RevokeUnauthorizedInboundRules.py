from asr_templates.embedded.open_ports import LAST_PORT, inbound_rules, merged, reducing
from asr_templates.embedded.runner import Aws, Plan, Refuse
from asr_templates.embedded.security_groups import permission


def plan(
    aws: Aws, SecurityGroupId: str, authorizedTcpPorts: list[str], authorizedUdpPorts: list[str], SplitRanges: bool
) -> Plan:
    """The world reaches a security group by TCP and UDP on authorized ports only; every other rule stays."""
    inbound = inbound_rules(aws, SecurityGroupId)
    allowed = {"tcp": port_ranges(authorizedTcpPorts), "udp": port_ranges(authorizedUdpPorts)}
    yield from reducing(SecurityGroupId, inbound, allowed, SplitRanges)
    return {"Inbound": [{**permission(rule), "Tags": rule.get("Tags", [])} for rule in inbound]}


def port_ranges(ports: list[str]) -> list[list[int]]:
    """Return ports, "443" or "8000-8009", as ranges."""
    found = []
    for port in ports:
        first, _, last = port.replace(" ", "").partition("-")
        if not (first.isdecimal() and (last or first).isdecimal()):
            raise Refuse(f"{port} is neither a port nor a range of ports")
        found.append([int(first), int(last or first)])
        if not 0 <= found[-1][0] <= found[-1][1] <= LAST_PORT:
            raise Refuse(f"{port} is no range of ports from 0 to {LAST_PORT}")
    return merged(found)
