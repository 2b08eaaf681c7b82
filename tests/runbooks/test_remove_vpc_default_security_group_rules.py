"""RemoveVPCDefaultSecurityGroupRules: a VPC's default security group has no rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

RUNBOOK = "RemoveVPCDefaultSecurityGroupRules"
SSH: dict[str, Any] = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
EVERYTHING: dict[str, Any] = {"IpProtocol": "-1"}
INTRUDER = {"IpProtocol": "udp", "FromPort": 53, "ToPort": 53, "IpRanges": [{"CidrIp": "192.0.2.1/32"}]}


@pytest.fixture
def group(groups: Any) -> str:
    """A default group with a rule of each kind, in and out, of three kinds of tags."""
    other = groups.create()
    described = [{"CidrIp": "10.0.0.0/8", "Description": "office"}, {"CidrIp": "0.0.0.0/0"}]
    groups.allow(groups.default, {**SSH, "IpRanges": described}, tags={"owner": "ann", "why": "ops"})
    groups.allow(groups.default, {**SSH, "Ipv6Ranges": [{"CidrIpv6": "::/0", "Description": "six"}]})
    groups.allow(
        groups.default, {**SSH, "PrefixListIds": [{"PrefixListId": groups.prefix_list()}]}, tags={"owner": "bob"}
    )
    groups.allow(groups.default, {**EVERYTHING, "UserIdGroupPairs": [{"GroupId": other, "Description": "peers"}]})
    groups.allow_out(groups.default, {**SSH, "IpRanges": [{"CidrIp": "10.1.0.0/16"}]}, tags={"owner": "ann"})
    groups.allow_out(groups.default, {**EVERYTHING, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]})
    return str(groups.default)


def test_rules_of_every_kind_are_removed_and_restored_with_tags_and_descriptions(
    prove: Callable[..., Any], groups: Any, group: str
) -> None:
    prove(RUNBOOK, lambda: groups.describe(group), drift=lambda: groups.allow(group, INTRUDER), GroupId=group)


def test_nothing_is_left(remediation: Callable[[str], Any], groups: Any, group: str) -> None:
    output = remediation(RUNBOOK)(GroupId=group)

    assert "Success" == output["Status"]
    assert [] == groups.describe(group)


def test_group_as_aws_makes_it_is_emptied_and_restored(prove: Callable[..., Any], groups: Any) -> None:
    prove(RUNBOOK, lambda: groups.describe(groups.default), GroupId=groups.default)


def test_rules_of_equal_tags_are_revoked_by_one_call(remediation: Callable[[str], Any], groups: Any) -> None:
    ranges = [{"CidrIp": f"10.{number}.0.0/16"} for number in range(30)]
    groups.allow(groups.default, {**SSH, "IpRanges": ranges})

    output = remediation(RUNBOOK)(GroupId=groups.default)

    expected = ["revoke_security_group_ingress", "revoke_security_group_egress"]
    assert expected == [change["operation"] for change in output["Changes"]]


def test_group_without_rules_is_left_alone(remediation: Callable[[str], Any], groups: Any) -> None:
    remediation(RUNBOOK)(GroupId=groups.default)

    assert "NoChange" == remediation(RUNBOOK)(GroupId=groups.default)["Status"]


def test_other_group_than_the_default_is_refused(remediation: Callable[[str], Any], groups: Any) -> None:
    group = groups.create()
    before = groups.describe(group)
    output = remediation(RUNBOOK)(GroupId=group)

    expected = f"{group} is not the default security group of its VPC"
    assert ("Refused", expected, before) == (output["Status"], output["Message"], groups.describe(group))


def test_group_that_is_gone_is_no_change(remediation: Callable[[str], Any], groups: Any) -> None:
    output = remediation(RUNBOOK)(GroupId="sg-00000000000000000")

    assert ("NoChange", "gone") == (output["Status"], output["Message"])


def test_record_names_no_rule_ids_in_what_it_saw(remediation: Callable[[str], Any], groups: Any, group: str) -> None:
    """Rules that are restored get new ids."""
    output = remediation(RUNBOOK)("Preview", GroupId=group)

    assert "sgr-" not in str(output["Before"])
