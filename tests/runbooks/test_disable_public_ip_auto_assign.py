"""DisablePublicIPAutoAssign: what is launched in a subnet gets no public address by itself, of IPv4 or IPv6."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest

RUNBOOK = "DisablePublicIPAutoAssign"
IPV4, IPV6 = "MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation"


class Subnet:
    """A subnet with addresses of both kinds."""

    def __init__(self) -> None:
        self.ec2 = boto3.client("ec2")
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
        block = self.ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"]
        self.vpc, self.block = vpc, block.replace("/56", "/64")
        made = self.ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24", Ipv6CidrBlock=self.block)["Subnet"]
        self.id, self.arn = made["SubnetId"], made["SubnetArn"]

    def assign(self, *attributes: str) -> None:
        for attribute in attributes:
            self.ec2.modify_subnet_attribute(**{"SubnetId": self.id, attribute: {"Value": True}})

    def describe(self) -> Any:
        return self.ec2.describe_subnets(SubnetIds=[self.id])["Subnets"][0]


@pytest.fixture
def subnet(account: str) -> Subnet:
    return Subnet()


@pytest.mark.parametrize("attributes", [(IPV4,), (IPV6,), (IPV4, IPV6)])
def test_public_addresses_are_switched_off_and_on_again(
    prove: Callable[..., Any], subnet: Subnet, attributes: tuple[str, ...]
) -> None:
    subnet.assign(*attributes)

    applied = prove(RUNBOOK, subnet.describe, drift=lambda: subnet.assign(IPV4), SubnetARN=subnet.arn)
    assert len(attributes) == len(applied["Changes"])
    assert {IPV4: False, IPV6: False} == applied["After"]


def test_private_subnet_is_left_alone(remediation: Callable[[str], Any], subnet: Subnet) -> None:
    assert "NoChange" == remediation(RUNBOOK)(SubnetARN=subnet.arn)["Status"]


def test_subnet_that_is_gone_is_no_change(remediation: Callable[[str], Any], subnet: Subnet) -> None:
    subnet.ec2.delete_subnet(SubnetId=subnet.id)
    output = remediation(RUNBOOK)(SubnetARN=subnet.arn)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])


def test_subnet_of_ipv6_only_is_refused(remediation: Callable[[str], Any], subnet: Subnet) -> None:
    subnet.ec2.delete_subnet(SubnetId=subnet.id)
    made = subnet.ec2.create_subnet(VpcId=subnet.vpc, Ipv6CidrBlock=subnet.block, Ipv6Native=True)["Subnet"]
    output = remediation(RUNBOOK)(SubnetARN=made["SubnetArn"])

    expected = "a subnet of IPv6 only has to assign IPv6 addresses"
    assert ("Refused", expected) == (output["Status"], output["Message"])
