"""RevokeUnauthorizedInboundRules: the world reaches authorized ports only; every other rule stays."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_templates.embedded.open_ports import merged

RUNBOOK = "RevokeUnauthorizedInboundRules"
WORLD4, WORLD6 = "0.0.0.0/0", "::/0"
DEFAULTS = {"authorizedTcpPorts": ["80", "443"], "authorizedUdpPorts": [], "SplitRanges": False}


def rule(low: int, high: int | None = None, source: str = WORLD4, protocol: str = "tcp", **more: str) -> dict[str, Any]:
    """An inbound rule, as AuthorizeSecurityGroupIngress takes it."""
    kind, key = ("Ipv6Ranges", "CidrIpv6") if ":" in source else ("IpRanges", "CidrIp")
    ports = {} if protocol == "-1" else {"FromPort": low, "ToPort": low if high is None else high}
    return {"IpProtocol": protocol, **ports, kind: [{key: source, **more}]}


@pytest.fixture
def group(groups: Any) -> str:
    return str(groups.create())


@pytest.fixture
def bystanders(groups: Any, group: str) -> list[Any]:
    """Rules that the control allows; what a person sees of them."""
    groups.allow(group, rule(80, Description="web"), rule(443, source=WORLD6), tags={"owner": "ann"})
    groups.allow(group, rule(22, source="10.0.0.0/8"), rule(0, 65535, source="2001:db8::/32"))
    groups.allow(group, rule(8, -1, protocol="icmp"), {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]})
    return list(groups.describe(group))


def test_rules_of_other_ports_are_removed_and_come_back_as_they_were(
    prove: Callable[..., Any], groups: Any, group: str, bystanders: list[Any]
) -> None:
    groups.allow(group, rule(22, Description="admin"), rule(444, 450, source=WORLD6), tags={"team": "ops"})
    groups.allow(group, rule(53, protocol="udp"))

    prove(
        RUNBOOK,
        lambda: groups.describe(group),
        drift=lambda: groups.allow(group, rule(8080, source="192.0.2.1/32")),
        SecurityGroupId=group,
        **DEFAULTS,
    )
    left = [seen for seen in groups.describe(group) if seen[2] != "192.0.2.1/32"]
    assert bystanders == left


def test_group_that_opens_only_authorized_ports_is_left_alone(
    remediation: Callable[[str], Any], group: str, bystanders: list[Any]
) -> None:
    assert "NoChange" == remediation(RUNBOOK)(SecurityGroupId=group, **DEFAULTS)["Status"]


def test_customers_ports_and_ranges_of_ports_are_authorized(
    remediation: Callable[[str], Any], groups: Any, group: str
) -> None:
    groups.allow(group, rule(8000, 8010), rule(53, protocol="udp"))
    ports = {"authorizedTcpPorts": ["8000 - 8005", "8006-8010"], "authorizedUdpPorts": ["53"], "SplitRanges": False}

    assert "NoChange" == remediation(RUNBOOK)(SecurityGroupId=group, **ports)["Status"]


@pytest.mark.parametrize(
    ("port", "message"),
    [
        ("https", "https is neither a port nor a range of ports"),
        ("80-", "80- is neither a port nor a range of ports"),
        ("70000", "70000 is no range of ports from 0 to 65535"),
        ("90-80", "90-80 is no range of ports from 0 to 65535"),
    ],
)
def test_what_is_no_port_is_refused(remediation: Callable[[str], Any], group: str, port: str, message: str) -> None:
    output = remediation(RUNBOOK)(SecurityGroupId=group, **{**DEFAULTS, "authorizedTcpPorts": [port]})

    assert ("Refused", message) == (output["Status"], output["Message"])


@pytest.mark.parametrize("wide", [rule(0, 65535), rule(80, 81), rule(0, protocol="-1")])
def test_rule_of_authorized_and_other_ports_is_refused(
    remediation: Callable[[str], Any], groups: Any, group: str, wide: dict[str, Any]
) -> None:
    groups.allow(group, wide, rule(22))
    before = groups.describe(group)
    output = remediation(RUNBOOK)(SecurityGroupId=group, **DEFAULTS)

    assert "Refused" == output["Status"]
    assert output["Message"].endswith("opens also what may stay open: narrow it, or allow SplitRanges")
    assert before == groups.describe(group)


def test_rule_of_all_traffic_is_reduced_to_authorized_ports_and_ping(
    prove: Callable[..., Any], groups: Any, group: str
) -> None:
    groups.allow(group, rule(443), rule(0, protocol="-1", Description="all"), tags={"owner": "ann"})
    ports = {**DEFAULTS, "authorizedUdpPorts": ["53"], "SplitRanges": True}

    applied = prove(RUNBOOK, lambda: groups.describe(group), SecurityGroupId=group, **ports)
    left = sorted((each["IpProtocol"], each["FromPort"], each["ToPort"]) for each in applied["After"]["Inbound"])
    assert [("icmp", -1, -1), ("tcp", 80, 80), ("tcp", 443, 443), ("udp", 53, 53)] == left


def test_group_that_is_gone_is_no_change(remediation: Callable[[str], Any], groups: Any) -> None:
    output = remediation(RUNBOOK)(SecurityGroupId="sg-0123456789abcdef0", **DEFAULTS)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])


PORT = st.integers(0, 65535)
RANGES = st.lists(st.tuples(PORT, PORT).map(sorted), max_size=8)


@given(RANGES, PORT)
def test_merged_ranges_hold_the_same_ports_and_do_not_touch(ranges: list[list[int]], port: int) -> None:
    expected = any(low <= port <= high for low, high in ranges)
    found = merged(ranges)

    assert expected == any(low <= port <= high for low, high in found)
    assert all(left[1] + 1 < right[0] for left, right in pairwise(found))
