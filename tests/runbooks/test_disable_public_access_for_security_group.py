"""DisablePublicAccessForSecurityGroup: exactly the rules that open the port to the world go; every other stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

RUNBOOK = "DisablePublicAccessForSecurityGroup"
WORLD4, WORLD6 = "0.0.0.0/0", "::/0"
TAGS = {"owner": "ann"}


def rule(low: int, high: int | None = None, source: str = WORLD4, protocol: str = "tcp", **more: str) -> dict[str, Any]:
    """An inbound rule, as AuthorizeSecurityGroupIngress takes it."""
    kind, key = ("Ipv6Ranges", "CidrIpv6") if ":" in source else ("IpRanges", "CidrIp")
    ports = {} if protocol == "-1" else {"FromPort": low, "ToPort": low if high is None else high}
    return {"IpProtocol": protocol, **ports, kind: [{key: source, **more}]}


def all_traffic(source: str = WORLD4) -> dict[str, Any]:
    return rule(0, source=source, protocol="-1")


@pytest.fixture
def group(groups: Any) -> str:
    return str(groups.create())


@pytest.fixture
def bystanders(groups: Any, group: str) -> list[Any]:
    """Rules that open no port of remote administration to the world; what a person sees of them."""
    other = groups.create("other")
    same_port = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
    groups.allow(group, rule(22, source="10.0.0.0/8", Description="office"), tags=TAGS)
    groups.allow(
        group, rule(22, source="2001:db8::/32"), rule(443), rule(22, protocol="udp"), rule(0, 21), rule(23, 3388)
    )
    groups.allow(group, {**same_port, "PrefixListIds": [{"PrefixListId": groups.prefix_list()}]})
    groups.allow(group, {**same_port, "UserIdGroupPairs": [{"GroupId": other, "Description": "peers"}]})
    return list(groups.describe(group))


@pytest.mark.parametrize("port", [22, 3389])
@pytest.mark.parametrize("split", [False, True])
def test_exact_rules_are_removed_and_restored_with_tags_and_descriptions(
    prove: Callable[..., Any], groups: Any, group: str, bystanders: list[Any], port: int, split: bool
) -> None:
    groups.allow(group, rule(port, Description="temporary"), tags=TAGS)
    groups.allow(group, rule(port, source=WORLD6))

    def drift() -> None:
        groups.allow(group, rule(8080, source="192.0.2.1/32"))

    prove(RUNBOOK, lambda: groups.describe(group), drift, GroupId=group, Port=port, SplitRanges=split)


@pytest.mark.parametrize(("port", "other"), [(22, 3389), (3389, 22)])
def test_every_other_rule_stays_and_so_does_the_other_port(
    remediation: Callable[[str], Any], groups: Any, group: str, bystanders: list[Any], port: int, other: int
) -> None:
    groups.allow(group, rule(other))
    before = groups.describe(group)
    groups.allow(group, rule(port), rule(port, source=WORLD6))

    output = remediation(RUNBOOK)(GroupId=group, Port=port, SplitRanges=False)

    assert ("Success", before) == (output["Status"], groups.describe(group))


def test_group_that_opens_nothing_is_left_alone(
    remediation: Callable[[str], Any], groups: Any, group: str, bystanders: list[Any]
) -> None:
    for port, split in ((22, False), (22, True), (3389, False)):
        output = remediation(RUNBOOK)(GroupId=group, Port=port, SplitRanges=split)
        assert ("NoChange", bystanders) == (output["Status"], groups.describe(group))


def test_group_that_is_gone_is_no_change(remediation: Callable[[str], Any], groups: Any) -> None:
    output = remediation(RUNBOOK)(GroupId="sg-00000000000000000", Port=22, SplitRanges=False)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])


@pytest.mark.parametrize(
    "wide",
    [rule(20, 25), rule(22, 23), rule(0, 65535), rule(20, 22, source=WORLD6), all_traffic(), all_traffic(WORLD6)],
    ids=["20-25", "22-23", "0-65535", "IPv6", "all traffic", "all IPv6 traffic"],
)
@pytest.mark.parametrize("mode", ["Apply", "Preview"])
def test_wider_rule_is_refused_with_the_reason_and_exact_ones_beside_it_stay(
    remediation: Callable[[str], Any], groups: Any, group: str, wide: dict[str, Any], mode: str
) -> None:
    groups.allow(group, wide, rule(22))
    before = groups.describe(group)
    output = remediation(RUNBOOK)(mode, GroupId=group, Port=22, SplitRanges=False)

    assert ("Refused", [], before) == (output["Status"], output["Changes"], groups.describe(group))
    assert output["Message"].startswith("sgr-")
    assert output["Message"].endswith(" opens also what may stay open: narrow it, or allow SplitRanges")


@pytest.mark.parametrize(
    ("wide", "expected"),
    [
        (rule(20, 25), [("tcp", 20, 21), ("tcp", 23, 25)]),
        (rule(22, 23), [("tcp", 23, 23)]),
        (rule(21, 22), [("tcp", 21, 21)]),
        (rule(0, 65535), [("tcp", 0, 21), ("tcp", 23, 65535)]),
        (all_traffic(), [("icmp", -1, -1), ("tcp", 0, 21), ("tcp", 23, 65535), ("udp", 0, 65535)]),
        (all_traffic(WORLD6), [("icmpv6", -1, -1), ("tcp", 0, 21), ("tcp", 23, 65535), ("udp", 0, 65535)]),
    ],
    ids=["20-25", "22-23", "21-22", "0-65535", "all traffic", "all IPv6 traffic"],
)
def test_wider_rule_is_split_on_request_into_the_rest_of_its_range(
    remediation: Callable[[str], Any], groups: Any, group: str, wide: dict[str, Any], expected: list[Any]
) -> None:
    groups.allow(group, wide)
    [[_, _, source, *_]] = [seen for seen in groups.describe(group) if seen[0] == "in"]
    output = remediation(RUNBOOK)(GroupId=group, Port=22, SplitRanges=True)

    inbound = [seen for seen in groups.describe(group) if seen[0] == "in"]
    assert "Success" == output["Status"], output["Message"]
    assert expected == sorted(ports for _, ports, *_ in inbound)
    assert {source} == {origin for _, _, origin, *_ in inbound}


@pytest.mark.parametrize("wide", [rule(20, 25, Description="range"), all_traffic()], ids=["20-25", "all traffic"])
def test_split_is_undone(
    prove: Callable[..., Any], groups: Any, group: str, bystanders: list[Any], wide: dict[str, Any]
) -> None:
    groups.allow(group, wide, tags=TAGS)
    groups.allow(group, rule(22, source=WORLD6))

    def drift() -> None:
        groups.allow(group, rule(8080))

    prove(RUNBOOK, lambda: groups.describe(group), drift, GroupId=group, Port=22, SplitRanges=True)


def test_parts_of_a_split_keep_description_and_tags(remediation: Callable[[str], Any], groups: Any, group: str) -> None:
    groups.allow(group, rule(22, 23, Description="range"), tags=TAGS)
    remediation(RUNBOOK)(GroupId=group, Port=22, SplitRanges=True)

    expected = ("in", ("tcp", 23, 23), WORLD4, "range", (("owner", "ann"),))
    assert [expected] == [seen for seen in groups.describe(group) if seen[0] == "in"]


def test_part_that_another_rule_has_already_is_not_made_again(
    prove: Callable[..., Any], groups: Any, group: str
) -> None:
    """EC2 refuses a duplicate; a split, and its undo, leave the rule that was there."""
    groups.allow(group, rule(23, 25, Description="mine"), tags={"owner": "bob"})
    groups.allow(group, rule(20, 25), rule(22, 25))

    applied = prove(RUNBOOK, lambda: groups.describe(group), GroupId=group, Port=22, SplitRanges=True)

    authorized = [change for change in applied["Changes"] if change["operation"] == "authorize_security_group_ingress"]
    assert [[(20, 21)]] == [
        [(entry["FromPort"], entry["ToPort"]) for entry in change["parameters"]["IpPermissions"]]
        for change in authorized
    ]


def test_splitting_one_port_leaves_the_other_open(remediation: Callable[[str], Any], groups: Any, group: str) -> None:
    groups.allow(group, rule(0, 65535))
    remediation(RUNBOOK)(GroupId=group, Port=22, SplitRanges=True)

    assert "Refused" == remediation(RUNBOOK)(GroupId=group, Port=3389, SplitRanges=False)["Status"]
