"""Launch configurations, for plans: none can be changed, so a successor is made and the groups are moved to it.

Instances that run keep what they were launched with; a group's next ones are launched with the successor. What is here
are the parameters of CreateLaunchConfiguration: "settings".
"""

import base64
import hashlib
from typing import Any

from asr_templates.embedded.hidden import Concealed
from asr_templates.embedded.runner import Aws, Change, Plan, Record, Refuse, Undo

SETTINGS = (
    *("AssociatePublicIpAddress", "BlockDeviceMappings", "ClassicLinkVPCId", "ClassicLinkVPCSecurityGroups"),
    *("EbsOptimized", "IamInstanceProfile", "ImageId", "InstanceMonitoring", "InstanceType", "KernelId", "KeyName"),
    *("LaunchConfigurationName", "MetadataOptions", "PlacementTenancy", "RamdiskId", "SecurityGroups", "SpotPrice"),
    "UserData",
)
LONGEST = 255  # characters of a name


def settings(aws: Aws, name: str) -> Record:
    """Return the settings of a launch configuration, {} where there is none."""
    autoscaling = aws("autoscaling")
    described = autoscaling.describe_launch_configurations(LaunchConfigurationNames=[name])["LaunchConfigurations"]
    found = described[0] if described else {}
    given = {key: found[key] for key in SETTINGS if found.get(key) not in (None, "", [], {})}
    if "UserData" in given:
        given["UserData"] = base64.b64decode(given["UserData"])  # need not be text; boto3 encodes it again
    return given


def shown(wanted: Record) -> Record:
    """Return settings without user data, which may hold secrets."""
    hidden = {"UserData": f"{len(wanted['UserData'])} bytes, as before"} if "UserData" in wanted else {}
    return {**wanted, **hidden}


def replacement(aws: Aws, name: str, wanted: Record, retire: bool) -> Plan:
    """Move the groups of a launch configuration to a successor with the settings that are `wanted`.

    Only with `retire` is the old one deleted.
    """
    autoscaling = aws("autoscaling")
    successor = wanted["LaunchConfigurationName"]
    there = settings(aws, successor)
    pages = autoscaling.get_paginator("describe_auto_scaling_groups").paginate()
    # A status says that a group is being deleted.
    groups = [group for page in pages for group in page["AutoScalingGroups"] if not group.get("Status")]
    users = users_of(name, groups)
    if there and (set(there) != set(wanted) or not fits(there, wanted)):
        raise Refuse(f"there is a launch configuration {successor} with other settings: delete it first")
    if users and not there:
        away = Undo("delete_launch_configuration", {"LaunchConfigurationName": successor})
        yield Change("autoscaling", "create_launch_configuration", Concealed(wanted, shown(wanted)), undo=away)
    for user in users:
        these = {"AutoScalingGroupName": user, "LaunchConfigurationName": successor}
        back = Undo("update_auto_scaling_group", {"AutoScalingGroupName": user, "LaunchConfigurationName": name})
        yield Change("autoscaling", "update_auto_scaling_group", these, undo=back)
    if retire:
        stays = "the old launch configuration was deleted, and its user data is kept in no record"
        yield Change("autoscaling", "delete_launch_configuration", {"LaunchConfigurationName": name}, undo=stays)
    return {"Groups": users, "Successor": bool(there), "GroupsOfSuccessor": users_of(successor, groups)}


def users_of(name: str, groups: list[Record]) -> list[str]:
    """Return the names of the groups that launch instances with a launch configuration; others have templates."""
    return sorted(group["AutoScalingGroupName"] for group in groups if group.get("LaunchConfigurationName") == name)


def successor_name(name: str, purpose: str) -> str:
    """Return the name under which the successor is made, and found again."""
    whole = f"ASR-{purpose}-{name}"
    if len(whole) <= LONGEST:
        return whole
    return f"{whole[: LONGEST - 9]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def fits(found: Any, wanted: Any) -> bool:
    """Whether settings are as wanted; AWS may add defaults to those that are maps, and keeps no order of lists."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(fits(found.get(name), wanted[name]) for name in wanted)
    if isinstance(wanted, list):
        return sorted(map(str, found or [])) == sorted(map(str, wanted))
    return bool(found == wanted)
