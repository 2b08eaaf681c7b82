"""Broken resources of Amazon EC2 Auto Scaling."""

import uuid
from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario

IMAGE = "ami-12c6146b"


def last_part(resource_id: str) -> str:
    """Return the name at the end of an ARN; it may hold slashes."""
    return resource_id.partition("Name/")[2]


def subnet(place: Place) -> str:
    """Make a subnet in a VPC of its own."""
    ec2 = place.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24", AvailabilityZone=f"{place.region}a")
    return str(made["Subnet"]["SubnetId"])


def groups_of(place: Place, *names: str) -> list[dict[str, Any]]:
    """Return the groups of these names without the times that Auto Scaling notes."""
    found = place.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=list(names))
    return [{name: group[name] for name in group if name != "CreatedTime"} for group in found["AutoScalingGroups"]]


def group_behind_load_balancer(place: Place) -> str:
    """A group behind a target group that asks EC2 alone for the health of its instances."""
    autoscaling, name = place.client("autoscaling"), f"shop/web {uuid.uuid4().hex[:8]}"
    where = subnet(place)
    vpc = place.client("ec2").describe_subnets(SubnetIds=[where])["Subnets"][0]["VpcId"]
    target = {"Name": f"web-{uuid.uuid4().hex[:8]}", "Protocol": "HTTP", "Port": 80, "VpcId": vpc}
    target_group = place.client("elbv2").create_target_group(**target)["TargetGroups"][0]["TargetGroupArn"]
    autoscaling.create_launch_configuration(
        LaunchConfigurationName=name, ImageId=IMAGE, InstanceType="t3.micro", AssociatePublicIpAddress=False
    )
    autoscaling.create_auto_scaling_group(
        AutoScalingGroupName=name,
        LaunchConfigurationName=name,
        MinSize=1,
        MaxSize=2,
        VPCZoneIdentifier=where,
        TargetGroupARNs=[target_group],
        HealthCheckType="EC2",
        HealthCheckGracePeriod=60,
        Tags=[{"Key": "team", "Value": "shop", "PropagateAtLaunch": True}],
    )
    return str(groups_of(place, name)[0]["AutoScalingGroupARN"])


def described_group(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the whole group."""
    return groups_of(place, last_part(resource_id))[0]


def uses_load_balancers_check(place: Place, resource_id: str) -> bool:
    """The group replaces what its load balancer finds unhealthy, and gives instances time to start."""
    group = described_group(place, resource_id)
    return "ELB" in group["HealthCheckType"].split(",") and group["HealthCheckGracePeriod"] >= 300


def shorten_grace_period(place: Place, resource_id: str) -> None:
    """Someone gives instances less time to start."""
    place.client("autoscaling").update_auto_scaling_group(
        AutoScalingGroupName=last_part(resource_id), HealthCheckGracePeriod=120
    )


SCENARIOS = {
    "AutoScaling.1": Scenario(
        group_behind_load_balancer, uses_load_balancers_check, described_group, shorten_grace_period
    ),
}
