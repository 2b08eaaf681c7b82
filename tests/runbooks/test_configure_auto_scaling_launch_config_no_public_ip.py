"""ConfigureAutoScalingLaunchConfigNoPublicIP: groups move to a successor whose instances have no public IP address."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from asr_templates.simulator.aws.gaps import launch_configurations as gap

RUNBOOK = "ConfigureAutoScalingLaunchConfigNoPublicIP"
SETTINGS = {"ImageId": "ami-12c6146b", "InstanceType": "t3.micro"}
GIVEN = {"LaunchConfigurationName": "web", "Retire": False}


@pytest.fixture
def autoscaling(account: str) -> Iterator[Any]:
    with gap.installed():
        yield boto3.client("autoscaling")


def create_used(autoscaling: Any, **settings: Any) -> None:
    """Make a launch configuration and a group that uses it."""
    autoscaling.create_launch_configuration(LaunchConfigurationName="web", **SETTINGS, **settings)
    autoscaling.create_auto_scaling_group(
        AutoScalingGroupName="web",
        LaunchConfigurationName="web",
        MinSize=0,
        MaxSize=1,
        AvailabilityZones=["us-east-1a"],
    )


def used(autoscaling: Any) -> Any:
    """Return the launch configuration that the group uses."""
    name = autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"][0]["LaunchConfigurationName"]
    return autoscaling.describe_launch_configurations(LaunchConfigurationNames=[name])["LaunchConfigurations"][0]


def test_group_moves_to_a_successor_and_back(prove: Callable[..., Any], autoscaling: Any) -> None:
    create_used(autoscaling, AssociatePublicIpAddress=True, KeyName="key", SpotPrice="0.1", EbsOptimized=True)

    def drift() -> None:
        autoscaling.update_auto_scaling_group(AutoScalingGroupName="web", LaunchConfigurationName="web")

    prove(RUNBOOK, lambda: used(autoscaling), drift=drift, **GIVEN)
    successor = autoscaling.describe_launch_configurations(LaunchConfigurationNames=["ASR-NoPublicIP-web"])
    [found] = successor["LaunchConfigurations"]

    assert (False, "key", "0.1", True) == tuple(
        found[name] for name in ("AssociatePublicIpAddress", "KeyName", "SpotPrice", "EbsOptimized")
    )


@pytest.mark.parametrize("settings", [{"AssociatePublicIpAddress": False}, {}], ids=["none", "as the subnet says"])
def test_launch_configuration_that_gives_none_is_left_alone(
    remediation: Callable[[str], Any], autoscaling: Any, settings: dict[str, bool]
) -> None:
    create_used(autoscaling, **settings)

    assert "NoChange" == remediation(RUNBOOK)(**GIVEN)["Status"]
    assert "web" == used(autoscaling)["LaunchConfigurationName"]


def test_launch_configuration_that_is_gone_is_no_change(remediation: Callable[[str], Any], autoscaling: Any) -> None:
    output = remediation(RUNBOOK)(**GIVEN)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
