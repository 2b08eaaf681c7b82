import re
from datetime import UTC, datetime, timedelta

from asr_templates.embedded.runner import Aws, Change, Gone, Pending, Plan, Record, Refuse, Undo


def plan(aws: Aws, InstanceId: str, AllowedDays: int, KeepVolumes: bool) -> Plan:
    """An instance that was stopped for longer than allowed is terminated; its volumes stay, unless they may go."""
    ec2 = aws("ec2")
    wanted = [{"Name": "instance-id", "Values": [InstanceId]}]
    reservations = ec2.describe_instances(Filters=wanted)["Reservations"]
    instances = [instance for reservation in reservations for instance in reservation["Instances"]]
    if not instances:
        raise Gone
    instance = instances[0]
    state = instance["State"]["Name"]
    volumes = [item["DeviceName"] for item in instance["BlockDeviceMappings"] if item["Ebs"]["DeleteOnTermination"]]
    if state == "shutting-down":
        yield Pending("the termination")
    elif state == "stopped" and datetime.now(UTC) - stopped_at(instance) > timedelta(days=AllowedDays):
        refuse_what_others_manage(instance)
        protection = ec2.describe_instance_attribute(InstanceId=InstanceId, Attribute="disableApiTermination")
        if protection["DisableApiTermination"]["Value"]:
            raise Refuse("its termination protection is on")
        if volumes and KeepVolumes:
            keep, drop = {"DeleteOnTermination": False}, {"DeleteOnTermination": True}
            these = {"InstanceId": InstanceId, "BlockDeviceMappings": [{"DeviceName": v, "Ebs": keep} for v in volumes]}
            those = {"InstanceId": InstanceId, "BlockDeviceMappings": [{"DeviceName": v, "Ebs": drop} for v in volumes]}
            back = Undo("modify_instance_attribute", those)
            yield Change("ec2", "modify_instance_attribute", these, undo=back)
        why = "a terminated instance cannot be brought back; start another one with its volumes, if they were kept"
        yield Change("ec2", "terminate_instances", {"InstanceIds": [InstanceId]}, undo=why)
    return {"State": state, "DeletedOnTermination": volumes}


def stopped_at(instance: Record) -> datetime:
    """Return when an instance was stopped, in UTC; EC2 says so in words: "User initiated (2026-01-31 09:30:00 GMT)"."""
    found = re.search(r"\((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?:GMT|UTC)\)", instance.get("StateTransitionReason", ""))
    if not found:
        raise Refuse("EC2 does not say since when the instance is stopped")
    return datetime.strptime(f"{found[1]} +0000", "%Y-%m-%d %H:%M:%S %z")


def refuse_what_others_manage(instance: Record) -> None:
    """Raise Refuse where another service would start a new instance in its place."""
    tags = {tag["Key"]: tag["Value"] for tag in instance.get("Tags", [])}
    if "aws:autoscaling:groupName" in tags:
        raise Refuse(f"it belongs to Auto Scaling group {tags['aws:autoscaling:groupName']}: scale that in")
    if instance.get("SpotInstanceRequestId"):
        raise Refuse(f"it belongs to Spot request {instance['SpotInstanceRequestId']}: cancel that first")
