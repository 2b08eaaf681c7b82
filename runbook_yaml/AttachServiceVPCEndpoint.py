from asr_templates.embedded.runner import Aws, Change, Gone, Pending, Plan, Record, Refuse, Undo

TAG = {"Key": "ASR", "Value": "AttachServiceVPCEndpoint"}
NO_ENDPOINT = ("deleted", "expired", "failed", "rejected")


def plan(aws: Aws, VPCId: str, ServiceName: str, PrivateDns: bool, Region: str, Partition: str) -> Plan:
    """A VPC has an interface endpoint for a service of AWS; ours has a security group of its own, open to the VPC."""
    ec2 = aws("ec2")
    in_vpc = {"Name": "vpc-id", "Values": [VPCId]}
    vpcs = ec2.describe_vpcs(Filters=[in_vpc])["Vpcs"]
    if not vpcs:
        raise Gone
    service = f"{'cn.' if Partition == 'aws-cn' else ''}com.amazonaws.{Region}.{ServiceName}"
    of_service = {"Name": "service-name", "Values": [service]}
    pages = ec2.get_paginator("describe_vpc_endpoints").paginate(Filters=[in_vpc, of_service])
    found = [endpoint for page in pages for endpoint in page["VpcEndpoints"]]
    endpoints = [endpoint for endpoint in found if endpoint["State"].lower() not in NO_ENDPOINT]
    name = f"ASR-endpoint-{ServiceName}"
    groups = {group["GroupName"]: group for group in security_groups(aws, VPCId, [name, "default"])}
    group = groups.get(name)
    if any(endpoint["State"].lower() != "available" for endpoint in endpoints):
        yield Pending(f"{service} is {', '.join(endpoint['State'] for endpoint in endpoints)}")
    elif not endpoints:
        if group and not any(tag["Key"] == TAG["Key"] for tag in group.get("Tags", [])):
            raise Refuse(f"security group {name} of the VPC has no tag ASR: it is not ours")
        subnets = one_subnet_of_each_zone(aws, VPCId, zones_of_service(aws, service))
        ranges = [each["CidrBlock"] for each in vpcs[0]["CidrBlockAssociationSet"]]
        private = PrivateDns and has_private_names(aws, VPCId)
        if group:
            group_id = group["GroupId"]
        else:
            tags = [{"ResourceType": "security-group", "Tags": [TAG]}]
            texts = {"GroupName": name, "Description": f"Endpoint {service}"}
            these: Record = {"VpcId": VPCId, **texts, "TagSpecifications": tags}
            made = yield Change("ec2", "create_security_group", these, undo=group_deletion)
            group_id = made["GroupId"]
        closed = [cidr for cidr in ranges if cidr not in (open_to(group) if group else [])]
        if closed:
            https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
            permissions = [{**https, "IpRanges": [{"CidrIp": cidr} for cidr in closed]}]
            these = {"GroupId": group_id, "IpPermissions": permissions}
            back = Undo("revoke_security_group_ingress", these)
            yield Change("ec2", "authorize_security_group_ingress", these, undo=back)
        these = {
            "VpcEndpointType": "Interface",
            "VpcId": VPCId,
            "ServiceName": service,
            "SubnetIds": subnets,
            "SecurityGroupIds": [group_id],
            "PrivateDnsEnabled": private,
        }
        made = yield Change("ec2", "create_vpc_endpoint", these, undo=endpoint_deletion)
        endpoint_id = made["VpcEndpoint"]["VpcEndpointId"]
        # Undone first: the endpoint's network interfaces outlive it for minutes, and a group in use is not deleted.
        swap = {"AddSecurityGroupIds": [groups["default"]["GroupId"]], "RemoveSecurityGroupIds": [group_id]}
        back = Undo("modify_vpc_endpoint", {"VpcEndpointId": endpoint_id, **swap})
        yield Change("ec2", "create_tags", {"Resources": [endpoint_id], "Tags": [TAG]}, undo=back)
    return {"Endpoints": [described(endpoint) for endpoint in endpoints], "OpenTo": group and open_to(group)}


def group_deletion(made: Record) -> Undo:
    """Return the way back of CreateSecurityGroup."""
    return Undo("delete_security_group", {"GroupId": made["GroupId"]})


def endpoint_deletion(made: Record) -> Undo:
    """Return the way back of CreateVpcEndpoint."""
    return Undo("delete_vpc_endpoints", {"VpcEndpointIds": [made["VpcEndpoint"]["VpcEndpointId"]]})


def security_groups(aws: Aws, vpc: str, names: list[str]) -> list[Record]:
    """Return the security groups of a VPC that have one of the names."""
    ec2 = aws("ec2")
    wanted = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": names}]
    return list(ec2.describe_security_groups(Filters=wanted)["SecurityGroups"])


def open_to(group: Record) -> list[str]:
    """Return the ranges of IPv4 addresses that reach HTTPS through a group."""
    rules = [rule for rule in group["IpPermissions"] if (rule["IpProtocol"], rule.get("ToPort")) == ("tcp", 443)]
    return [source["CidrIp"] for rule in rules for source in rule["IpRanges"]]


def zones_of_service(aws: Aws, service: str) -> list[str]:
    """Return the Availability Zones in which a service has interface endpoints."""
    ec2 = aws("ec2")
    of_service = [{"Name": "service-name", "Values": [service]}]
    pages = ec2.get_paginator("describe_vpc_endpoint_services").paginate(Filters=of_service)
    details = [each for page in pages for each in page["ServiceDetails"]]
    interfaces = [each for each in details if {"ServiceType": "Interface"} in each["ServiceType"]]
    if not interfaces:
        raise Refuse(f"there are no interface endpoints of {service}")
    return list(interfaces[0]["AvailabilityZones"])


def one_subnet_of_each_zone(aws: Aws, vpc: str, zones: list[str]) -> list[str]:
    """Return the subnet with the most free addresses of each zone: an endpoint takes one of each."""
    ec2 = aws("ec2")
    pages = ec2.get_paginator("describe_subnets").paginate(Filters=[{"Name": "vpc-id", "Values": [vpc]}])
    subnets = [each for page in pages for each in page["Subnets"] if not each.get("Ipv6Native")]
    largest = sorted(subnets, key=lambda each: (each["AvailableIpAddressCount"], each["SubnetId"]))
    chosen = {each["AvailabilityZone"]: each["SubnetId"] for each in largest if each["AvailabilityZone"] in zones}
    if not chosen:
        raise Refuse("the VPC has no subnet of IPv4 in an Availability Zone where the service has endpoints")
    return sorted(chosen.values())


def has_private_names(aws: Aws, vpc: str) -> bool:
    """Return whether a VPC can resolve a service's own names to an endpoint."""
    ec2 = aws("ec2")
    support = ec2.describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsSupport")["EnableDnsSupport"]
    names = ec2.describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsHostnames")["EnableDnsHostnames"]
    return bool(support["Value"] and names["Value"])


def described(endpoint: Record) -> Record:
    """Return what matters of an endpoint, without ids that AWS gives anew."""
    kept = {key: endpoint.get(key) for key in ("VpcEndpointType", "PolicyDocument", "PrivateDnsEnabled", "SubnetIds")}
    return {**kept, "Groups": [group["GroupName"] for group in endpoint["Groups"]]}
