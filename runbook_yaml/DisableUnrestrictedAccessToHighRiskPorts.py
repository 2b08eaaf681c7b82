from asr_templates.embedded.open_ports import LAST_PORT, inbound_rules, reducing
from asr_templates.embedded.runner import Aws, Plan
from asr_templates.embedded.security_groups import permission

# The ports of control EC2.19, in order; Security Hub does not let a customer change them.
PORTS = [20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000, 5432, 5500, 5601]
PORTS += [8080, 8088, 8888, 9200, 9300]


def plan(aws: Aws, SecurityGroupId: str, SplitRanges: bool) -> Plan:
    """The world reaches no port of high risk of a security group; every other rule stays."""
    inbound = inbound_rules(aws, SecurityGroupId)
    between = zip([-1, *PORTS], [*PORTS, LAST_PORT + 1], strict=True)
    others = [[low + 1, high - 1] for low, high in between if high - low > 1]
    yield from reducing(SecurityGroupId, inbound, {"tcp": others, "udp": others}, SplitRanges)
    return {"Inbound": [{**permission(rule), "Tags": rule.get("Tags", [])} for rule in inbound]}
