"""Security group rules behave as the EC2 API reference says."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

OPEN_SSH = {
    "IpProtocol": "tcp",
    "FromPort": 22,
    "ToPort": 22,
    "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "ssh"}],
}
OPEN_RDP = {"IpProtocol": "tcp", "FromPort": 3389, "ToPort": 3389, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


@pytest.fixture
def ec2(environment: Any) -> Any:
    return environment.session("111111111111").client("ec2", region_name="eu-west-1")


def new_group(ec2: Any, *permissions: dict[str, Any], vpc_id: str = "") -> str:
    vpc_id = vpc_id or ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group_id = str(ec2.create_security_group(GroupName="web", Description="d", VpcId=vpc_id)["GroupId"])
    if permissions:
        ec2.authorize_security_group_ingress(GroupId=group_id, IpPermissions=list(permissions))
    return group_id


def inbound(ec2: Any, group_id: str) -> Any:
    return ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0]["IpPermissions"]


def rules(ec2: Any, group_id: str, is_egress: bool = False) -> list[dict[str, Any]]:
    found = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group_id]}])
    return [rule for rule in found["SecurityGroupRules"] if rule["IsEgress"] is is_egress]


def every_kind(ec2: Any, other_group: str) -> dict[str, Any]:
    """A permission with an IPv4 range, an IPv6 range, a prefix list and a group, all described."""
    created = ec2.create_managed_prefix_list(
        PrefixListName="offices", MaxEntries=2, AddressFamily="IPv4", Entries=[{"Cidr": "10.1.0.0/16"}]
    )
    return {
        "IpProtocol": "tcp",
        "FromPort": 20,
        "ToPort": 25,
        "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "four"}],
        "Ipv6Ranges": [{"CidrIpv6": "::/0", "Description": "six"}],
        "PrefixListIds": [{"PrefixListId": created["PrefixList"]["PrefixListId"], "Description": "list"}],
        "UserIdGroupPairs": [{"GroupId": other_group, "Description": "group", "UserId": "111111111111"}],
    }


def test_descriptions_of_all_kinds_of_rules_are_kept(ec2: Any) -> None:
    permission = every_kind(ec2, new_group(ec2))
    group_id = new_group(ec2, permission)

    assert inbound(ec2, group_id) == [permission]
    assert sorted(rule["Description"] for rule in rules(ec2, group_id)) == ["four", "group", "list", "six"]


def test_rules_that_are_revoked_and_authorized_again_are_as_before(ec2: Any) -> None:
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "all"}]}
    group_id = new_group(ec2, every_kind(ec2, new_group(ec2)), everything)
    before = inbound(ec2, group_id)

    ec2.revoke_security_group_ingress(GroupId=group_id, IpPermissions=before)
    between = inbound(ec2, group_id)
    ec2.authorize_security_group_ingress(GroupId=group_id, IpPermissions=before)

    assert between == []
    assert before == inbound(ec2, group_id)


def test_rules_are_revoked_by_their_ids_and_the_others_stay(ec2: Any) -> None:
    group_id = new_group(ec2, every_kind(ec2, new_group(ec2)), OPEN_RDP)
    open_to_all = [rule["SecurityGroupRuleId"] for rule in rules(ec2, group_id) if rule.get("CidrIpv6") == "::/0"]

    ec2.revoke_security_group_ingress(GroupId=group_id, SecurityGroupRuleIds=open_to_all)

    assert [rule.get("CidrIpv6") for rule in rules(ec2, group_id)] == [None] * 4


def test_the_default_group_of_a_vpc_lets_its_members_in_and_everything_out(ec2: Any) -> None:
    vpc_id = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    [group] = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])["SecurityGroups"]

    [inward] = group["IpPermissions"]
    [outward] = group["IpPermissionsEgress"]
    assert (inward["IpProtocol"], group["GroupId"]) == ("-1", inward["UserIdGroupPairs"][0]["GroupId"])
    assert (outward["IpProtocol"], outward["IpRanges"]) == ("-1", [{"CidrIp": "0.0.0.0/0"}])


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_the_default_group_can_be_emptied_and_restored(ec2: Any, direction: str) -> None:
    vpc_id = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    key = {"ingress": "IpPermissions", "egress": "IpPermissionsEgress"}[direction]

    def permissions() -> Any:
        [group] = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])["SecurityGroups"]
        return group["GroupId"], group[key]

    group_id, before = permissions()
    getattr(ec2, f"revoke_security_group_{direction}")(GroupId=group_id, IpPermissions=before)
    emptied = permissions()
    getattr(ec2, f"authorize_security_group_{direction}")(GroupId=group_id, IpPermissions=before)

    assert emptied == (group_id, [])
    assert (group_id, before) == permissions()


def test_a_rule_is_found_whatever_its_description(ec2: Any) -> None:
    other = new_group(ec2)
    group_id = new_group(ec2, every_kind(ec2, other))
    by_group = {"IpProtocol": "tcp", "FromPort": 20, "ToPort": 25, "UserIdGroupPairs": [{"GroupId": other}]}

    ec2.revoke_security_group_ingress(GroupId=group_id, IpPermissions=[by_group])

    assert inbound(ec2, group_id)[0]["UserIdGroupPairs"] == []


def test_a_second_rule_that_differs_in_its_description_only_is_a_duplicate(ec2: Any) -> None:
    group_id = new_group(ec2, OPEN_SSH)
    again = {**OPEN_SSH, "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "other"}]}

    with pytest.raises(ClientError, match=r"InvalidPermission\.Duplicate"):
        ec2.authorize_security_group_ingress(GroupId=group_id, IpPermissions=[OPEN_RDP, again])

    assert [permission["FromPort"] for permission in inbound(ec2, group_id)] == [22]


def test_in_an_ordinary_vpc_a_missing_rule_is_refused_and_nothing_is_revoked(ec2: Any) -> None:
    group_id = new_group(ec2, OPEN_SSH)

    with pytest.raises(ClientError, match=r"InvalidPermission\.NotFound"):
        ec2.revoke_security_group_ingress(GroupId=group_id, IpPermissions=[OPEN_SSH, OPEN_RDP])

    assert [permission["FromPort"] for permission in inbound(ec2, group_id)] == [22]


def test_in_the_default_vpc_missing_rules_are_reported(ec2: Any) -> None:
    vpc_id = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    group_id = new_group(ec2, OPEN_SSH, vpc_id=vpc_id)

    answer = ec2.revoke_security_group_ingress(GroupId=group_id, IpPermissions=[OPEN_SSH, OPEN_RDP])

    assert inbound(ec2, group_id) == []
    assert [permission["FromPort"] for permission in answer["UnknownIpPermissions"]] == [3389]


def test_an_unknown_rule_id_is_refused(ec2: Any) -> None:
    with pytest.raises(ClientError, match=r"InvalidSecurityGroupRuleId\.NotFound"):
        ec2.revoke_security_group_ingress(GroupId=new_group(ec2), SecurityGroupRuleIds=["sgr-00000000000000001"])


def test_nothing_to_revoke_is_a_missing_parameter(ec2: Any) -> None:
    with pytest.raises(ClientError, match="MissingParameter"):
        ec2.revoke_security_group_ingress(GroupId=new_group(ec2), IpPermissions=[])


def test_a_group_that_is_gone_is_not_found(ec2: Any) -> None:
    gone = "sg-00000000000000001"

    with pytest.raises(ClientError, match=r"InvalidGroup\.NotFound"):
        ec2.describe_security_groups(GroupIds=[gone])
    with pytest.raises(ClientError, match=r"InvalidGroup\.NotFound"):
        ec2.revoke_security_group_ingress(GroupId=gone, IpPermissions=[OPEN_SSH])


def test_authorizing_answers_with_all_new_rules(ec2: Any) -> None:
    answer = ec2.authorize_security_group_ingress(GroupId=new_group(ec2), IpPermissions=[OPEN_SSH, OPEN_RDP])

    assert [rule["FromPort"] for rule in answer["SecurityGroupRules"]] == [22, 3389]


def test_ebs_encryption_by_default_is_a_setting_of_the_region(environment: Any, ec2: Any) -> None:
    elsewhere = environment.session("111111111111").client("ec2", region_name="us-east-1")

    ec2.enable_ebs_encryption_by_default()
    enabled = [client.get_ebs_encryption_by_default()["EbsEncryptionByDefault"] for client in (ec2, elsewhere)]
    ec2.disable_ebs_encryption_by_default()

    assert enabled == [True, False]
    assert ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is False
