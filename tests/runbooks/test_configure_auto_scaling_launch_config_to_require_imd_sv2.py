"""ConfigureAutoScalingLaunchConfigToRequireIMDSv2: groups move to a successor that differs in nothing else."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from asr_templates.simulator.aws.gaps import launch_configurations as gap

RUNBOOK = "ConfigureAutoScalingLaunchConfigToRequireIMDSv2"
SECRET = b"#!/bin/sh\nPASSWORD=correct-horse\n"


class LaunchConfigurations:
    """Launch configurations, and groups that use them."""

    def __init__(self) -> None:
        self.autoscaling = boto3.client("autoscaling")

    def create(self, name: str = "web", **settings: Any) -> dict[str, Any]:
        basic = {"ImageId": "ami-12c6146b", "InstanceType": "t3.micro"}
        self.autoscaling.create_launch_configuration(LaunchConfigurationName=name, **{**basic, **settings})
        return {"LaunchConfigurationName": name, "Retire": False}

    def group(self, name: str, uses: str) -> None:
        self.autoscaling.create_auto_scaling_group(
            AutoScalingGroupName=name,
            LaunchConfigurationName=uses,
            MinSize=0,
            MaxSize=1,
            AvailabilityZones=["us-east-1a"],
        )

    def group_of_template(self) -> None:
        data = {"ImageId": "ami-12c6146b", "InstanceType": "t3.micro"}
        boto3.client("ec2").create_launch_template(LaunchTemplateName="modern", LaunchTemplateData=data)
        self.autoscaling.create_auto_scaling_group(
            AutoScalingGroupName="modern",
            LaunchTemplate={"LaunchTemplateName": "modern", "Version": "1"},
            MinSize=0,
            MaxSize=1,
            AvailabilityZones=["us-east-1a"],
        )

    def used(self) -> dict[str, str]:
        pages = self.autoscaling.get_paginator("describe_auto_scaling_groups").paginate()
        groups = [group for page in pages for group in page["AutoScalingGroups"]]
        return {each["AutoScalingGroupName"]: each.get("LaunchConfigurationName", "") for each in groups}

    def all(self) -> dict[str, Any]:
        found = self.autoscaling.describe_launch_configurations()["LaunchConfigurations"]
        return {each["LaunchConfigurationName"]: each for each in found}

    def describe(self) -> Any:
        return self.used(), self.all()


@pytest.fixture
def configurations(account: str) -> Iterator[LaunchConfigurations]:
    with gap.installed():
        yield LaunchConfigurations()


def test_groups_move_to_a_successor_and_back(prove: Callable[..., Any], configurations: LaunchConfigurations) -> None:
    given = configurations.create(MetadataOptions={"HttpEndpoint": "disabled", "HttpPutResponseHopLimit": 3})
    configurations.group("blue", "web")
    configurations.group("green", "web")
    configurations.group_of_template()

    def drift() -> None:
        configurations.autoscaling.update_auto_scaling_group(AutoScalingGroupName="blue", LaunchConfigurationName="web")

    prove(RUNBOOK, configurations.describe, drift=drift, **given)
    options = configurations.all()["ASR-IMDSv2-web"]["MetadataOptions"]

    assert {"HttpTokens": "required", "HttpEndpoint": "disabled", "HttpPutResponseHopLimit": 3} == options
    assert {"blue": "web", "green": "ASR-IMDSv2-web", "modern": ""} == configurations.used()


@pytest.mark.parametrize("data", [SECRET, gzip.compress(SECRET)], ids=["text", "gzip"])
def test_user_data_is_the_same_and_in_no_record(
    remediation: Callable[[str], Any], configurations: LaunchConfigurations, data: bytes
) -> None:
    given = configurations.create(UserData=data)
    configurations.group("blue", "web")

    preview, applied = remediation(RUNBOOK)("Preview", **given), remediation(RUNBOOK)(**given)
    found = configurations.all()

    assert found["web"]["UserData"] == found["ASR-IMDSv2-web"]["UserData"]
    recorded = json.dumps([preview, applied])
    assert "correct-horse" not in recorded
    assert found["web"]["UserData"] not in recorded
    assert f"{len(data)} bytes, as before" == applied["Changes"][0]["parameters"]["UserData"]


def test_successor_of_an_earlier_run_is_used_again(
    remediation: Callable[[str], Any], configurations: LaunchConfigurations
) -> None:
    run, given = remediation(RUNBOOK), configurations.create(UserData=SECRET)
    configurations.group("blue", "web")
    run(**given)
    configurations.group("late", "web")

    applied = run(**given)

    assert ["update_auto_scaling_group"] == [change["operation"] for change in applied["Changes"]]
    assert {"blue": "ASR-IMDSv2-web", "late": "ASR-IMDSv2-web"} == configurations.used()
    assert "Undone" == run("Undo", applied, **given)["Status"]
    assert {"blue": "ASR-IMDSv2-web", "late": "web"} == configurations.used()


def test_every_page_of_groups_is_read(remediation: Callable[[str], Any], configurations: LaunchConfigurations) -> None:
    given = configurations.create()
    for number in range(60):  # moto gives 50 at a time
        configurations.group(f"group-{number}", "web")

    remediation(RUNBOOK)(**given)

    assert {"ASR-IMDSv2-web"} == set(configurations.used().values())


def test_name_at_the_limit_of_length_is_shortened(
    remediation: Callable[[str], Any], configurations: LaunchConfigurations
) -> None:
    given = configurations.create("w" * 255)
    configurations.group("blue", "w" * 255)

    remediation(RUNBOOK)(**given)

    assert 255 == len(configurations.used()["blue"])
    assert configurations.used()["blue"].startswith("ASR-IMDSv2-www")


def test_old_one_is_deleted_only_on_request_and_then_there_is_no_undo(
    remediation: Callable[[str], Any], configurations: LaunchConfigurations
) -> None:
    run, given = remediation(RUNBOOK), {**configurations.create(), "Retire": True}
    configurations.group("blue", "web")

    applied = run(**given)

    assert ("Success", {"ASR-IMDSv2-web"}) == (applied["Status"], set(configurations.all()))
    assert "NoChange" == run(**given)["Status"]
    refused = run("Undo", applied, **given)
    expected = "cannot be undone: the old launch configuration was deleted, and its user data is kept in no record"
    assert ("Refused", expected) == (refused["Status"], refused["Message"])


def test_successor_with_other_settings_is_refused(
    remediation: Callable[[str], Any], configurations: LaunchConfigurations
) -> None:
    given = configurations.create()
    configurations.create("ASR-IMDSv2-web", InstanceType="m5.large", MetadataOptions={"HttpTokens": "required"})
    configurations.group("blue", "web")

    output = remediation(RUNBOOK)(**given)

    expected = "there is a launch configuration ASR-IMDSv2-web with other settings: delete it first"
    assert ("Refused", expected) == (output["Status"], output["Message"])


@pytest.mark.parametrize("settings", [{"MetadataOptions": {"HttpTokens": "required"}}, {}], ids=["required", "unused"])
def test_launch_configuration_that_requires_it_or_is_unused_is_left_alone(
    remediation: Callable[[str], Any], configurations: LaunchConfigurations, settings: dict[str, Any]
) -> None:
    given = configurations.create(**settings)

    assert "NoChange" == remediation(RUNBOOK)(**given)["Status"]
    assert {"web"} == set(configurations.all())


def test_launch_configuration_that_is_gone_is_no_change(
    remediation: Callable[[str], Any], configurations: LaunchConfigurations
) -> None:
    output = remediation(RUNBOOK)(LaunchConfigurationName="web", Retire=False)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
