"""AttachServiceVPCEndpoint: the endpoint's security group lets the whole VPC in, and nothing of others is touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto.ec2.models import ec2_backends

from asr_templates.simulator.aws.gaps import vpc_endpoints

RUNBOOK = "AttachServiceVPCEndpoint"
SERVICE = "com.amazonaws.us-east-1.ec2"
GROUP = "ASR-endpoint-ec2"


class Network:
    """A VPC with subnets of some Availability Zones."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.ec2 = boto3.client("ec2")
        self.vpc = str(self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])
        self.filters = [{"Name": "vpc-id", "Values": [self.vpc]}]
        facts = {"Region": "us-east-1", "Partition": "aws"}
        self.parameters = {"VPCId": self.vpc, "ServiceName": "ec2", "PrivateDns": True, **facts}

    def subnet(self, number: int, zone: str, size: int = 24) -> str:
        block = {"CidrBlock": f"10.0.{number}.0/{size}", "AvailabilityZone": f"us-east-1{zone}"}
        return str(self.ec2.create_subnet(VpcId=self.vpc, **block)["Subnet"]["SubnetId"])

    def resolves(self) -> None:
        self.ec2.modify_vpc_attribute(VpcId=self.vpc, EnableDnsHostnames={"Value": True})

    def endpoints(self) -> list[Any]:
        found = self.ec2.describe_vpc_endpoints(Filters=self.filters)["VpcEndpoints"]
        return [each for each in found if each["State"] != "deleted"]

    def groups(self) -> dict[str, Any]:
        return {
            each["GroupName"]: each
            for each in self.ec2.describe_security_groups(Filters=self.filters)["SecurityGroups"]
        }

    def describe(self) -> Any:
        kept = ("ServiceName", "SubnetIds", "PrivateDnsEnabled")
        return (
            [{key: each[key] for key in kept} for each in self.endpoints()],
            {name: each["IpPermissions"] for name, each in self.groups().items() if name != "default"},
        )


@pytest.fixture
def network(account: str) -> Iterator[Network]:
    with vpc_endpoints.installed():
        yield Network(account)


def test_vpc_has_an_endpoint_in_the_largest_subnet_of_each_zone_until_undo(
    remediation: Callable[[str], Any], network: Network
) -> None:
    network.resolves()
    network.subnet(0, "a", size=28)
    expected = sorted([network.subnet(1, "a"), network.subnet(2, "b")])
    run, before = remediation(RUNBOOK), network.describe()

    assert ("Preview", before) == (run("Preview", **network.parameters)["Status"], network.describe())
    applied = run(**network.parameters)
    assert [(expected, True)] == [(each["SubnetIds"], each["PrivateDnsEnabled"]) for each in network.endpoints()]
    assert "NoChange" == run(**network.parameters)["Status"]
    assert ("Undone", before) == (run("Undo", applied, **network.parameters)["Status"], network.describe())


def test_undo_after_somebody_has_changed_the_endpoint_is_refused(
    remediation: Callable[[str], Any], network: Network
) -> None:
    network.subnet(0, "a")
    run = remediation(RUNBOOK)
    applied = run(**network.parameters)
    endpoint = network.endpoints()[0]
    network.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint["VpcEndpointId"], RemoveSubnetIds=endpoint["SubnetIds"])

    assert "Refused" == run("Undo", applied, **network.parameters)["Status"]


def test_every_range_of_the_vpc_reaches_the_endpoint_by_https(
    remediation: Callable[[str], Any], network: Network
) -> None:
    network.subnet(0, "a")
    network.ec2.associate_vpc_cidr_block(VpcId=network.vpc, CidrBlock="10.1.0.0/16")
    output = remediation(RUNBOOK)(**network.parameters)

    [rule] = network.groups()[GROUP]["IpPermissions"]
    assert ("tcp", 443, 443) == (rule["IpProtocol"], rule["FromPort"], rule["ToPort"])
    assert ["10.0.0.0/16", "10.1.0.0/16"] == sorted(each["CidrIp"] for each in rule["IpRanges"])
    assert [GROUP] == output["After"]["Endpoints"][0]["Groups"]
    assert [{"Key": "ASR", "Value": RUNBOOK}] == network.endpoints()[0]["Tags"]


