import re

from asr_templates.embedded.open_ports import LAST_PORT, merged, reducing
from asr_templates.embedded.runner import Aws, Plan, Refuse


def plan(
    aws: Aws, SecurityGroupId: str, authorizedTcpPorts: list[str], authorizedUdpPorts: list[str], SplitRanges: bool
) -> Plan:
    """The world reaches a security group by TCP and UDP on authorized ports only; every other rule stays."""
    allowed = {"tcp": port_ranges(authorizedTcpPorts), "udp": port_ranges(authorizedUdpPorts)}
    return (yield from reducing(aws, SecurityGroupId, allowed, SplitRanges))


def port_ranges(ports: list[str]) -> list[list[int]]:
    """Return ports, "443" or "8000-8009", as ranges."""
    found = []
    for port in ports:
        bounds = re.fullmatch(r"\s*(\d{1,5})(?:\s*-\s*(\d{1,5}))?\s*", port, re.ASCII)
        if not bounds:
            raise Refuse(f"{port} is neither a port nor a range of ports")
        first, last = int(bounds[1]), int(bounds[2] or bounds[1])
        if not first <= last <= LAST_PORT:
            raise Refuse(f"{port} is no range of ports from 0 to {LAST_PORT}")
        found.append([first, last])
    return merged(found)
