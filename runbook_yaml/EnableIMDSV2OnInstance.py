from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Undo


def plan(aws: Aws, InstanceARN: str) -> Plan:
    """An instance gives its metadata only for a session token; the endpoint stays on or off, as it is."""
    ec2 = aws("ec2")
    name = InstanceARN.rsplit("/", 1)[1]
    wanted = [{"Name": "instance-id", "Values": [name]}]
    reservations = ec2.describe_instances(Filters=wanted)["Reservations"]
    instances = [instance for reservation in reservations for instance in reservation["Instances"]]
    if not instances or instances[0]["State"]["Name"] in ("shutting-down", "terminated"):
        raise Gone
    tokens = instances[0]["MetadataOptions"]["HttpTokens"]
    if tokens != "required":
        these = {"InstanceId": name, "HttpTokens": "required"}
        back = Undo("modify_instance_metadata_options", {"InstanceId": name, "HttpTokens": "optional"})
        yield Change("ec2", "modify_instance_metadata_options", these, undo=back)
    return {"HttpTokens": tokens}
