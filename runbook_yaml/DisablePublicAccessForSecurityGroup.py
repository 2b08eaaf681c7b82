from asr_templates.embedded.open_ports import LAST_PORT, all_but, reducing
from asr_templates.embedded.runner import Aws, Plan


def plan(aws: Aws, GroupId: str, Port: int, SplitRanges: bool) -> Plan:
    """No inbound rule opens the port to 0.0.0.0/0 or ::/0; every other rule stays."""
    allowed = {"tcp": all_but([Port]), "udp": [[0, LAST_PORT]]}
    return (yield from reducing(aws, GroupId, allowed, SplitRanges))
