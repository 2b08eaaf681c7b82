"""SetS3LifecyclePolicy: a bucket has an active lifecycle rule as it is asked for; the rules of others stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from asr_templates.simulator.aws.gaps import s3 as mended

RUNBOOK = "SetS3LifecyclePolicy"
NAME = "invoices"
NOTHING = {"targetTransitionDays": 0, "targetExpirationDays": 0, "targetTransitionStorageClass": ""}
WHERE = {"BucketName": NAME, **NOTHING}
EXPIRE: dict[str, Any] = {
    "ID": "expire",
    "Status": "Enabled",
    "Filter": {"Prefix": "logs/"},
    "Expiration": {"Days": 400},
    "NoncurrentVersionExpiration": {"NoncurrentDays": 30, "NewerNoncurrentVersions": 2},
}
ON_A_DAY: dict[str, Any] = {
    "ID": "move",
    "Status": "Disabled",
    "Filter": {"ObjectSizeGreaterThan": 500},
    "Transitions": [{"Date": "2027-01-01T00:00:00Z", "StorageClass": "GLACIER"}],
}


class Bucket:
    """A bucket and its lifecycle rules."""

    def __init__(self) -> None:
        self.s3 = boto3.client("s3")
        self.s3.create_bucket(Bucket=NAME)

    def rule(self, *rules: dict[str, Any], **more: str) -> None:
        self.s3.put_bucket_lifecycle_configuration(Bucket=NAME, LifecycleConfiguration={"Rules": list(rules)}, **more)

    def unrule(self) -> None:
        self.s3.delete_bucket_lifecycle(Bucket=NAME)

    def describe(self) -> Any:
        try:
            found = self.s3.get_bucket_lifecycle_configuration(Bucket=NAME)
        except self.s3.exceptions.ClientError:
            return None
        return {name: value for name, value in found.items() if name != "ResponseMetadata"}


@pytest.fixture
def bucket(account: str) -> Iterator[Bucket]:
    with mended.installed():
        yield Bucket()


def ours(output: Any) -> dict[str, Any]:
    """What our rule does."""
    [rule] = [rule for rule in output["After"]["Rules"] if rule["ID"] == "ASR-Lifecycle"]
    return {name: value for name, value in rule.items() if name not in ("ID", "Status", "Filter")}


def test_bucket_without_rules_gets_one_that_touches_no_object(prove: Callable[..., Any], bucket: Bucket) -> None:
    applied = prove(RUNBOOK, bucket.describe, drift=bucket.unrule, **WHERE)

    assert {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}} == ours(applied)


def test_any_active_rule_is_enough_where_nothing_is_asked_for(
    remediation: Callable[[str], Any], bucket: Bucket
) -> None:
    bucket.rule(EXPIRE)

    assert "NoChange" == remediation(RUNBOOK)(**WHERE)["Status"]


def test_rules_of_others_and_the_size_limit_stay(prove: Callable[..., Any], bucket: Bucket) -> None:
    bucket.rule(
        {**EXPIRE, "Status": "Disabled"}, ON_A_DAY, TransitionDefaultMinimumObjectSize="varies_by_storage_class"
    )
    before = bucket.describe()

    prove(RUNBOOK, bucket.describe, **WHERE)
    assert before == bucket.describe()

    prove(RUNBOOK, bucket.describe, drift=bucket.unrule, **WHERE)


def test_rule_beside_rules_of_the_older_form_has_their_form(prove: Callable[..., Any], bucket: Bucket) -> None:
    bucket.rule({"ID": "old", "Status": "Disabled", "Prefix": "logs/", "Expiration": {"Days": 9}})

    prove(RUNBOOK, bucket.describe, **WHERE)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (
            {"targetTransitionDays": 60},
            {"Transitions": [{"Days": 60, "StorageClass": "INTELLIGENT_TIERING"}]},
        ),
        (
            {"targetTransitionStorageClass": "GLACIER"},
            {"Transitions": [{"Days": 30, "StorageClass": "GLACIER"}]},
        ),
        ({"targetExpirationDays": 365}, {"Expiration": {"Days": 365}}),
        (
            {"targetTransitionDays": 40, "targetExpirationDays": 50, "targetTransitionStorageClass": "STANDARD_IA"},
            {"Transitions": [{"Days": 40, "StorageClass": "STANDARD_IA"}], "Expiration": {"Days": 50}},
        ),
    ],
    ids=str,
)
def test_what_a_customer_asks_for_is_done(
    prove: Callable[..., Any], bucket: Bucket, asked: dict[str, Any], expected: dict[str, Any]
) -> None:
    bucket.rule(EXPIRE)

    applied = prove(RUNBOOK, bucket.describe, **{**WHERE, **asked})

    assert expected == ours(applied)
    assert EXPIRE in applied["After"]["Rules"]


def test_rule_that_does_all_that_is_asked_for_is_enough(remediation: Callable[[str], Any], bucket: Bucket) -> None:
    bucket.rule({**EXPIRE, "Transitions": [{"Days": 60, "StorageClass": "GLACIER"}]})
    asked = {"targetTransitionDays": 60, "targetExpirationDays": 400, "targetTransitionStorageClass": "GLACIER"}

    assert "NoChange" == remediation(RUNBOOK)(BucketName=NAME, **asked)["Status"]


def test_own_rule_follows_the_parameters(remediation: Callable[[str], Any], bucket: Bucket) -> None:
    run = remediation(RUNBOOK)
    run(**{**WHERE, "targetExpirationDays": 100})

    assert {"Expiration": {"Days": 200}} == ours(run(**{**WHERE, "targetExpirationDays": 200}))
    assert 1 == len(bucket.describe()["Rules"])


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (
            {"targetTransitionDays": 10, "targetTransitionStorageClass": "ONEZONE_IA"},
            "S3 moves nothing to ONEZONE_IA in less than 30 days: correct targetTransitionDays",
        ),
        (
            {"targetTransitionDays": 60, "targetExpirationDays": 60},
            "objects would expire after 60 days, and move after 60: correct the parameters",
        ),
    ],
)
def test_parameters_that_s3_cannot_keep_are_refused(
    remediation: Callable[[str], Any], bucket: Bucket, asked: dict[str, Any], expected: str
) -> None:
    output = remediation(RUNBOOK)(**{**WHERE, **asked})

    assert ("Refused", expected, None) == (output["Status"], output["Message"], bucket.describe())


def test_bucket_with_as_many_rules_as_s3_takes_is_refused(remediation: Callable[[str], Any], bucket: Bucket) -> None:
    bucket.rule(*({**EXPIRE, "ID": str(number), "Status": "Disabled"} for number in range(1000)))

    output = remediation(RUNBOOK)(**WHERE)

    expected = "the bucket has 1000 lifecycle rules, and S3 takes no more"
    assert ("Refused", expected) == (output["Status"], output["Message"])


def test_bucket_that_is_gone_is_no_change(remediation: Callable[[str], Any], account: str) -> None:
    output = remediation(RUNBOOK)(**{**WHERE, "BucketName": "gone"})

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
