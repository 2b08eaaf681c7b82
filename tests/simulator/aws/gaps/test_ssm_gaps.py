"""Systems Manager: instances that register as managed nodes."""

import json
from typing import Any

import pytest

from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.aws.errors import NotSimulated

ACCOUNT = "111111111111"
REGION = "eu-west-1"
TRUSTING = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
POLICY = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"


class Fleet:
    """Instances, and what Systems Manager knows of them."""

    def __init__(self, session: Any) -> None:
        self.ec2 = session.client("ec2", region_name=REGION)
        self.ssm = session.client("ssm", region_name=REGION)
        iam = session.client("iam")
        trust = json.dumps({"Version": "2012-10-17", "Statement": [TRUSTING]})
        for name in ("managed", "other"):
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
            iam.create_instance_profile(InstanceProfileName=name)
            iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
        iam.attach_role_policy(RoleName="managed", PolicyArn=POLICY)
        self.image = self.ec2.register_image(Name="linux", RootDeviceName="/dev/xvda")["ImageId"]

    def run(self, profile: str) -> str:
        made = self.ec2.run_instances(ImageId=self.image, MinCount=1, MaxCount=1, IamInstanceProfile={"Name": profile})
        return str(made["Instances"][0]["InstanceId"])

    def nodes(self, **filters: Any) -> dict[str, str]:
        found = self.ssm.describe_instance_information(**filters)["InstanceInformationList"]
        return {node["InstanceId"]: node["PingStatus"] for node in found}

    def wait(self) -> None:
        scheduler.call(scheduler.sleep, 301.0)


@pytest.fixture
def fleet(environment: Any) -> Fleet:
    return Fleet(environment.session(ACCOUNT))


def test_instance_whose_role_allows_it_registers_after_a_while(fleet: Fleet) -> None:
    managed, _other = fleet.run("managed"), fleet.run("other")

    assert fleet.nodes() == {}
    fleet.wait()
    assert fleet.nodes() == {managed: "Online"}


def test_node_that_stops_has_lost_its_connection(fleet: Fleet) -> None:
    instance = fleet.run("managed")
    fleet.nodes()
    fleet.wait()
    fleet.ec2.stop_instances(InstanceIds=[instance])

    assert fleet.nodes() == {instance: "ConnectionLost"}


def test_nodes_can_be_asked_for(fleet: Fleet) -> None:
    first, second = fleet.run("managed"), fleet.run("managed")
    fleet.nodes()
    fleet.wait()

    assert fleet.nodes(Filters=[{"Key": "InstanceIds", "Values": [second]}]) == {second: "Online"}
    assert fleet.nodes(MaxResults=5) == {first: "Online", second: "Online"}
    with pytest.raises(NotSimulated, match="filter PlatformTypes"):
        fleet.nodes(Filters=[{"Key": "PlatformTypes", "Values": ["Linux"]}])
