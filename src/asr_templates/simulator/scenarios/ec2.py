"""Broken resources of Amazon EC2."""

import json
import uuid
from functools import partial
from typing import Any

from moto.ec2.models import ec2_backends

from asr_templates.simulator.scenarios import Place, Scenario

WORLD = ("0.0.0.0/0", "::/0")


def name_of(resource_id: str) -> str:
    """Return the id of an EC2 resource, the end of its ARN."""
    return resource_id.rsplit("/", 1)[1]


def rules(place: Place, resource_id: str) -> list[dict[str, Any]]:
    """Return every rule of a group without the ids that EC2 gives anew."""
    filters = [{"Name": "group-id", "Values": [name_of(resource_id)]}]
    pages = place.client("ec2").get_paginator("describe_security_group_rules").paginate(Filters=filters)
    found = [rule for page in pages for rule in page["SecurityGroupRules"]]
    ids = ("SecurityGroupRuleId", "SecurityGroupRuleArn", "GroupId", "GroupOwnerId")
    return sorted(({name: rule[name] for name in rule if name not in ids} for rule in found), key=str)


def default_group_with_rules(place: Place) -> str:
    """A default group that others have opened in each way that there is."""
    ec2 = place.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    in_vpc = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    group = ec2.describe_security_groups(Filters=in_vpc)["SecurityGroups"][0]["GroupId"]
    other = ec2.create_security_group(GroupName="servers", Description="servers", VpcId=vpc)["GroupId"]
    prefixes = ec2.create_managed_prefix_list(PrefixListName="office", MaxEntries=2, AddressFamily="IPv4")["PrefixList"]
    ssh = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
    web = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {**ssh, "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "ssh"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]},
            {**web, "PrefixListIds": [{"PrefixListId": prefixes["PrefixListId"]}]},
            {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": other}]},
        ],
    )
    tags = [{"ResourceType": "security-group-rule", "Tags": [{"Key": "team", "Value": "web"}]}]
    tagged = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "10.2.0.0/16"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[tagged], TagSpecifications=tags)
    return place.arn("ec2", f"security-group/{group}")


def group_with_open_port(port: int, place: Place) -> str:
    """A group that opens one port of administration to the world, besides rules that must stay."""
    ec2 = place.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="servers", Description="servers", VpcId=vpc)["GroupId"]
    opened = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
    web = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    tags = [{"ResourceType": "security-group-rule", "Tags": [{"Key": "team", "Value": "web"}]}]
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {**opened, "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "admin"}, {"CidrIp": "10.1.0.0/16"}]},
            {**opened, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]},
        ],
    )
    ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[{**web, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}], TagSpecifications=tags
    )
    return place.arn("ec2", f"security-group/{group}")


def group_with_open_range(place: Place) -> str:
    """A group that opens SSH to the world in a rule of a wider range, which has tags."""
    ec2 = place.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="servers", Description="servers", VpcId=vpc)["GroupId"]
    source = {"CidrIp": "0.0.0.0/0", "Description": "services"}
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 20, "ToPort": 80, "IpRanges": [source]}],
        TagSpecifications=[{"ResourceType": "security-group-rule", "Tags": [{"Key": "team", "Value": "web"}]}],
    )
    return place.arn("ec2", f"security-group/{group}")


def opens_the_rest(place: Place, resource_id: str) -> bool:
    """The ports of the range beside SSH are open as before, in rules with its description and tags."""
    inbound = [rule for rule in rules(place, resource_id) if not rule["IsEgress"]]
    kept = [rule for rule in inbound if (rule["Description"], len(rule["Tags"])) == ("services", 1)]
    return sorted((rule["FromPort"], rule["ToPort"]) for rule in kept) == [(20, 21), (23, 80)] and kept == inbound


def has_no_rules(place: Place, resource_id: str) -> bool:
    """The control of default groups: no rule at all."""
    return not rules(place, resource_id)


def is_closed(port: int, place: Place, resource_id: str) -> bool:
    """The port is not open to the world, and the three other inbound rules are still there."""
    inbound = [rule for rule in rules(place, resource_id) if not rule["IsEgress"]]
    world = [rule for rule in inbound if rule.get("CidrIpv4") in WORLD or rule.get("CidrIpv6") in WORLD]
    return not any(rule["FromPort"] <= port <= rule["ToPort"] for rule in world) and len(inbound) == 2


