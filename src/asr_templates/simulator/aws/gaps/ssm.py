"""Systems Manager: instances register themselves as managed nodes, which takes a while, if their role lets them.

Source: API reference, DescribeInstanceInformation; user guide, "Configure instance permissions required for Systems
Manager". SSM Agent runs on every instance of the simulation and reaches Systems Manager; its registration counts from
when somebody first looks.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest import mock
from weakref import WeakKeyDictionary

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.ec2.models.instances import Instance
from moto.ssm.responses import SimpleSystemManagerResponse

from asr_templates.simulator.aws.access.decisions import RoleCaller, role_verdict
from asr_templates.simulator.aws.access.roles import find_role, roles_of_instance_profile
from asr_templates.simulator.aws.access.trust import trusted
from asr_templates.simulator.aws.errors import NotSimulated

REGISTRATION_SECONDS = 300.0
"""How long SSM Agent takes to find its credentials and to register. Really minutes to half an hour."""

ACTION = "ssm:UpdateInstanceInformation"

_FILTERS: Mapping[str, Callable[[dict[str, Any], list[str]], bool]] = {
    "InstanceIds": lambda node, values: node["InstanceId"] in values,
    "PingStatus": lambda node, values: node["PingStatus"] in values,
}

_permitted_since: WeakKeyDictionary[Instance, float] = WeakKeyDictionary()


@contextmanager
def installed() -> Iterator[None]:
    """Add DescribeInstanceInformation to moto's Systems Manager."""
    with mock.patch.object(
        SimpleSystemManagerResponse, "describe_instance_information", _describe_instance_information, create=True
    ):
        yield


def _describe_instance_information(self: SimpleSystemManagerResponse) -> ActionResult:
    nodes = [*_nodes(self.current_account, self.region)]
    for condition in self._get_param("Filters") or []:
        matches = _FILTERS.get(condition["Key"])
        if matches is None:
            raise NotSimulated("DescribeInstanceInformation", f"filter {condition['Key']}")
        nodes = [node for node in nodes if matches(node, condition["Values"])]
    start = int(self._get_param("NextToken") or 0)
    end = start + int(self._get_param("MaxResults") or 50)
    token = {"NextToken": str(end)} if end < len(nodes) else {}
    return ActionResult({"InstanceInformationList": nodes[start:end], **token})


def _nodes(account: str, region: str) -> Iterator[dict[str, Any]]:
    """The instances that have registered: online while they run with the permission."""
    for instance in ec2_backends[account][region].all_instances():
        is_permitted = instance.state == "running" and _is_permitted(account, instance)
        if is_permitted:
            _permitted_since.setdefault(instance, time.time())
        since = _permitted_since.get(instance)
        if since is None or time.time() - since < REGISTRATION_SECONDS:
            if not is_permitted:
                _permitted_since.pop(instance, None)
            continue
        yield {
            "InstanceId": instance.id,
            "PingStatus": "Online" if is_permitted else "ConnectionLost",
            "PlatformType": "Linux",
            "ResourceType": "EC2Instance",
        }


def _is_permitted(account: str, instance: Instance) -> bool:
    """Whether the role in the instance's profile lets it register."""
    profile = (instance.iam_instance_profile or {}).get("Arn")
    if not profile:
        return False
    partition = profile.split(":")[1]
    for role_arn in roles_of_instance_profile(account, partition, profile):
        role = find_role(role_arn)
        suffix = ".cn" if partition == "aws-cn" else ""
        if role and trusted(role_arn, f"ec2.amazonaws.com{suffix}", {}):
            return role_verdict(RoleCaller(role), ACTION, None, {}).allowed
    return False
