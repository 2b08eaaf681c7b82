"""A launch configuration keeps what it was given; one that is used cannot be deleted, and none is made twice."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

ACCOUNT = "111111111111"
BASIC = {"LaunchConfigurationName": "web", "ImageId": "ami-12c6146b", "InstanceType": "t3.micro"}
MAPPINGS = [
    {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 20, "VolumeType": "gp3", "Throughput": 200, "Encrypted": True}},
    {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"},
    {"DeviceName": "/dev/sdc", "NoDevice": True},
]


@pytest.fixture
def autoscaling(environment: Any) -> Any:
    return environment.session(ACCOUNT).client("autoscaling", region_name="eu-west-1")


def use(autoscaling: Any, name: str) -> None:
    autoscaling.create_auto_scaling_group(
        AutoScalingGroupName="web",
        LaunchConfigurationName=name,
        MinSize=0,
        MaxSize=1,
        AvailabilityZones=["eu-west-1a"],
    )


def test_mappings_and_tenancy_are_described_as_they_were_given(autoscaling: Any) -> None:
    autoscaling.create_launch_configuration(**BASIC, BlockDeviceMappings=MAPPINGS, PlacementTenancy="dedicated")

    [found] = autoscaling.describe_launch_configurations()["LaunchConfigurations"]

    assert (found["BlockDeviceMappings"], found["PlacementTenancy"]) == (MAPPINGS, "dedicated")


@pytest.mark.parametrize("settings", [{}, {"AssociatePublicIpAddress": False}, {"AssociatePublicIpAddress": True}])
def test_public_addresses_are_described_only_if_they_were_decided_upon(
    autoscaling: Any, settings: dict[str, bool]
) -> None:
    autoscaling.create_launch_configuration(**BASIC, **settings)

    [found] = autoscaling.describe_launch_configurations()["LaunchConfigurations"]

    assert {name: found[name] for name in found if name == "AssociatePublicIpAddress"} == settings


def test_name_that_is_taken_is_refused(autoscaling: Any) -> None:
    autoscaling.create_launch_configuration(**BASIC)

    with pytest.raises(ClientError, match="AlreadyExists"):
        autoscaling.create_launch_configuration(**{**BASIC, "InstanceType": "m5.large"})


def test_launch_configuration_in_use_is_not_deleted(autoscaling: Any) -> None:
    autoscaling.create_launch_configuration(**BASIC)
    use(autoscaling, "web")

    with pytest.raises(ClientError, match="ResourceInUse"):
        autoscaling.delete_launch_configuration(LaunchConfigurationName="web")
    autoscaling.delete_auto_scaling_group(AutoScalingGroupName="web", ForceDelete=True)
    autoscaling.delete_launch_configuration(LaunchConfigurationName="web")

    assert autoscaling.describe_launch_configurations()["LaunchConfigurations"] == []


def test_launch_configuration_that_does_not_exist_is_neither_used_nor_deleted(autoscaling: Any) -> None:
    with pytest.raises(ClientError, match=r"ValidationError.*not found"):
        use(autoscaling, "web")
    with pytest.raises(ClientError, match=r"ValidationError.*not found"):
        autoscaling.delete_launch_configuration(LaunchConfigurationName="web")
