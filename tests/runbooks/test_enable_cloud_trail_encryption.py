"""EnableCloudTrailEncryption: with one key for all trails of a region, or with the key that is given."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from asr_templates.simulator.aws.gaps import cloudtrail as gap

RUNBOOK = "EnableCloudTrailEncryption"
ALIAS = "alias/ASR-CloudTrail"


class Trails:
    """Trails of one region; each delivers to the bucket `audit`."""

    def __init__(self, account: str) -> None:
        self.here = {"AccountId": account, "Region": "us-east-1", "Partition": "aws", "KMSKeyArn": ""}
        self.cloudtrail = boto3.client("cloudtrail")
        self.kms = boto3.client("kms")
        boto3.client("s3").create_bucket(Bucket="audit")

    def create(self, name: str) -> str:
        return str(self.cloudtrail.create_trail(Name=name, S3BucketName="audit")["TrailARN"])

    def describe(self, trail: str) -> Any:
        return self.cloudtrail.get_trail(Name=trail)["Trail"]

    def keys(self) -> list[str]:
        return [key["KeyArn"] for page in self.kms.get_paginator("list_keys").paginate() for key in page["Keys"]]


@pytest.fixture
def trails(account: str) -> Iterator[Trails]:
    with gap.installed():
        yield Trails(account)


def test_key_that_is_given_is_used_and_taken_away_again(prove: Callable[..., Any], trails: Trails) -> None:
    trail, given = trails.create("events"), trails.kms.create_key()["KeyMetadata"]["Arn"]

    def drift() -> None:
        trails.cloudtrail.update_trail(Name=trail, KmsKeyId="")

    these = {**trails.here, "KMSKeyArn": given}
    applied = prove(RUNBOOK, lambda: trails.describe(trail), drift, TrailArn=trail, **these)
    assert ({"KmsKeyId": given}, [given]) == (applied["After"], trails.keys())


def test_trails_of_a_region_share_one_key_that_also_an_undo_keeps(
    remediation: Callable[[str], Any], trails: Trails
) -> None:
    run, first, second = remediation(RUNBOOK), trails.create("events"), trails.create("more-events")
    applied = run(TrailArn=first, **trails.here)
    undone = run("Undo", applied, TrailArn=first, **trails.here)
    again = run(TrailArn=second, **trails.here)

    [key] = trails.keys()
    assert ("Success", "Undone", "Success") == (applied["Status"], undone["Status"], again["Status"])
    assert (None, key) == (trails.describe(first).get("KmsKeyId"), trails.describe(second)["KmsKeyId"])
    assert ["update_trail"] == [change["operation"] for change in again["Changes"]]


def test_key_is_rotated_tagged_and_for_trails_of_the_account_only(
    remediation: Callable[[str], Any], trails: Trails
) -> None:
    remediation(RUNBOOK)(TrailArn=trails.create("events"), **trails.here)

    [key] = trails.keys()
    key_id = key.rpartition("/")[2]
    policy = json.loads(trails.kms.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"])
    assert trails.kms.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"]
    assert [{"TagKey": "ASR", "TagValue": "managed"}] == trails.kms.list_resource_tags(KeyId=key_id)["Tags"]
    assert all("Condition" in statement for statement in policy["Statement"] if "Service" in statement["Principal"])


def test_trail_that_has_a_key_is_left_alone(remediation: Callable[[str], Any], trails: Trails) -> None:
    trail, own = trails.create("events"), trails.kms.create_key()["KeyMetadata"]["Arn"]
    trails.cloudtrail.update_trail(Name=trail, KmsKeyId=own)
    output = remediation(RUNBOOK)(TrailArn=trail, **trails.here)

    assert ("NoChange", [own]) == (output["Status"], trails.keys())


def test_bucket_of_another_region_is_refused(remediation: Callable[[str], Any], trails: Trails) -> None:
    where = {"LocationConstraint": "eu-west-1"}
    boto3.client("s3").create_bucket(Bucket="far", CreateBucketConfiguration=where)
    trail = trails.cloudtrail.create_trail(Name="events", S3BucketName="far")["TrailARN"]
    output = remediation(RUNBOOK)(TrailArn=trail, **trails.here)

    expected = "its bucket far is in eu-west-1, where its key must be too: give a key as KMSKeyArn"
    assert ("Refused", expected, []) == (output["Status"], output["Message"], trails.keys())


def test_bucket_that_is_not_the_accounts_is_refused(remediation: Callable[[str], Any], trails: Trails) -> None:
    trail = trails.create("events")
    boto3.client("s3").delete_bucket(Bucket="audit")
    output = remediation(RUNBOOK)(TrailArn=trail, **trails.here)

    expected = "its bucket audit is not the account's own (NoSuchBucket): give a key as KMSKeyArn"
    assert ("Refused", expected) == (output["Status"], output["Message"])


def test_key_of_ours_that_was_disabled_is_refused(remediation: Callable[[str], Any], trails: Trails) -> None:
    run = remediation(RUNBOOK)
    run(TrailArn=trails.create("events"), **trails.here)
    key_id = trails.keys()[0].rpartition("/")[2]
    trails.kms.disable_key(KeyId=key_id)
    output = run(TrailArn=trails.create("more-events"), **trails.here)

    expected = f"key {key_id} ({ALIAS}) is Disabled: enable it, or delete the alias"
    assert ("Refused", expected) == (output["Status"], output["Message"])


def test_trail_that_is_gone_is_no_change(remediation: Callable[[str], Any], trails: Trails) -> None:
    arn = "arn:aws:cloudtrail:us-east-1:123456789012:trail/former-events"
    output = remediation(RUNBOOK)(TrailArn=arn, **trails.here)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
