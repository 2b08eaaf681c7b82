"""AWS-owned runbooks behave as their documentation pages say."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws.errors import NotSimulated

NAME = "AWS-DisablePublicAccessForSecurityGroup"


def group(aws: Any, *rules: tuple[int, str], is_default_vpc: bool = False) -> str:
    ec2 = aws.client("ec2")
    vpc = ec2.describe_vpcs()["Vpcs"][0] if is_default_vpc else ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]
    group_id = str(ec2.create_security_group(GroupName="web", Description="d", VpcId=vpc["VpcId"])["GroupId"])
    for port, cidr in rules:
        ranges = {"Ipv6Ranges": [{"CidrIpv6": cidr}]} if ":" in cidr else {"IpRanges": [{"CidrIp": cidr}]}
        permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **ranges}
        ec2.authorize_security_group_ingress(GroupId=group_id, IpPermissions=[permission])
    return group_id


def open_ports(aws: Any, group_id: str) -> list[int]:
    found = aws.client("ec2").describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0]
    return sorted(permission["FromPort"] for permission in found["IpPermissions"])


FOUR_RULES = [(22, "0.0.0.0/0"), (22, "::/0"), (3389, "0.0.0.0/0"), (3389, "::/0")]


def test_the_four_rules_are_revoked_and_others_survive(aws: Any) -> None:
    group_id = group(aws, *FOUR_RULES, (443, "0.0.0.0/0"), (22, "10.0.0.0/8"))

    execution = aws.run(NAME, GroupId=[group_id])

    assert (execution.status, open_ports(aws, group_id)) == ("Success", [22, 443])


def test_it_fails_in_an_ordinary_vpc_when_one_of_the_four_rules_is_missing(aws: Any) -> None:
    group_id = group(aws, (22, "0.0.0.0/0"))

    execution = aws.run(NAME, GroupId=[group_id])

    assert execution.status == "Failed"
    assert "InvalidPermission.NotFound" in execution.failure_message


def test_it_succeeds_in_the_default_vpc_when_rules_are_missing(aws: Any) -> None:
    group_id = group(aws, (22, "0.0.0.0/0"), is_default_vpc=True)

    execution = aws.run(NAME, GroupId=[group_id])

    assert (execution.status, open_ports(aws, group_id)) == ("Success", [])


def test_it_does_not_exist_in_china(aws: Any) -> None:
    with pytest.raises(ClientError, match="AutomationDefinitionNotFoundException"):
        aws.start(NAME, region="cn-north-1", GroupId=["sg-12345678"])


def test_a_single_address_is_not_simulated(aws: Any) -> None:
    with pytest.raises(NotSimulated, match="IpAddressToBlock"):
        aws.start(NAME, GroupId=["sg-12345678"], IpAddressToBlock=["10.0.0.1/32"])
