"""Broken resources of Amazon EC2 Auto Scaling."""

import gzip
import json
import uuid
from functools import partial
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
    where = subnet(place)
    vpc = place.client("ec2").describe_subnets(SubnetIds=[where])["Subnets"][0]["VpcId"]
    target = {"Name": f"web-{uuid.uuid4().hex[:8]}", "Protocol": "HTTP", "Port": 80, "VpcId": vpc}
    target_group = place.client("elbv2").create_target_group(**target)["TargetGroups"][0]["TargetGroupArn"]
    return group_in(where, place, TargetGroupARNs=[target_group])


def group_behind_classic_load_balancer(place: Place) -> str:
    """A group behind a Classic Load Balancer that asks EC2 alone for the health of its instances."""
    where, name = subnet(place), f"web-{uuid.uuid4().hex[:8]}"
    listener = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstanceProtocol": "HTTP", "InstancePort": 80}
    place.client("elb").create_load_balancer(LoadBalancerName=name, Listeners=[listener], Subnets=[where])
    return group_in(where, place, LoadBalancerNames=[name])


def group_in(where: str, place: Place, **balancing: list[str]) -> str:
    """Make a group in a subnet, behind what balances its load."""
    autoscaling, name = place.client("autoscaling"), f"shop/web {uuid.uuid4().hex[:8]}"
    autoscaling.create_launch_configuration(
        LaunchConfigurationName=name, ImageId=IMAGE, InstanceType="t3.micro", AssociatePublicIpAddress=False
    )
    autoscaling.create_auto_scaling_group(
        AutoScalingGroupName=name,
        LaunchConfigurationName=name,
        MinSize=1,
        MaxSize=2,
        VPCZoneIdentifier=where,
        HealthCheckType="EC2",
        HealthCheckGracePeriod=60,
        Tags=[{"Key": "team", "Value": "shop", "PropagateAtLaunch": True}],
        **balancing,
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


def profile(place: Place) -> str:
    """Make a role of an application, in an instance profile."""
    iam, name = place.client("iam"), f"shop-{uuid.uuid4().hex[:8]}"
    statement = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, Path="/shop/")
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    return name


def launch_configuration_in_use(place: Place, **broken: Any) -> str:
    """A launch configuration with all that it can have, used by two groups."""
    autoscaling, name, where = place.client("autoscaling"), f"shop/{uuid.uuid4().hex[:8]}: web", subnet(place)
    volume = {"VolumeSize": 20, "VolumeType": "gp3", "Throughput": 200, "Encrypted": True, "DeleteOnTermination": True}
    settings = {
        "ImageId": IMAGE,
        "InstanceType": "t3.micro",
        "UserData": gzip.compress(b"#!/bin/sh"),  # need not be text
        "IamInstanceProfile": profile(place),
        "BlockDeviceMappings": [
            {"DeviceName": "/dev/xvda", "Ebs": volume},
            {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"},
        ],
        "InstanceMonitoring": {"Enabled": True},
        "EbsOptimized": True,
        "PlacementTenancy": "dedicated",
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 2, "HttpEndpoint": "enabled"},
        "AssociatePublicIpAddress": False,
    }
    autoscaling.create_launch_configuration(LaunchConfigurationName=name, **{**settings, **broken})
    for color in ("blue", "green"):
        autoscaling.create_auto_scaling_group(
            AutoScalingGroupName=f"{color}-{name.replace(':', '')}",
            LaunchConfigurationName=name,
            MinSize=0,
            MaxSize=2,
            VPCZoneIdentifier=where,
        )
    return str(configurations(place, name)[0]["LaunchConfigurationARN"])


def configurations(place: Place, *names: str) -> list[dict[str, Any]]:
    """Return the launch configurations of these names, or all."""
    wanted = {"LaunchConfigurationNames": list(names)} if names else {}
    pages = place.client("autoscaling").get_paginator("describe_launch_configurations").paginate(**wanted)
    return [configuration for page in pages for configuration in page["LaunchConfigurations"]]


def described_use(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the old launch configuration, every other one that is named after it, and the groups named after it."""
    name = last_part(resource_id)
    found = [each for each in configurations(place) if each["LaunchConfigurationName"].endswith(name)]
    groups = [f"{color}-{name.replace(':', '')}" for color in ("blue", "green")]
    return {"Configurations": sorted(found, key=str), "Groups": groups_of(place, *groups)}


def successor(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the launch configuration that both groups use, {} if it is still the old one or they differ."""
    names = {group["LaunchConfigurationName"] for group in described_use(place, resource_id)["Groups"]}
    found = configurations(place, *names)
    return found[0] if len(names) == 1 and names != {last_part(resource_id)} else {}


def differences(place: Place, resource_id: str) -> dict[str, Any]:
    """Return what the successor has that the old launch configuration, which is still there, has not."""
    [old], new = configurations(place, last_part(resource_id)), successor(place, resource_id)
    made_anew = ("LaunchConfigurationName", "LaunchConfigurationARN", "CreatedTime")
    return {name: new[name] for name in new if name not in made_anew and new[name] != old.get(name)}


def requires_imdsv2(place: Place, resource_id: str) -> bool:
    """Both groups use a successor that differs in nothing else."""
    options = {"HttpTokens": "required", "HttpPutResponseHopLimit": 2, "HttpEndpoint": "enabled"}
    return differences(place, resource_id) == {"MetadataOptions": options}


def gives_no_public_ip(place: Place, resource_id: str) -> bool:
    """Both groups use a successor that differs in nothing else."""
    return differences(place, resource_id) == {"AssociatePublicIpAddress": False}


def move_one_group_back(place: Place, resource_id: str) -> None:
    """Someone lets a group use the old launch configuration again."""
    group = described_use(place, resource_id)["Groups"][0]["AutoScalingGroupName"]
    place.client("autoscaling").update_auto_scaling_group(
        AutoScalingGroupName=group, LaunchConfigurationName=last_part(resource_id)
    )


IMDSV1 = {"HttpTokens": "optional", "HttpPutResponseHopLimit": 2, "HttpEndpoint": "enabled"}

SCENARIOS = {
    "AutoScaling.1": Scenario(
        group_behind_load_balancer, uses_load_balancers_check, described_group, shorten_grace_period
    ),
    "AutoScaling.3": Scenario(
        partial(launch_configuration_in_use, MetadataOptions=IMDSV1),
        requires_imdsv2,
        described_use,
        move_one_group_back,
    ),
    "Autoscaling.5": Scenario(
        partial(launch_configuration_in_use, AssociatePublicIpAddress=True),
        gives_no_public_ip,
        described_use,
        move_one_group_back,
    ),
}

VARIANTS = {
    "AutoScaling.1, a group behind a Classic Load Balancer": Scenario(
        group_behind_classic_load_balancer, uses_load_balancers_check, described_group, shorten_grace_period
    )
}
