"""Rules of security groups as plans read and write them."""

from __future__ import annotations

from typing import Any

import pytest

from asr_templates.embedded.security_groups import authorization, permission, tagged

SSH: dict[str, Any] = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
TAGS = [{"Key": "owner", "Value": "ann"}]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ({"CidrIpv4": "0.0.0.0/0"}, {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}),
        ({"CidrIpv6": "::/0"}, {"Ipv6Ranges": [{"CidrIpv6": "::/0"}]}),
        ({"PrefixListId": "pl-1"}, {"PrefixListIds": [{"PrefixListId": "pl-1"}]}),
        ({"ReferencedGroupInfo": {"GroupId": "sg-1"}}, {"UserIdGroupPairs": [{"GroupId": "sg-1"}]}),
        (
            {"ReferencedGroupInfo": {"GroupId": "sg-1", "UserId": "2", "VpcId": "vpc-1", "PeeringStatus": "active"}},
            {"UserIdGroupPairs": [{"GroupId": "sg-1", "UserId": "2"}]},
        ),
        (
            {"ReferencedGroupInfo": {"GroupId": "sg-1", "VpcPeeringConnectionId": "pcx-1"}},
            {"UserIdGroupPairs": [{"GroupId": "sg-1", "VpcPeeringConnectionId": "pcx-1"}]},
        ),
    ],
)
def test_rule_becomes_an_entry_with_its_one_source(source: dict[str, Any], expected: dict[str, Any]) -> None:
    rule = {**SSH, **source, "SecurityGroupRuleId": "sgr-1", "IsEgress": False}

    assert {**SSH, **expected} == permission(rule)


@pytest.mark.parametrize(
    "source",
    [
        {"CidrIpv4": "10.0.0.0/8"},
        {"CidrIpv6": "::/0"},
        {"PrefixListId": "p"},
        {"ReferencedGroupInfo": {"GroupId": "g"}},
    ],
)
def test_description_goes_with_the_source(source: dict[str, Any]) -> None:
    entry = permission({"IpProtocol": "-1", **source, "Description": "office"})

    [described] = next(value for value in entry.values() if isinstance(value, list))
    assert "office" == described["Description"]


def test_rules_of_equal_tags_are_one_batch_whatever_the_order_of_tags() -> None:
    plain, ann = {**SSH, "CidrIpv4": "10.0.0.0/8"}, {**SSH, "Tags": [*TAGS, {"Key": "a", "Value": "b"}]}
    again = {**SSH, "Tags": [{"Key": "a", "Value": "b"}, *TAGS]}

    assert [[ann, again], [plain]] == sorted(tagged([plain, ann, again]), key=len, reverse=True)


def test_authorization_gives_the_tags_back() -> None:
    rule = {**SSH, "CidrIpv4": "10.0.0.0/8", "Tags": TAGS}
    expected = {
        "GroupId": "sg-1",
        "IpPermissions": [{**SSH, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}],
        "TagSpecifications": [{"ResourceType": "security-group-rule", "Tags": TAGS}],
    }

    assert expected == authorization("sg-1", [rule])
    assert "TagSpecifications" not in authorization("sg-1", [{**rule, "Tags": []}])