@pytest.mark.parametrize(("resolves", "wanted"), [(False, True), (True, False)])
def test_endpoint_takes_the_services_own_names_only_where_it_can_and_may(
    remediation: Callable[[str], Any], network: Network, resolves: bool, wanted: bool
) -> None:
    network.subnet(0, "a")
    if resolves:
        network.resolves()
    remediation(RUNBOOK)(**{**network.parameters, "PrivateDns": wanted})

    assert [False] == [each["PrivateDnsEnabled"] for each in network.endpoints()]


def test_group_of_an_earlier_run_is_used_again(remediation: Callable[[str], Any], network: Network) -> None:
    network.subnet(0, "a")
    run = remediation(RUNBOOK)
    run(**network.parameters)
    network.ec2.delete_vpc_endpoints(VpcEndpointIds=[network.endpoints()[0]["VpcEndpointId"]])
    network.ec2.associate_vpc_cidr_block(VpcId=network.vpc, CidrBlock="10.1.0.0/16")
    output = run(**network.parameters)

    expected = ["authorize_security_group_ingress", "create_vpc_endpoint", "create_tags"]
    assert expected == [change["operation"] for change in output["Changes"]]
    assert [{"CidrIp": "10.1.0.0/16"}] == output["Changes"][0]["parameters"]["IpPermissions"][0]["IpRanges"]


def test_endpoint_of_somebody_else_suffices(remediation: Callable[[str], Any], network: Network) -> None:
    network.ec2.create_vpc_endpoint(VpcId=network.vpc, ServiceName=SERVICE, VpcEndpointType="Interface")

    assert "NoChange" == remediation(RUNBOOK)(**network.parameters)["Status"]


def test_failed_endpoint_does_not_suffice(remediation: Callable[[str], Any], network: Network) -> None:
    subnet = network.subnet(0, "a")
    made = network.ec2.create_vpc_endpoint(
        VpcId=network.vpc, ServiceName=SERVICE, VpcEndpointType="Interface", SubnetIds=[subnet]
    )["VpcEndpoint"]
    backend = ec2_backends[network.account]["us-east-1"]
    backend.vpc_end_points[made["VpcEndpointId"]].state = "failed"

    assert "Success" == remediation(RUNBOOK)(**network.parameters)["Status"]


def test_namesake_of_the_group_is_refused(remediation: Callable[[str], Any], network: Network) -> None:
    network.subnet(0, "a")
    network.ec2.create_security_group(VpcId=network.vpc, GroupName=GROUP, Description="mine")
    output = remediation(RUNBOOK)(**network.parameters)

    expected = f"security group {GROUP} of the VPC has no tag ASR: it is not ours"
    assert ("Refused", expected) == (output["Status"], output["Message"])


def test_vpc_without_a_subnet_is_refused(remediation: Callable[[str], Any], network: Network) -> None:
    output = remediation(RUNBOOK)(**network.parameters)

    expected = "the VPC has no subnet of IPv4 in an Availability Zone where the service has endpoints"
    assert ("Refused", expected) == (output["Status"], output["Message"])


def test_service_without_endpoints_is_refused_by_its_name_in_the_partition(
    remediation: Callable[[str], Any], network: Network
) -> None:
    output = remediation(RUNBOOK)(**{**network.parameters, "Region": "cn-north-1", "Partition": "aws-cn"})

    expected = "there are no interface endpoints of cn.com.amazonaws.cn-north-1.ec2"
    assert ("Refused", expected) == (output["Status"], output["Message"])


def test_vpc_that_is_gone_is_no_change(remediation: Callable[[str], Any], network: Network) -> None:
    network.ec2.delete_vpc(VpcId=network.vpc)
    output = remediation(RUNBOOK)(**network.parameters)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
