from asr_templates.embedded.runner import Aws, Change, Gone, Pending, Plan, Refuse, Undo


def plan(aws: Aws, TransitGatewayId: str) -> Plan:
    """A transit gateway accepts no attachment of another account unless somebody accepts it."""
    ec2 = aws("ec2")
    wanted = [{"Name": "transit-gateway-id", "Values": [TransitGatewayId]}]
    gateways = ec2.describe_transit_gateways(Filters=wanted)["TransitGateways"]
    if not gateways or gateways[0]["State"] in ("deleting", "deleted"):
        raise Gone
    state, accepts = gateways[0]["State"], gateways[0]["Options"]["AutoAcceptSharedAttachments"]
    if state == "modifying":
        yield Pending("the modification of the transit gateway")
    elif state != "available":
        raise Refuse(f"the transit gateway is {state}, not available")
    elif accepts == "enable":
        on, off = {"AutoAcceptSharedAttachments": "enable"}, {"AutoAcceptSharedAttachments": "disable"}
        back = Undo("modify_transit_gateway", {"TransitGatewayId": TransitGatewayId, "Options": on})
        these = {"TransitGatewayId": TransitGatewayId, "Options": off}
        yield Change("ec2", "modify_transit_gateway", these, undo=back)
    return {"AutoAcceptSharedAttachments": accepts}