def allow_one_address(place: Place, resource_id: str) -> None:
    """Someone adds an inbound rule."""
    permission = {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "IpRanges": [{"CidrIp": "192.0.2.1/32"}]}
    place.client("ec2").authorize_security_group_ingress(GroupId=name_of(resource_id), IpPermissions=[permission])


def unencrypted_region(place: Place) -> str:
    """A region that does not encrypt new volumes."""
    place.client("ec2").disable_ebs_encryption_by_default()
    return place.account_resource


def encrypts(place: Place, resource_id: str) -> bool:
    """New volumes of the region are encrypted."""
    return bool(place.client("ec2").get_ebs_encryption_by_default()["EbsEncryptionByDefault"])


def stop_encrypting(place: Place, resource_id: str) -> None:
    """Someone switches encryption off again."""
    place.client("ec2").disable_ebs_encryption_by_default()


def public_subnet(place: Place) -> str:
    """A subnet that gives public addresses of both kinds."""
    ec2 = place.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
    associations = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"]
    cidr = associations[0]["Ipv6CidrBlock"].replace("/56", "/64")
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24", Ipv6CidrBlock=cidr)["Subnet"]
    ec2.modify_subnet_attribute(SubnetId=subnet["SubnetId"], MapPublicIpOnLaunch={"Value": True})
    ec2.modify_subnet_attribute(SubnetId=subnet["SubnetId"], AssignIpv6AddressOnCreation={"Value": True})
    return str(subnet["SubnetArn"])


