from asr_templates.embedded.open_ports import all_but, reducing
from asr_templates.embedded.runner import Aws, Plan

# The ports of control EC2.19, in order; Security Hub does not let a customer change them.
PORTS = [20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000, 5432, 5500, 5601]
PORTS += [8080, 8088, 8888, 9200, 9300]


def plan(aws: Aws, SecurityGroupId: str, SplitRanges: bool) -> Plan:
    """The world reaches no port of high risk of a security group; every other rule stays."""
    others = all_but(PORTS)
    return (yield from reducing(aws, SecurityGroupId, {"tcp": others, "udp": others}, SplitRanges))
