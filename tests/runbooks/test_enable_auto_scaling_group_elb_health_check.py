"""EnableAutoScalingGroupELBHealthCheck: a group behind a load balancer uses its check, with time to start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from moto.autoscaling.models import autoscaling_backends
from moto.elbv2.models import ELBv2Backend, FakeHealthStatus

RUNBOOK = "EnableAutoScalingGroupELBHealthCheck"


class Group:
    """A group of one instance, behind a target group unless told otherwise."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.autoscaling, self.elbv2 = boto3.client("autoscaling"), boto3.client("elbv2")
        ec2 = boto3.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
        target = self.elbv2.create_target_group(Name="web", Protocol="HTTP", Port=80, VpcId=vpc)
        self.targets = [target["TargetGroups"][0]["TargetGroupArn"]]
        self.autoscaling.create_launch_configuration(
            LaunchConfigurationName="web", ImageId="ami-12c6146b", InstanceType="t3.micro"
        )
        self.settings = {"LaunchConfigurationName": "web", "MinSize": 1, "MaxSize": 1, "VPCZoneIdentifier": subnet}

    def create(self, **properties: Any) -> dict[str, Any]:
        wanted = {**self.settings, "TargetGroupARNs": self.targets, **properties}
        self.autoscaling.create_auto_scaling_group(AutoScalingGroupName="web", **wanted)
        return {"AutoScalingGroupName": "web", "HealthCheckGracePeriod": 300}

    def describe(self) -> Any:
        group = self.autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"][0]
        return group["HealthCheckType"], group["HealthCheckGracePeriod"]


@pytest.fixture
def group(account: str) -> Group:
    return Group(account)


def test_group_uses_the_check_and_gives_instances_time_to_start(prove: Callable[..., Any], group: Group) -> None:
    given = group.create(HealthCheckGracePeriod=0)

    def drift() -> None:
        group.autoscaling.update_auto_scaling_group(AutoScalingGroupName="web", HealthCheckGracePeriod=10)

    applied = prove(RUNBOOK, group.describe, drift=drift, **given)

    assert {"HealthCheckType": "ELB", "HealthCheckGracePeriod": 300} == applied["After"]


def test_other_checks_and_a_longer_grace_period_stay(remediation: Callable[[str], Any], group: Group) -> None:
    given = group.create(HealthCheckType="EC2,EBS", HealthCheckGracePeriod=900)
    remediation(RUNBOOK)(**given)

    assert ("EBS,ELB", 900) == group.describe()
    assert "NoChange" == remediation(RUNBOOK)(**given)["Status"]


def test_group_without_a_load_balancer_is_left_alone(remediation: Callable[[str], Any], group: Group) -> None:
    given = group.create(TargetGroupARNs=[])

    assert "NoChange" == remediation(RUNBOOK)(**given)["Status"]


def test_group_that_is_gone_is_no_change(remediation: Callable[[str], Any], group: Group) -> None:
    output = remediation(RUNBOOK)(AutoScalingGroupName="web", HealthCheckGracePeriod=300)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])


def test_group_of_which_no_instance_passes_the_check_is_refused(
    remediation: Callable[[str], Any], group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Moto finds every instance healthy: what AWS says of a failing one is put in its place."""
    given = group.create()
    [instance] = autoscaling_backends[group.account]["us-east-1"].autoscaling_groups["web"].instance_states
    failing = FakeHealthStatus(instance.instance.id, "80", "80", "unhealthy", "Target.Timeout")
    monkeypatch.setattr(ELBv2Backend, "describe_target_health", lambda *arguments: [failing])

    output = remediation(RUNBOOK)(**given)

    expected = "no instance passes its load balancer's check, so all would be replaced: mend the check first"
    assert ("Refused", expected) == (output["Status"], output["Message"])
    assert "EC2" == group.describe()[0]