def subnet_of(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the whole subnet."""
    return dict(place.client("ec2").describe_subnets(SubnetIds=[name_of(resource_id)])["Subnets"][0])


def assigns_no_public_address(place: Place, resource_id: str) -> bool:
    """The subnet gives neither IPv4 nor IPv6 addresses by itself."""
    subnet = subnet_of(place, resource_id)
    return not subnet["MapPublicIpOnLaunch"] and not subnet["AssignIpv6AddressOnCreation"]


def assign_public_addresses(place: Place, resource_id: str) -> None:
    """Someone switches public IPv4 addresses on again."""
    place.client("ec2").modify_subnet_attribute(SubnetId=name_of(resource_id), MapPublicIpOnLaunch={"Value": True})


def new_instance(place: Place) -> str:
    """Start an instance with settings of metadata of its own, and return its id."""
    ec2 = place.client("ec2")
    image = ec2.register_image(Name=f"image-{uuid.uuid4().hex[:8]}")["ImageId"]
    metadata = {"HttpTokens": "optional", "HttpPutResponseHopLimit": 3, "HttpEndpoint": "enabled"}
    started = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, MetadataOptions=metadata)
    return str(started["Instances"][0]["InstanceId"])


def instance_without_tokens(place: Place) -> str:
    """An instance that gives its metadata to whoever asks."""
    return place.arn("ec2", f"instance/{new_instance(place)}")


def instance_of(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the whole instance."""
    found = place.client("ec2").describe_instances(InstanceIds=[name_of(resource_id)])
    return dict(found["Reservations"][0]["Instances"][0])


def requires_tokens(place: Place, resource_id: str) -> bool:
    """The instance requires IMDSv2."""
    return bool(instance_of(place, resource_id)["MetadataOptions"]["HttpTokens"] == "required")


def require_no_tokens(place: Place, resource_id: str) -> None:
    """Someone allows IMDSv1 again."""
    place.client("ec2").modify_instance_metadata_options(InstanceId=name_of(resource_id), HttpTokens="optional")


def group_with_unauthorized_ports(place: Place) -> str:
    """A group that is open to the world on authorized ports and on others."""
    ec2 = place.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="servers", Description="servers", VpcId=vpc)["GroupId"]
    world, world6 = [{"CidrIp": "0.0.0.0/0"}], [{"CidrIpv6": "::/0"}]
    tags = [{"ResourceType": "security-group-rule", "Tags": [{"Key": "team", "Value": "web"}]}]
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": world},
            {"IpProtocol": "tcp", "FromPort": 20, "ToPort": 23, "IpRanges": [*world, {"CidrIp": "10.1.0.0/16"}]},
            {"IpProtocol": "udp", "FromPort": 1434, "ToPort": 1434, "Ipv6Ranges": world6},
            {"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "IpRanges": world},
        ],
    )
    rdp = {"IpProtocol": "tcp", "FromPort": 3389, "ToPort": 3389, "IpRanges": [{**world[0], "Description": "rdp"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rdp], TagSpecifications=tags)
    return place.arn("ec2", f"security-group/{group}")


def opens_only_https(place: Place, resource_id: str) -> bool:
    """The world reaches 443 alone, by a ping besides; the rule of the office is still there."""
    inbound = [rule for rule in rules(place, resource_id) if not rule["IsEgress"]]
    world = [rule for rule in inbound if rule.get("CidrIpv4") in WORLD or rule.get("CidrIpv6") in WORLD]
    ports = [(rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) for rule in world]
    return sorted(ports) == [("icmp", 8, -1), ("tcp", 443, 443)] and len(inbound) == 3


def public_snapshot(place: Place) -> str:
    """An account that shares one EBS snapshot with everybody and with one account, and another with one account."""
    ec2 = place.client("ec2")
    volume = ec2.create_volume(AvailabilityZone=f"{place.region}a", Size=1)["VolumeId"]
    for groups in (["all"], []):
        snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
        share = {"SnapshotId": snapshot, "Attribute": "createVolumePermission", "OperationType": "add"}
        ec2.modify_snapshot_attribute(**share, UserIds=["999999999999"])
        if groups:
            ec2.modify_snapshot_attribute(**share, GroupNames=groups)
    return place.account_resource


def own_snapshots(place: Place) -> list[dict[str, Any]]:
    """Return the account's EBS snapshots in the region."""
    pages = place.client("ec2").get_paginator("describe_snapshots").paginate(OwnerIds=["self"])
    return [snapshot for page in pages for snapshot in page["Snapshots"]]


def snapshot_shares(place: Place, resource_id: str) -> list[dict[str, Any]]:
    """Return every snapshot of the account with those it is shared with."""
    ec2 = place.client("ec2")
    shares = []
    for snapshot in own_snapshots(place):
        attribute = ec2.describe_snapshot_attribute(
            SnapshotId=snapshot["SnapshotId"], Attribute="createVolumePermission"
        )
        permissions = sorted(attribute["CreateVolumePermissions"], key=str)
        shares.append({**snapshot, "CreateVolumePermissions": permissions})
    return shares


def shares_no_snapshot_with_everybody(place: Place, resource_id: str) -> bool:
    """No snapshot of the account is public; those that were made here are still shared with the other account."""
    shares = [snapshot["CreateVolumePermissions"] for snapshot in snapshot_shares(place, resource_id)]
    public = [permissions for permissions in shares if {"Group": "all"} in permissions]
    return not public and shares.count([{"UserId": "999999999999"}]) >= 2


def share_a_snapshot_with_everybody(place: Place, resource_id: str) -> None:
    """Someone makes a snapshot public."""
    snapshot = own_snapshots(place)[-1]["SnapshotId"]
    share = {"SnapshotId": snapshot, "Attribute": "createVolumePermission", "OperationType": "add"}
    place.client("ec2").modify_snapshot_attribute(**share, GroupNames=["all"])


def long_stopped_instance(place: Place) -> str:
    """An instance that was stopped months ago, and that would take its volume with it."""
    instance = new_instance(place)
    place.client("ec2").stop_instances(InstanceIds=[instance])
    stopped = ec2_backends[place.account][place.region].get_instance(instance)
    stopped._reason = "User initiated (2025-10-01 09:30:00 GMT)"
    return place.arn("ec2", f"instance/{instance}")


def is_terminated_without_loss(place: Place, resource_id: str) -> bool:
    """The instance is terminated, and its volume is left."""
    ec2 = place.client("ec2")
    volumes = [each for each in ec2.describe_volumes()["Volumes"] if each["State"] == "available"]
    return bool(instance_of(place, resource_id)["State"]["Name"] == "terminated" and volumes)


def tag_instance(place: Place, resource_id: str) -> None:
    """Someone gives the instance a tag."""
    place.client("ec2").create_tags(Resources=[name_of(resource_id)], Tags=[{"Key": "owner", "Value": "ann"}])


def auto_accepting_gateway(place: Place) -> str:
    """A transit gateway that lets in every account that it is shared with."""
    options = {"AutoAcceptSharedAttachments": "enable", "DnsSupport": "disable"}
    gateway = place.client("ec2").create_transit_gateway(Description="backbone", Options=options)["TransitGateway"]
    return str(gateway["TransitGatewayArn"])


def gateway_of(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the whole transit gateway."""
    found = place.client("ec2").describe_transit_gateways(TransitGatewayIds=[name_of(resource_id)])
    return dict(found["TransitGateways"][0])


def accepts_nobody_by_itself(place: Place, resource_id: str) -> bool:
    """The transit gateway is at rest, and waits for somebody to accept attachments."""
    gateway = gateway_of(place, resource_id)
    return bool(gateway["Options"]["AutoAcceptSharedAttachments"] == "disable" and gateway["State"] == "available")


def accept_everybody(place: Place, resource_id: str) -> None:
    """Someone lets the transit gateway accept all attachments again."""
    options = {"AutoAcceptSharedAttachments": "enable"}
    place.client("ec2").modify_transit_gateway(TransitGatewayId=name_of(resource_id), Options=options)


def bare_vpc(place: Place) -> str:
    """A VPC with subnets, without endpoints and without a flow log that records what is rejected."""
    ec2 = place.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    for number, zone in enumerate("aab"):
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{place.region}{zone}")
    bucket = f"accepted-{uuid.uuid4().hex}"
    place.client("s3").create_bucket(
        Bucket=bucket, **({} if place.region == "us-east-1" else {"CreateBucketConfiguration": located(place.region)})
    )
    ec2.create_flow_logs(
        ResourceType="VPC",
        ResourceIds=[vpc],
        TrafficType="ACCEPT",
        LogDestinationType="s3",
        LogDestination=f"arn:{place.partition}:s3:::{bucket}",
    )
    return place.arn("ec2", f"vpc/{vpc}")


def located(region: str) -> dict[str, str]:
    """Return the configuration of a bucket outside of us-east-1."""
    return {"LocationConstraint": region}


def recording_of(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the VPC's flow logs, and every log group and role that has the VPC in its name."""
    vpc = name_of(resource_id)
    ec2, logs, iam = place.client("ec2"), place.client("logs"), place.client("iam")
    flow_logs = ec2.describe_flow_logs(Filter=[{"Name": "resource-id", "Values": [vpc]}])["FlowLogs"]
    given = ("FlowLogId", "CreationTime")
    groups = [each["logGroupName"] for each in logs.describe_log_groups()["logGroups"] if vpc in each["logGroupName"]]
    pages = iam.get_paginator("list_roles").paginate()
    roles = [each["RoleName"] for page in pages for each in page["Roles"] if vpc in each["RoleName"]]
    return {
        "flow logs": [{key: log[key] for key in log if key not in given} for log in flow_logs],
        "log groups": groups,
        "roles": {role: iam.list_role_policies(RoleName=role)["PolicyNames"] for role in roles},
    }


def records_rejected_traffic(place: Place, resource_id: str) -> bool:
    """A flow log delivers rejected traffic to a log group, under a role that only VPC Flow Logs can assume."""
    vpc = name_of(resource_id)
    flow_logs = [log for log in recording_of(place, resource_id)["flow logs"] if log["TrafficType"] == "REJECT"]
    role = place.client("iam").get_role(RoleName=flow_logs[0]["DeliverLogsPermissionArn"].rsplit("/", 1)[1])["Role"]
    group = place.client("logs").describe_log_groups(logGroupNamePrefix=flow_logs[0]["LogGroupName"])["logGroups"][0]
    return bool(
        len(flow_logs) == 1
        and (flow_logs[0]["FlowLogStatus"], flow_logs[0]["DeliverLogsStatus"]) == ("ACTIVE", "SUCCESS")
        and vpc in group["logGroupName"]
        and group["retentionInDays"] == 365
        and "vpc-flow-logs.amazonaws.com" in json.dumps(role["AssumeRolePolicyDocument"])
    )


def shorten_retention(place: Place, resource_id: str) -> None:
    """Someone keeps the recorded traffic for a day only."""
    name = recording_of(place, resource_id)["log groups"][0]
    place.client("logs").put_retention_policy(logGroupName=name, retentionInDays=1)


def endpoints_of(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the VPC's endpoints, and the names and rules of its security groups, without ids that EC2 gives anew."""
    ec2 = place.client("ec2")
    in_vpc = [{"Name": "vpc-id", "Values": [name_of(resource_id)]}]
    endpoints = ec2.describe_vpc_endpoints(Filters=in_vpc)["VpcEndpoints"]
    kept = ("ServiceName", "VpcEndpointType", "State", "SubnetIds", "PrivateDnsEnabled", "Tags")
    return {
        "endpoints": [
            {**{key: each.get(key) for key in kept}, "Groups": [group["GroupName"] for group in each["Groups"]]}
            for each in endpoints
            if each["State"] != "deleted"
        ],
        "groups": {
            each["GroupName"]: [
                (rule["IpProtocol"], rule.get("ToPort"), rule["IpRanges"]) for rule in each["IpPermissions"]
            ]
            for each in ec2.describe_security_groups(Filters=in_vpc)["SecurityGroups"]
        },
    }


def reaches_ec2_by_an_endpoint(place: Place, resource_id: str) -> bool:
    """An endpoint in each zone is ready, answers to EC2's own names, and lets the VPC in by HTTPS."""
    found = endpoints_of(place, resource_id)
    ready = [each for each in found["endpoints"] if each["State"] == "available" and each["PrivateDnsEnabled"]]
    group = ready[0]["Groups"][0]
    return (
        [each["ServiceName"] for each in ready] == [f"com.amazonaws.{place.region}.ec2"]
        and len(ready[0]["SubnetIds"]) == 2
        and group != "default"
        and found["groups"][group] == [("tcp", 443, [{"CidrIp": "10.0.0.0/16"}])]
    )


def move_endpoint(place: Place, resource_id: str) -> None:
    """Someone takes the endpoint out of a subnet."""
    ec2 = place.client("ec2")
    in_vpc = [{"Name": "vpc-id", "Values": [name_of(resource_id)]}]
    states = {"Name": "vpc-endpoint-state", "Values": ["available"]}
    endpoint = ec2.describe_vpc_endpoints(Filters=[*in_vpc, states])["VpcEndpoints"][0]
    ec2.modify_vpc_endpoint(VpcEndpointId=endpoint["VpcEndpointId"], RemoveSubnetIds=endpoint["SubnetIds"][:1])


SCENARIOS = {
    "EC2.1": Scenario(
        public_snapshot, shares_no_snapshot_with_everybody, snapshot_shares, share_a_snapshot_with_everybody
    ),
    "EC2.2": Scenario(default_group_with_rules, has_no_rules, rules, allow_one_address),
    "EC2.4": Scenario(long_stopped_instance, is_terminated_without_loss, instance_of, tag_instance),
    "EC2.6": Scenario(bare_vpc, records_rejected_traffic, recording_of, shorten_retention),
    "EC2.7": Scenario(unencrypted_region, encrypts, encrypts, stop_encrypting),
    "EC2.8": Scenario(instance_without_tokens, requires_tokens, instance_of, require_no_tokens),
    "EC2.10": Scenario(bare_vpc, reaches_ec2_by_an_endpoint, endpoints_of, move_endpoint),
    "EC2.13": Scenario(partial(group_with_open_port, 22), partial(is_closed, 22), rules, allow_one_address),
    "EC2.14": Scenario(partial(group_with_open_port, 3389), partial(is_closed, 3389), rules, allow_one_address),
    "EC2.15": Scenario(public_subnet, assigns_no_public_address, subnet_of, assign_public_addresses),
    "EC2.18": Scenario(group_with_unauthorized_ports, opens_only_https, rules, allow_one_address),
    "EC2.19": Scenario(group_with_unauthorized_ports, opens_only_https, rules, allow_one_address),
    "EC2.23": Scenario(auto_accepting_gateway, accepts_nobody_by_itself, gateway_of, accept_everybody),
}

VARIANTS = {
    "EC2.13, a rule of a wider range": Scenario(
        group_with_open_range, opens_the_rest, rules, allow_one_address, {"SplitRanges": ["true"]}
    )
}
