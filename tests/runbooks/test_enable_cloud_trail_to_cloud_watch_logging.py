"""EnableCloudTrailToCloudWatchLogging: a log group and a role of its own for each trail."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from asr_templates.simulator.aws.gaps import cloudtrail as gap

RUNBOOK = "EnableCloudTrailToCloudWatchLogging"


class Trails:
    """A trail, and the roles and log groups of its account."""

    def __init__(self, account: str) -> None:
        self.these = {"TrailName": "events", "AccountId": account, "Region": "us-east-1", "Partition": "aws"}
        self.cloudtrail = boto3.client("cloudtrail")
        self.iam = boto3.client("iam")
        self.logs = boto3.client("logs")
        boto3.client("s3").create_bucket(Bucket="audit")
        self.cloudtrail.create_trail(Name="events", S3BucketName="audit")

    def describe(self) -> Any:
        roles = [role["RoleName"] for role in self.iam.list_roles()["Roles"]]
        return {"Trail": self.cloudtrail.get_trail(Name="events")["Trail"], "Roles": roles}

    def groups(self) -> list[str]:
        return [group["logGroupName"] for group in self.logs.describe_log_groups()["logGroups"]]


@pytest.fixture
def trails(account: str) -> Iterator[Trails]:
    with gap.installed():
        yield Trails(account)


def test_delivery_is_set_up_and_taken_down_again_but_for_the_events(prove: Callable[..., Any], trails: Trails) -> None:
    nothing = {"CloudWatchLogsLogGroupArn": "", "CloudWatchLogsRoleArn": ""}

    def drift() -> None:
        trails.cloudtrail.update_trail(Name="events", **nothing)

    prove(RUNBOOK, trails.describe, drift, **trails.these)
    assert ["ASR-CloudTrail/events"] == trails.groups()


def test_role_serves_this_trail_and_writes_into_this_group_only(
    remediation: Callable[[str], Any], trails: Trails
) -> None:
    remediation(RUNBOOK)(**trails.these)

    [role] = trails.iam.list_roles()["Roles"]
    [trust] = role["AssumeRolePolicyDocument"]["Statement"]
    policy = trails.iam.get_role_policy(RoleName=role["RoleName"], PolicyName="Deliver")["PolicyDocument"]
    [grant] = policy["Statement"]
    trail = trails.describe()["Trail"]
    assert {"StringEquals": {"aws:SourceArn": trail["TrailARN"]}} == trust["Condition"]
    assert f"{trail['CloudWatchLogsLogGroupArn'].removesuffix(':*')}:log-stream:*" == grant["Resource"]
    assert role["Arn"] == trail["CloudWatchLogsRoleArn"]


def test_longest_name_of_a_trail_gives_a_role_that_iam_takes(remediation: Callable[[str], Any], trails: Trails) -> None:
    name = "e" * 128
    trails.cloudtrail.create_trail(Name=name, S3BucketName="audit")

    assert "Success" == remediation(RUNBOOK)(**{**trails.these, "TrailName": name})["Status"]


def test_trail_that_delivers_to_a_group_is_left_alone(remediation: Callable[[str], Any], trails: Trails) -> None:
    group = "arn:aws:logs:us-east-1:123456789012:log-group:mine:*"
    role = "arn:aws:iam::123456789012:role/mine"
    trails.cloudtrail.update_trail(Name="events", CloudWatchLogsLogGroupArn=group, CloudWatchLogsRoleArn=role)
    output = remediation(RUNBOOK)(**trails.these)

    assert ("NoChange", []) == (output["Status"], trails.groups())


def test_role_of_our_name_that_is_anothers_is_refused(remediation: Callable[[str], Any], trails: Trails) -> None:
    run = remediation(RUNBOOK)
    planned = run("Preview", **trails.these)["Changes"]
    [name] = [change["parameters"]["RoleName"] for change in planned if change["operation"] == "create_role"]
    trails.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Statement": []}))
    output = run(**trails.these)

    expected = f"role {name} is there without the tag ASR, so it is another's: rename or tag it"
    assert ("Refused", expected, []) == (output["Status"], output["Message"], output["Changes"])


def test_trail_that_is_gone_is_no_change(remediation: Callable[[str], Any], trails: Trails) -> None:
    output = remediation(RUNBOOK)(**{**trails.these, "TrailName": "former-events"})

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
