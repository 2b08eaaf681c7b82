"""Buckets answer what was put, and refuse what S3 refuses."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

ACCOUNT = "111111111111"
BUCKET = "invoices"
ARN = f"arn:aws:s3:::{BUCKET}"
HERE = {"LocationConstraint": "eu-west-1"}
TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:events"


@pytest.fixture
def s3(environment: Any) -> Any:
    client = environment.session(ACCOUNT).client("s3", region_name="eu-west-1")
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=HERE)
    return client


def put_rules(s3: Any, *rules: dict[str, Any], **more: str) -> None:
    s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": list(rules)}, **more)


def notify(s3: Any, **configuration: Any) -> None:
    s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration=configuration)


def topic(*events: str, **filters: str) -> dict[str, Any]:
    rules = [{"Name": name, "Value": value} for name, value in filters.items()]
    restricted = {"Filter": {"Key": {"FilterRules": rules}}} if rules else {}
    return {"Id": "-".join(filters.values()) or "all", "TopicArn": TOPIC, "Events": list(events), **restricted}


def test_a_bucket_of_another_owner_than_the_expected_one_is_denied(s3: Any) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.get_bucket_tagging(Bucket=BUCKET, ExpectedBucketOwner="999999999999")


def test_the_expected_owner_may_use_the_bucket(s3: Any) -> None:
    tags = {"TagSet": [{"Key": "ASR", "Value": "managed"}]}
    s3.put_bucket_tagging(Bucket=BUCKET, Tagging=tags, ExpectedBucketOwner=ACCOUNT)

    assert tags["TagSet"] == s3.get_bucket_tagging(Bucket=BUCKET, ExpectedBucketOwner=ACCOUNT)["TagSet"]


def test_a_bucket_that_is_not_there_has_no_owner(s3: Any) -> None:
    with pytest.raises(ClientError, match="NoSuchBucket"):
        s3.get_bucket_tagging(Bucket="gone", ExpectedBucketOwner=ACCOUNT)


RULES: list[dict[str, Any]] = [
    {
        "ID": "both",
        "Status": "Enabled",
        "Filter": {
            "And": {
                "Prefix": "a/",
                "ObjectSizeGreaterThan": 500,
                "Tags": [{"Key": "kind", "Value": "x"}, {"Key": "team", "Value": "y"}],
            }
        },
        "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}, {"Days": 90, "StorageClass": "GLACIER"}],
        "NoncurrentVersionTransitions": [{"NoncurrentDays": 30, "StorageClass": "GLACIER"}],
        "NoncurrentVersionExpiration": {"NoncurrentDays": 90, "NewerNoncurrentVersions": 3},
    },
    {"ID": "size", "Status": "Disabled", "Filter": {"ObjectSizeLessThan": 9}, "Expiration": {"Days": 1}},
    {
        "ID": "all",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    },
]


def test_lifecycle_rules_are_answered_as_they_were_put(s3: Any) -> None:
    put_rules(s3, *RULES)

    assert RULES == s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]


def test_lifecycle_rules_of_the_older_form_are_answered_in_it(s3: Any) -> None:
    rule = {"ID": "old", "Status": "Enabled", "Prefix": "", "Expiration": {"Days": 9}}
    put_rules(s3, rule)

    assert [rule] == s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]


def test_lifecycle_rules_of_both_forms_are_refused_together(s3: Any) -> None:
    with pytest.raises(ClientError, match="InvalidRequest"):
        put_rules(s3, RULES[2], {"ID": "old", "Status": "Enabled", "Prefix": "", "Expiration": {"Days": 9}})


@pytest.mark.parametrize("size", ["all_storage_classes_128K", "varies_by_storage_class"])
def test_the_smallest_object_that_is_moved_is_a_setting_of_the_bucket(s3: Any, size: str) -> None:
    put_rules(s3, RULES[2], TransitionDefaultMinimumObjectSize=size)

    assert size == s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["TransitionDefaultMinimumObjectSize"]


def test_deleted_lifecycle_rules_are_gone(s3: Any) -> None:
    put_rules(s3, RULES[2])
    s3.delete_bucket_lifecycle(Bucket=BUCKET)

    with pytest.raises(ClientError, match="NoSuchLifecycleConfiguration"):
        s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)


def test_notifications_are_answered_as_they_were_put(s3: Any) -> None:
    put = {
        "TopicConfigurations": [topic("s3:ObjectRemoved:*"), topic("s3:ObjectCreated:*", prefix="a/", suffix=".png")],
        "EventBridgeConfiguration": {},
    }
    notify(s3, **put)

    found = s3.get_bucket_notification_configuration(Bucket=BUCKET)
    found.pop("ResponseMetadata")
    assert put == found


def test_notifications_can_be_taken_away(s3: Any) -> None:
    notify(s3, EventBridgeConfiguration={})
    notify(s3)

    assert {"ResponseMetadata"} == set(s3.get_bucket_notification_configuration(Bucket=BUCKET))


@pytest.mark.parametrize(
    "other",
    [
        topic("s3:ObjectCreated:*"),
        topic("s3:ObjectCreated:Put", "s3:ObjectTagging:*"),
        topic("s3:ObjectCreated:*", prefix="images/cats/"),
        topic("s3:ObjectCreated:*", suffix=".jpg"),
    ],
    ids=str,
)
def test_one_event_cannot_be_sent_twice(s3: Any, other: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="InvalidArgument"):
        notify(s3, TopicConfigurations=[topic("s3:ObjectCreated:*", prefix="images/"), other])


@pytest.mark.parametrize(
    "other",
    [
        topic("s3:ObjectRemoved:*"),
        topic("s3:ObjectCreated:*", prefix="texts/"),
        topic("s3:ObjectRemoved:*", prefix="images/"),
    ],
    ids=str,
)
def test_different_events_or_objects_can_be_sent_separately(s3: Any, other: dict[str, Any]) -> None:
    notify(s3, TopicConfigurations=[topic("s3:ObjectCreated:*", prefix="images/"), other])

    assert 2 == len(s3.get_bucket_notification_configuration(Bucket=BUCKET)["TopicConfigurations"])


def log_into(s3: Any, account: str, principal: Any) -> None:
    """Let a principal write logs of an account's buckets into the bucket, and ask S3 to do so."""
    denial = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [ARN, f"{ARN}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    delivery = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "s3:PutObject",
        "Resource": f"{ARN}/*",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": account},
            "ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"},
        },
    }
    policy = {"Version": "2012-10-17", "Statement": [denial, delivery]}
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))
    s3.create_bucket(Bucket="source", CreateBucketConfiguration=HERE)
    enabled = {"TargetBucket": BUCKET, "TargetPrefix": "source/"}
    s3.put_bucket_logging(Bucket="source", BucketLoggingStatus={"LoggingEnabled": enabled})


def test_access_logs_are_delivered_where_the_policy_lets_the_log_service_in(s3: Any) -> None:
    log_into(s3, ACCOUNT, {"Service": "logging.s3.amazonaws.com"})

    assert BUCKET == s3.get_bucket_logging(Bucket="source")["LoggingEnabled"]["TargetBucket"]


@pytest.mark.parametrize(
    ("account", "principal"),
    [
        ("999999999999", {"Service": "logging.s3.amazonaws.com"}),
        (ACCOUNT, {"Service": "cloudtrail.amazonaws.com"}),
        (ACCOUNT, {"AWS": ACCOUNT}),
    ],
)
def test_access_logs_are_refused_where_the_policy_lets_in_somebody_else(s3: Any, account: str, principal: Any) -> None:
    with pytest.raises(ClientError, match="InvalidTargetBucketForLogging"):
        log_into(s3, account, principal)


def test_a_denial_with_a_condition_does_not_deny_what_does_not_meet_it(s3: Any) -> None:
    log_into(s3, ACCOUNT, {"Service": "logging.s3.amazonaws.com"})

    s3.put_object(Bucket=BUCKET, Key="invoice", Body=b"1")
    s3.delete_object(Bucket=BUCKET, Key="invoice")
