from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Refuse, Undo


def plan(aws: Aws, SubnetARN: str) -> Plan:
    """What is launched in a subnet gets no public address, IPv4 or IPv6, unless the launch asks for one."""
    ec2 = aws("ec2")
    name = SubnetARN.rsplit("/", 1)[1]
    subnets = ec2.describe_subnets(Filters=[{"Name": "subnet-id", "Values": [name]}])["Subnets"]
    if not subnets:
        raise Gone
    subnet = subnets[0]
    on, off = {"Value": True}, {"Value": False}
    if subnet["AssignIpv6AddressOnCreation"] and subnet.get("Ipv6Native"):
        raise Refuse("a subnet of IPv6 only has to assign IPv6 addresses")
    # ModifySubnetAttribute takes one attribute at a time.
    if subnet["MapPublicIpOnLaunch"]:
        back = Undo("modify_subnet_attribute", {"SubnetId": name, "MapPublicIpOnLaunch": on})
        these = {"SubnetId": name, "MapPublicIpOnLaunch": off}
        yield Change("ec2", "modify_subnet_attribute", these, undo=back)
    if subnet["AssignIpv6AddressOnCreation"]:
        back = Undo("modify_subnet_attribute", {"SubnetId": name, "AssignIpv6AddressOnCreation": on})
        these = {"SubnetId": name, "AssignIpv6AddressOnCreation": off}
        yield Change("ec2", "modify_subnet_attribute", these, undo=back)
    return {key: subnet[key] for key in ("MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation")}
