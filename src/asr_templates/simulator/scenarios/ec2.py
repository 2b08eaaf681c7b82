"""Broken resources of Amazon EC2."""

from functools import partial
from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario

WORLD = ("0.0.0.0/0", "::/0")


def group_id(resource_id: str) -> str:
    """Return sg-... of a security group's ARN."""
    return resource_id.rsplit("/", 1)[1]


def rules(place: Place, resource_id: str) -> list[dict[str, Any]]:
    """Return every rule of a group without the ids that EC2 gives anew."""
    filters = [{"Name": "group-id", "Values": [group_id(resource_id)]}]
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
    place.client("ec2").authorize_security_group_ingress(GroupId=group_id(resource_id), IpPermissions=[permission])


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


SCENARIOS = {
    "EC2.2": Scenario(default_group_with_rules, has_no_rules, rules, allow_one_address),
    "EC2.7": Scenario(unencrypted_region, encrypts, encrypts, stop_encrypting),
    "EC2.13": Scenario(partial(group_with_open_port, 22), partial(is_closed, 22), rules, allow_one_address),
    "EC2.14": Scenario(partial(group_with_open_port, 3389), partial(is_closed, 3389), rules, allow_one_address),
}
