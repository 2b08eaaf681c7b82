"""DisableUnrestrictedAccessToHighRiskPorts: the world reaches no port of high risk; every other rule stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

RUNBOOK = "DisableUnrestrictedAccessToHighRiskPorts"
# https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-19
HIGH_RISK = {20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000, 5432, 5500, 5601}
HIGH_RISK |= {8080, 8088, 8888, 9200, 9300}


def rule(low: int, high: int | None = None, source: str = "0.0.0.0/0", protocol: str = "tcp") -> dict[str, Any]:
    """An inbound rule, as AuthorizeSecurityGroupIngress takes it."""
    kind, key = ("Ipv6Ranges", "CidrIpv6") if ":" in source else ("IpRanges", "CidrIp")
    ports = {} if protocol == "-1" else {"FromPort": low, "ToPort": low if high is None else high}
    return {"IpProtocol": protocol, **ports, kind: [{key: source}]}


@pytest.fixture
def group(groups: Any) -> str:
    return str(groups.create())


@pytest.mark.parametrize("protocol", ["tcp", "udp"])
def test_each_port_of_high_risk_is_closed(
    remediation: Callable[[str], Any], groups: Any, group: str, protocol: str
) -> None:
    groups.allow(group, *(rule(port, protocol=protocol) for port in sorted(HIGH_RISK)))
    groups.allow(group, rule(20, 23, source="::/0"))
    output = remediation(RUNBOOK)(SecurityGroupId=group, SplitRanges=False)

    assert ("Success", []) == (output["Status"], output["After"]["Inbound"])


def test_rules_without_such_a_port_stay(remediation: Callable[[str], Any], groups: Any, group: str) -> None:
    groups.allow(group, rule(443), rule(0, 19), rule(24), rule(9301, 65535), rule(22, source="10.0.0.0/8"))
    groups.allow(group, rule(22, -1, protocol="icmp"))

    assert "NoChange" == remediation(RUNBOOK)(SecurityGroupId=group, SplitRanges=False)["Status"]


@pytest.mark.parametrize("wide", [rule(22, 24), rule(0, 65535, source="::/0"), rule(0, protocol="-1")])
def test_rule_that_opens_other_ports_too_is_refused(
    remediation: Callable[[str], Any], groups: Any, group: str, wide: dict[str, Any]
) -> None:
    groups.allow(group, wide)
    output = remediation(RUNBOOK)(SecurityGroupId=group, SplitRanges=False)

    assert "Refused" == output["Status"]
    assert output["Message"].endswith("opens also what may stay open: narrow it, or allow SplitRanges")


def test_rule_of_all_traffic_is_split_around_the_ports_of_high_risk(
    prove: Callable[..., Any], groups: Any, group: str
) -> None:
    groups.allow(group, rule(0, protocol="-1"))

    applied = prove(RUNBOOK, lambda: groups.describe(group), SecurityGroupId=group, SplitRanges=True)
    for protocol in ("tcp", "udp"):
        rules = [each for each in applied["After"]["Inbound"] if each["IpProtocol"] == protocol]
        reached = {port for each in rules for port in range(each["FromPort"], each["ToPort"] + 1)}
        assert {*range(65536)} - HIGH_RISK == reached


def test_group_that_is_gone_is_no_change(remediation: Callable[[str], Any], groups: Any) -> None:
    output = remediation(RUNBOOK)(SecurityGroupId="sg-0123456789abcdef0", SplitRanges=False)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
