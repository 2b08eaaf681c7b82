"""AttachSSMPermissionsToEC2: an instance without an instance profile gets one that lets it be managed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from unittest import mock

import boto3
import pytest

from asr_templates.simulator.aws.gaps import iam as mended_iam
from asr_templates.simulator.aws.gaps import ssm as mended_ssm

RUNBOOK = "AttachSSMPermissionsToEC2"
NAME = "ASR-ManagedInstance"
POLICY = "AmazonSSMManagedInstanceCore"
SERVICE = {"Service": "ec2.amazonaws.com"}
TRUST = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": SERVICE, "Action": "sts:AssumeRole"}]}
)


@pytest.fixture(autouse=True)
def managed_nodes() -> Iterator[None]:
    """Policies of AWS and managed nodes; the registration takes no time."""
    with ExitStack() as stack:
        stack.enter_context(mended_iam.installed())
        stack.enter_context(mended_ssm.installed())
        stack.enter_context(mock.patch.object(mended_ssm, "REGISTRATION_SECONDS", 0.0))
        yield


class Instances:
    """Instances of one account and region."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.ec2 = boto3.client("ec2")
        self.iam = boto3.client("iam")
        self.image = self.ec2.register_image(Name="linux")["ImageId"]

    def run(self, profile: str | None = None) -> str:
        given = {"IamInstanceProfile": {"Name": profile}} if profile else {}
        made = self.ec2.run_instances(ImageId=self.image, InstanceType="t3.micro", MinCount=1, MaxCount=1, **given)
        return str(made["Instances"][0]["InstanceId"])

    def given(self, instance_id: str) -> dict[str, str]:
        arn = f"arn:aws:ec2:us-east-1:{self.account}:instance/{instance_id}"
        return {"InstanceArn": arn, "Partition": "aws"}

    def profile(self, name: str, *policies: str, role: bool = True, **more: Any) -> None:
        """Make an instance profile with a role of the same name that has policies of AWS."""
        self.iam.create_instance_profile(InstanceProfileName=name)
        if role:
            self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST, **more)
            self.iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
        for policy in policies:
            self.iam.attach_role_policy(RoleName=name, PolicyArn=f"arn:aws:iam::aws:policy/{policy}")

    def seen(self) -> tuple[list[str], list[str], list[str]]:
        """The profiles of the instances, all instance profiles, and all roles."""
        found = self.ec2.describe_iam_instance_profile_associations()["IamInstanceProfileAssociations"]
        profiles = self.iam.list_instance_profiles()["InstanceProfiles"]
        return (
            sorted(each["IamInstanceProfile"]["Arn"].rpartition("/")[2] for each in found),
            sorted(each["InstanceProfileName"] for each in profiles),
            sorted(each["RoleName"] for each in self.iam.list_roles()["Roles"]),
        )


@pytest.fixture
def instances(account: str) -> Instances:
    return Instances(account)


def test_role_and_profile_are_made_for_the_first_instance(prove: Callable[..., Any], instances: Instances) -> None:
    prove(RUNBOOK, instances.seen, **instances.given(instances.run()))


def test_what_is_there_is_used_for_the_second_and_stays_while_it_is_used(
    remediation: Callable[[str], Any], instances: Instances
) -> None:
    run = remediation(RUNBOOK)
    first, second = (instances.given(instances.run()) for _ in range(2))
    made = run(**first)
    joined = run(**second)

    assert ["associate_iam_instance_profile"] == [change["operation"] for change in joined["Changes"]]
    assert "cannot be undone: the resource was changed since" == run("Undo", made, **first)["Message"]
    assert "Undone" == run("Undo", joined, **second)["Status"]
    assert "Undone" == run("Undo", made, **first)["Status"]
    assert ([], [], []) == instances.seen()


@pytest.mark.parametrize("policy", [POLICY, "AmazonSSMManagedEC2InstanceDefaultPolicy"])
def test_instance_that_is_managed_is_left_alone(
    remediation: Callable[[str], Any], instances: Instances, policy: str
) -> None:
    instances.profile("app", policy)

    assert "NoChange" == remediation(RUNBOOK)(**instances.given(instances.run("app")))["Status"]


def test_instance_with_permissions_that_does_not_register_times_out(
    remediation: Callable[[str], Any], instances: Instances, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mended_ssm, "REGISTRATION_SECONDS", 10 * time.time())
    instances.profile("app", POLICY)

    output = remediation(RUNBOOK)(**instances.given(instances.run("app")))

    assert ("Failed", True) == (output["Status"], output["TimedOut"])
    assert "SSM Agent's registration (does it run, and does it reach Systems Manager?)" in output["Message"]


def test_role_of_the_instance_gets_the_policy_and_keeps_its_own(
    prove: Callable[..., Any], instances: Instances
) -> None:
    instances.profile("app", "AmazonS3ReadOnlyAccess")

    def policies() -> list[str]:
        attached = instances.iam.list_attached_role_policies(RoleName="app")["AttachedPolicies"]
        return sorted(policy["PolicyName"] for policy in attached)

    applied = prove(RUNBOOK, policies, **instances.given(instances.run("app")))

    assert ["attach_role_policy"] == [change["operation"] for change in applied["Changes"]]


def test_profile_without_a_role_is_refused(remediation: Callable[[str], Any], instances: Instances) -> None:
    instances.profile("app", role=False)

    output = remediation(RUNBOOK)(**instances.given(instances.run("app")))

    expected = "its instance profile app holds no role: put one in"
    assert ("Refused", expected) == (output["Status"], output["Message"])


def test_role_of_the_same_name_that_is_not_ours_is_refused(
    remediation: Callable[[str], Any], instances: Instances
) -> None:
    instances.profile(NAME, POLICY)

    output = remediation(RUNBOOK)(**instances.given(instances.run()))

    expected = f"there is a role or an instance profile {NAME} that is not ours: rename it"
    assert ("Refused", expected) == (output["Status"], output["Message"])


def test_stopped_instance_is_refused(remediation: Callable[[str], Any], instances: Instances) -> None:
    instance = instances.run()
    instances.ec2.stop_instances(InstanceIds=[instance])

    output = remediation(RUNBOOK)(**instances.given(instance))

    assert ("Refused", "the instance is stopped: it must run to be managed") == (output["Status"], output["Message"])


def test_terminated_instance_is_gone(remediation: Callable[[str], Any], instances: Instances) -> None:
    instance = instances.run()
    instances.ec2.terminate_instances(InstanceIds=[instance])

    output = remediation(RUNBOOK)(**instances.given(instance))

    assert ("NoChange", "gone") == (output["Status"], output["Message"])


def test_china_has_its_own_name_of_ec2(remediation: Callable[[str], Any], instances: Instances) -> None:
    given = {**instances.given(instances.run()), "Partition": "aws-cn"}

    change = remediation(RUNBOOK)("Preview", **given)["Changes"][0]

    assert "ec2.amazonaws.com.cn" in change["parameters"]["AssumeRolePolicyDocument"]
