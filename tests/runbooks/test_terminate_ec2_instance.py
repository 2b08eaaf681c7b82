"""TerminateEC2Instance: an instance that is stopped for too long goes (on plain moto at once), its volumes stay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto.ec2.models import ec2_backends

RUNBOOK = "TerminateEC2Instance"
DEFAULTS = {"AllowedDays": 30, "KeepVolumes": True}
VOLUMES = [
    {"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 8, "DeleteOnTermination": True}},
    {"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 8, "DeleteOnTermination": True}},
    {"DeviceName": "/dev/sdg", "Ebs": {"VolumeSize": 8, "DeleteOnTermination": False}},
]


class Instance:
    """An instance with three volumes, of which two go with it."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.ec2 = boto3.client("ec2")

    def stopped(self, days: float = 31, **properties: Any) -> str:
        """Stop a new instance as of some days ago."""
        image = self.ec2.register_image(Name="image")["ImageId"]
        wanted = {"ImageId": image, "MinCount": 1, "MaxCount": 1, "BlockDeviceMappings": VOLUMES, **properties}
        self.id = str(self.ec2.run_instances(**wanted)["Instances"][0]["InstanceId"])
        self.ec2.stop_instances(InstanceIds=[self.id])
        since = datetime.now(UTC) - timedelta(days=days)
        self.is_now(_reason=f"User initiated ({since:%Y-%m-%d %H:%M:%S} GMT)")
        return self.id

    def is_now(self, **attributes: Any) -> None:
        """Put the instance into a state that no call of moto's leads to."""
        for name, value in attributes.items():
            setattr(ec2_backends[self.account]["us-east-1"].get_instance(self.id), name, value)

    @property
    def state(self) -> str:
        found = self.ec2.describe_instances(InstanceIds=[self.id])["Reservations"][0]["Instances"][0]
        return str(found["State"]["Name"])

    @property
    def volumes(self) -> int:
        return len(self.ec2.describe_volumes()["Volumes"])


@pytest.fixture
def instance(account: str) -> Instance:
    return Instance(account)


def test_instance_is_terminated_and_its_volumes_are_kept(remediation: Callable[[str], Any], instance: Instance) -> None:
    run, name = remediation(RUNBOOK), instance.stopped()

    preview = run("Preview", InstanceId=name, **DEFAULTS)
    assert ("Preview", "stopped", 2) == (preview["Status"], instance.state, len(preview["Changes"]))

    applied = run(InstanceId=name, **DEFAULTS)
    assert ("Success", "terminated", 3) == (applied["Status"], instance.state, instance.volumes)

    again = run(InstanceId=name, **DEFAULTS)
    assert ("NoChange", []) == (again["Status"], again["Changes"])


def test_volumes_go_with_the_instance_if_they_may(remediation: Callable[[str], Any], instance: Instance) -> None:
    output = remediation(RUNBOOK)(InstanceId=instance.stopped(), AllowedDays=30, KeepVolumes=False)

    assert ("Success", 1, 1) == (output["Status"], len(output["Changes"]), instance.volumes)


def test_termination_cannot_be_undone(remediation: Callable[[str], Any], instance: Instance) -> None:
    run, name = remediation(RUNBOOK), instance.stopped()
    undone = run("Undo", run(InstanceId=name, **DEFAULTS), InstanceId=name, **DEFAULTS)

    assert "Refused" == undone["Status"]
    assert undone["Message"].startswith("cannot be undone: a terminated instance cannot be brought back")


@pytest.mark.parametrize(("days", "allowed"), [(29.9, 30), (0, 1), (364, 365)])
def test_instance_that_is_not_stopped_for_too_long_is_left_alone(
    remediation: Callable[[str], Any], instance: Instance, days: float, allowed: int
) -> None:
    output = remediation(RUNBOOK)(InstanceId=instance.stopped(days), AllowedDays=allowed, KeepVolumes=True)

    assert ("NoChange", "stopped") == (output["Status"], instance.state)


def test_instance_that_runs_again_is_left_alone(remediation: Callable[[str], Any], instance: Instance) -> None:
    name = instance.stopped()
    instance.ec2.start_instances(InstanceIds=[name])

    assert ("NoChange", "running") == (remediation(RUNBOOK)(InstanceId=name, **DEFAULTS)["Status"], instance.state)


def test_instance_that_does_not_exist_is_gone(remediation: Callable[[str], Any], instance: Instance) -> None:
    output = remediation(RUNBOOK)(InstanceId="i-0123456789abcdef0", **DEFAULTS)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])


def test_protected_instance_is_refused(remediation: Callable[[str], Any], instance: Instance) -> None:
    name = instance.stopped()
    instance.ec2.modify_instance_attribute(InstanceId=name, DisableApiTermination={"Value": True})
    output = remediation(RUNBOOK)(InstanceId=name, **DEFAULTS)

    expected = ("Refused", "its termination protection is on", "stopped")
    assert expected == (output["Status"], output["Message"], instance.state)


def test_instance_of_an_auto_scaling_group_is_refused(remediation: Callable[[str], Any], instance: Instance) -> None:
    name = instance.stopped()
    backend = ec2_backends[instance.account]["us-east-1"]
    backend.create_tags([name], {"aws:autoscaling:groupName": "web"})

    expected = "it belongs to Auto Scaling group web: scale that in"
    assert expected == remediation(RUNBOOK)(InstanceId=name, **DEFAULTS)["Message"]


def test_spot_instance_is_refused(remediation: Callable[[str], Any], instance: Instance) -> None:
    name = instance.stopped()
    instance.is_now(spot_instance_request_id="sir-1")

    expected = "it belongs to Spot request sir-1: cancel that first"
    assert expected == remediation(RUNBOOK)(InstanceId=name, **DEFAULTS)["Message"]


@pytest.mark.parametrize("reason", ["", "Server initiated", "User initiated (yesterday)"])
def test_instance_of_unknown_age_is_refused(remediation: Callable[[str], Any], instance: Instance, reason: str) -> None:
    name = instance.stopped()
    instance.is_now(_reason=reason)
    output = remediation(RUNBOOK)(InstanceId=name, **DEFAULTS)

    expected = ("Refused", "EC2 does not say since when the instance is stopped")
    assert expected == (output["Status"], output["Message"])
