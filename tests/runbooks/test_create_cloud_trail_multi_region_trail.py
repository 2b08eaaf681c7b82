"""CreateCloudTrailMultiRegionTrail: what is there is used; a trail is made only where none could do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto.cloudtrail.models import cloudtrail_backends

from asr_templates.simulator.aws.gaps import cloudtrail as gap

RUNBOOK = "CreateCloudTrailMultiRegionTrail"


class Trails:
    """The trails of an account, that deliver to the bucket `audit`."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.here = {"AccountId": account, "Region": "us-east-1", "Partition": "aws"}
        self.cloudtrail = boto3.client("cloudtrail")
        boto3.client("s3").create_bucket(Bucket="audit")

    def create(self, name: str, region: str = "us-east-1", is_logging: bool = True, **more: Any) -> str:
        cloudtrail = boto3.client("cloudtrail", region_name=region)
        arn = cloudtrail.create_trail(Name=name, S3BucketName="audit", **{"IsMultiRegionTrail": True, **more})
        if is_logging:
            cloudtrail.start_logging(Name=name)
        return str(arn["TrailARN"])

    def select(self, name: str, region: str = "us-east-1", **selectors: Any) -> None:
        boto3.client("cloudtrail", region_name=region).put_event_selectors(TrailName=name, **selectors)

    def describe(self) -> dict[str, bool]:
        names = [trail["Name"] for trail in self.cloudtrail.describe_trails()["trailList"]]
        return {name: self.cloudtrail.get_trail_status(Name=name)["IsLogging"] for name in names}


@pytest.fixture
def trails(account: str) -> Iterator[Trails]:
    with gap.installed():
        yield Trails(account)


def test_stopped_trail_of_the_account_is_started_and_stopped_again(prove: Callable[..., Any], trails: Trails) -> None:
    trails.create("events", is_logging=False)

    prove(RUNBOOK, trails.describe, lambda: trails.cloudtrail.stop_logging(Name="events"), **trails.here)


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_trail_of_all_regions_that_logs_is_left_alone_wherever_its_home_is(
    remediation: Callable[[str], Any], trails: Trails, region: str
) -> None:
    trails.create("events", region)

    assert ("NoChange", {"events": True}) == (remediation(RUNBOOK)(**trails.here)["Status"], trails.describe())


def test_trail_that_is_made_has_everything_and_its_bucket_serves_it_alone(
    remediation: Callable[[str], Any], trails: Trails
) -> None:
    output = remediation(RUNBOOK)(**trails.here)

    [trail] = trails.cloudtrail.describe_trails()["trailList"]
    bucket = f"asr-cloudtrail-{trails.account}-us-east-1"
    policy = json.loads(boto3.client("s3").get_bucket_policy(Bucket=bucket)["Policy"])
    sources = {
        statement["Condition"]["StringEquals"]["aws:SourceArn"]
        for statement in policy["Statement"]
        if statement["Effect"] == "Allow"
    }
    assert "Success" == output["Status"], output["Message"]
    assert (bucket, True, True) == (trail["S3BucketName"], trail["LogFileValidationEnabled"], "KmsKeyId" in trail)
    assert {trail["TrailARN"]} == sources
    assert {"ASR-MultiRegion": True} == trails.describe()


def test_trail_of_one_region_or_of_writes_only_does_not_count(
    remediation: Callable[[str], Any], trails: Trails
) -> None:
    trails.create("local", IsMultiRegionTrail=False)
    trails.create("writes")
    trails.select("writes", EventSelectors=[{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True}])
    remediation(RUNBOOK)(**trails.here)

    assert {"local": True, "writes": True, "ASR-MultiRegion": True} == trails.describe()


EVERY = {"Field": "eventCategory", "Equals": ["Management"]}
READS = {"Field": "readOnly", "Equals": ["true"]}
ALL_EVENTS = {"ReadWriteType": "All", "IncludeManagementEvents": True}


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        ({"AdvancedEventSelectors": [{"FieldSelectors": [EVERY]}]}, "NoChange"),
        ({"AdvancedEventSelectors": [{"FieldSelectors": [EVERY, READS]}]}, "Success"),
        ({"EventSelectors": [{**ALL_EVENTS, "DataResources": []}]}, "NoChange"),
        ({"EventSelectors": [{**ALL_EVENTS, "ExcludeManagementEventSources": ["kms.amazonaws.com"]}]}, "Success"),
    ],
    ids=["advanced", "advanced, reads only", "basic", "basic without KMS"],
)
def test_trail_counts_if_its_selectors_leave_out_no_management_event(
    remediation: Callable[[str], Any], trails: Trails, selectors: dict[str, Any], expected: str
) -> None:
    trails.create("events")
    trails.select("events", **selectors)

    assert expected == remediation(RUNBOOK)(**trails.here)["Status"]


def test_stopped_trail_of_another_region_is_refused(remediation: Callable[[str], Any], trails: Trails) -> None:
    trails.create("events", "eu-west-1", is_logging=False)
    output = remediation(RUNBOOK)(**trails.here)

    expected = "trail events has stopped: start it in its home region eu-west-1"
    assert ("Refused", expected) == (output["Status"], output["Message"])


def test_selectors_of_a_trail_of_another_region_cannot_be_judged(
    remediation: Callable[[str], Any], trails: Trails
) -> None:
    trails.create("events", "eu-west-1")
    trails.select("events", "eu-west-1", EventSelectors=[{**ALL_EVENTS, "ReadWriteType": "ReadOnly"}])
    output = remediation(RUNBOOK)(**trails.here)

    expected = "trail events selects events: remediate the finding of its home region"
    assert ("Refused", expected) == (output["Status"], output["Message"])


def test_trail_of_the_organization_is_not_looked_into(remediation: Callable[[str], Any], trails: Trails) -> None:
    trails.create("organization")
    trail = cloudtrail_backends[trails.account]["us-east-1"].trails["organization"]
    trail.account_id = "999999999999"
    output = remediation(RUNBOOK)(**trails.here)

    expected = f"{trail.arn} of the organization covers this account: see there whether it logs"
    assert ("Refused", expected) == (output["Status"], output["Message"])


def test_trail_of_ours_that_was_narrowed_is_refused(remediation: Callable[[str], Any], trails: Trails) -> None:
    run = remediation(RUNBOOK)
    run(**trails.here)
    trails.select("ASR-MultiRegion", EventSelectors=[{**ALL_EVENTS, "ReadWriteType": "ReadOnly"}])
    output = run(**trails.here)

    expected = "trail ASR-MultiRegion does not take every management event any more: mend or delete it"
    assert ("Refused", expected) == (output["Status"], output["Message"])
