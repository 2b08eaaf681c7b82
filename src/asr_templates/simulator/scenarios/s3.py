"""Broken resources of Amazon S3, and of AWS CloudTrail where they are the bucket of a trail."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from asr_templates.simulator.scenarios import Place, Scenario

BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
HALF = {**dict.fromkeys(BLOCKS, False), "BlockPublicAcls": True}
STRANGER = "333333333333"
LOGS = "asr-access-logs"
TOPIC = "ASR-S3BucketNotifications"


def half_blocked_account(place: Place) -> str:
    """An account that blocks one of the four ways to public access."""
    place.client("s3control").put_public_access_block(AccountId=place.account, PublicAccessBlockConfiguration=HALF)
    return place.account_resource


def account_block(place: Place, resource_id: str) -> dict[str, bool] | None:
    """Return the account's settings, None where it has none."""
    s3control = place.client("s3control")
    try:
        found = s3control.get_public_access_block(AccountId=place.account)["PublicAccessBlockConfiguration"]
    except s3control.exceptions.NoSuchPublicAccessBlockConfiguration:
        return None
    return {name: bool(found[name]) for name in BLOCKS}


def account_is_blocked(place: Place, resource_id: str) -> bool:
    """All four are on."""
    found = account_block(place, resource_id)
    return found is not None and all(found.values())


def unblock_account(place: Place, resource_id: str) -> None:
    """Someone takes the settings away."""
    place.client("s3control").delete_public_access_block(AccountId=place.account)


def bucket_name(resource_id: str) -> str:
    """Return the name of a bucket's ARN."""
    return resource_id.rsplit(":", 1)[1]


def bucket(place: Place) -> str:
    """Make a bucket that nobody has set anything for, and return its ARN."""
    name = f"invoices.{uuid.uuid4().hex[:12]}"
    where: dict[str, Any] = {"CreateBucketConfiguration": {"LocationConstraint": place.region}}
    place.client("s3").create_bucket(Bucket=name, **({} if place.region == "us-east-1" else where))
    return f"arn:{place.partition}:s3:::{name}"


def described(place: Place, resource_id: str) -> dict[str, Any]:
    """Return all settings of a bucket; None for those that it does not have."""
    s3, wanted = place.client("s3"), {"Bucket": bucket_name(resource_id)}
    policy = setting(s3, "get_bucket_policy", wanted)
    return {
        "acl": setting(s3, "get_bucket_acl", wanted),
        "block": setting(s3, "get_public_access_block", wanted),
        "encryption": setting(s3, "get_bucket_encryption", wanted),
        "lifecycle": setting(s3, "get_bucket_lifecycle_configuration", wanted),
        "logging": setting(s3, "get_bucket_logging", wanted),
        "notifications": setting(s3, "get_bucket_notification_configuration", wanted),
        "policy": policy and json.loads(policy["Policy"]),
        "tags": setting(s3, "get_bucket_tagging", wanted),
        "versioning": setting(s3, "get_bucket_versioning", wanted),
    }


def setting(s3: Any, operation: str, wanted: Mapping[str, str]) -> dict[str, Any] | None:
    """Return what S3 answers, None where it says that the bucket has no such setting."""
    try:
        answered = getattr(s3, operation)(**wanted)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("AccessDenied", "NoSuchBucket"):
            raise
        return None
    return {name: value for name, value in answered.items() if name != "ResponseMetadata"}


def half_blocked(place: Place) -> str:
    """A bucket that blocks one of the four ways to public access, with an ACL that opens it."""
    resource_id = bucket(place)
    s3, name = place.client("s3"), bucket_name(resource_id)
    s3.put_bucket_acl(Bucket=name, ACL="public-read")
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=HALF)
    return resource_id


def is_blocked(place: Place, resource_id: str) -> bool:
    """All four are on."""
    found = described(place, resource_id)["block"]
    return found is not None and all(found["PublicAccessBlockConfiguration"][name] for name in BLOCKS)


def unblock(place: Place, resource_id: str) -> None:
    """Someone takes the block away."""
    place.client("s3").delete_public_access_block(Bucket=bucket_name(resource_id))


def encrypts(place: Place, resource_id: str) -> bool:
    """New objects are encrypted with keys of S3."""
    found = described(place, resource_id)["encryption"] or {"ServerSideEncryptionConfiguration": {"Rules": []}}
    rules = found["ServerSideEncryptionConfiguration"]["Rules"]
    return [rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] for rule in rules] == ["AES256"]


def encrypt_otherwise(place: Place, resource_id: str) -> None:
    """Someone takes the key that AWS has for S3."""
    by_default = {"SSEAlgorithm": "aws:kms"}
    place.client("s3").put_bucket_encryption(
        Bucket=bucket_name(resource_id),
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": by_default}]},
    )


def open_to_stranger(place: Place) -> str:
    """A bucket that lets another account read, and change its policy and encryption; without a rule about TLS."""
    resource_id = bucket(place)
    stranger = {"AWS": f"arn:{place.partition}:iam::{STRANGER}:root"}
    taking = ["s3:PutBucketPolicy", "s3:Put*Configuration"]
    policy = {
        "Version": "2012-10-17",
        "Id": "Partners",
        "Statement": [
            {"Effect": "Allow", "Principal": stranger, "Action": "s3:GetObject", "Resource": f"{resource_id}/*"},
            {"Effect": "Allow", "Principal": stranger, "Action": taking, "Resource": resource_id},
        ],
    }
    place.client("s3").put_bucket_policy(Bucket=bucket_name(resource_id), Policy=json.dumps(policy))
    return resource_id


def statements(place: Place, resource_id: str) -> list[dict[str, Any]]:
    """Return the statements of a bucket's policy."""
    policy = described(place, resource_id)["policy"] or {"Statement": []}
    return list(policy["Statement"])


def denies_without_tls(place: Place, resource_id: str) -> bool:
    """Everything is denied without TLS, and what the policy said before it still says."""
    found = statements(place, resource_id)
    denial = {"Bool": {"aws:SecureTransport": "false"}}
    denying = [each for each in found if each["Effect"] == "Deny" and each["Condition"] == denial]
    whole = [resource_id, f"{resource_id}/*"]
    return [(each["Principal"], each["Action"], each["Resource"]) for each in denying] == [("*", "s3:*", whole)] and (
        len(found) == 3
    )


def denies_nothing_else(place: Place, resource_id: str) -> bool:
    """The policy denies everything without TLS, and says nothing else."""
    [denial] = statements(place, resource_id) or [{}]
    return (denial.get("Effect"), denial.get("Action"), denial.get("Condition")) == (
        "Deny",
        "s3:*",
        {"Bool": {"aws:SecureTransport": "false"}},
    )


def shuts_strangers_out(place: Place, resource_id: str) -> bool:
    """Other accounts are denied what would let them take the bucket over, but they may still read."""
    found = statements(place, resource_id)
    others = {"aws:PrincipalAccount": place.account}
    denied = [
        action
        for each in found
        if each["Effect"] == "Deny" and each["Condition"]["StringNotEquals"] == others
        for action in each["Action"]
    ]
    allowed = [action for each in found if each["Effect"] == "Allow" for action in listed(each["Action"])]
    return {"s3:PutBucketPolicy", "s3:PutEncryptionConfiguration"} <= set(denied) and "s3:GetObject" in allowed


def listed(value: Any) -> list[Any]:
    """Return an element of a policy as a list."""
    return value if isinstance(value, list) else [value]


def allow_own_account(place: Place, resource_id: str) -> None:
    """Someone adds a statement."""
    policy = described(place, resource_id)["policy"]
    own = {"AWS": f"arn:{place.partition}:iam::{place.account}:root"}
    policy["Statement"].append(
        {"Effect": "Allow", "Principal": own, "Action": "s3:GetObject", "Resource": f"{resource_id}/*"}
    )
    place.client("s3").put_bucket_policy(Bucket=bucket_name(resource_id), Policy=json.dumps(policy))


def logs_name(place: Place) -> str:
    """Return the name of the bucket that receives access logs."""
    return f"{LOGS}-{place.account}-{place.region}"


def without_access_logs(place: Place) -> str:
    """A bucket without access logs, in an account where there is no bucket for them yet."""
    s3, logs = place.client("s3"), logs_name(place)
    if logs in [each["Name"] for each in s3.list_buckets()["Buckets"]]:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=logs):
            for delivered in page.get("Contents", []):
                s3.delete_object(Bucket=logs, Key=delivered["Key"])
        s3.delete_bucket(Bucket=logs)
    return bucket(place)


def bucket_of_a_trail(place: Place) -> str:
    """The bucket of a trail, without access logs and without a block of public access."""
    resource_id = without_access_logs(place)
    name = bucket_name(resource_id)
    trail = {"Service": "cloudtrail.amazonaws.com"}
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": trail, "Action": "s3:GetBucketAcl", "Resource": resource_id},
            {"Effect": "Allow", "Principal": trail, "Action": "s3:PutObject", "Resource": f"{resource_id}/AWSLogs/*"},
        ],
    }
    place.client("s3").put_bucket_policy(Bucket=name, Policy=json.dumps(policy))
    place.client("cloudtrail").create_trail(Name=name, S3BucketName=name)
    return resource_id


def has_access_logs(place: Place, resource_id: str) -> bool:
    """Its logs go to a bucket of ours that is tagged, private and encrypted and lets in nobody but S3's log service."""
    logs = f"arn:{place.partition}:s3:::{logs_name(place)}"
    delivered = described(place, resource_id)["logging"] or {}
    enabled = {"TargetBucket": logs_name(place), "TargetPrefix": f"{bucket_name(resource_id)}/"}
    if delivered != {"LoggingEnabled": enabled}:
        return False
    tags = (described(place, logs)["tags"] or {"TagSet": []})["TagSet"]
    allowing = [each for each in statements(place, logs) if each["Effect"] == "Allow"]
    return (
        "ASR" in [tag["Key"] for tag in tags]
        and is_blocked(place, logs)
        and encrypts(place, logs)
        and [each["Principal"] for each in allowing] == [{"Service": "logging.s3.amazonaws.com"}]
    )


def log_elsewhere(place: Place, resource_id: str) -> None:
    """Someone changes the prefix of the logs."""
    enabled = {"TargetBucket": logs_name(place), "TargetPrefix": "others/"}
    place.client("s3").put_bucket_logging(
        Bucket=bucket_name(resource_id), BucketLoggingStatus={"LoggingEnabled": enabled}
    )


def topic_arn(place: Place) -> str:
    """Return the ARN of the topic that receives the events of buckets."""
    return place.arn("sns", TOPIC)


def without_notifications(place: Place) -> str:
    """A bucket that tells EventBridge alone about its events, in an account where there is no topic for them yet."""
    place.client("sns").delete_topic(TopicArn=topic_arn(place))
    resource_id = bucket(place)
    place.client("s3").put_bucket_notification_configuration(
        Bucket=bucket_name(resource_id), NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    return resource_id


def notifies(place: Place, resource_id: str) -> bool:
    """New objects are told to the topic, which S3 may publish to, and to EventBridge as before."""
    found = described(place, resource_id)["notifications"] or {}
    events = [
        event
        for each in found.get("TopicConfigurations", [])
        if each["TopicArn"] == topic_arn(place)
        for event in each["Events"]
    ]
    attributes = place.client("sns").get_topic_attributes(TopicArn=topic_arn(place))["Attributes"]
    publishers = [each["Principal"] for each in json.loads(attributes["Policy"])["Statement"]]
    tags = place.client("sns").list_tags_for_resource(ResourceArn=topic_arn(place))["Tags"]
    return (
        "s3:ObjectCreated:*" in events
        and "EventBridgeConfiguration" in found
        and {"Service": "s3.amazonaws.com"} in publishers
        and "ASR" in [tag["Key"] for tag in tags]
    )


def stop_notifying(place: Place, resource_id: str) -> None:
    """Someone takes every notification away."""
    place.client("s3").put_bucket_notification_configuration(
        Bucket=bucket_name(resource_id), NotificationConfiguration={}
    )


PAUSED_RULE = {
    "ID": "archive",
    "Status": "Disabled",
    "Filter": {"And": {"Prefix": "2026/", "ObjectSizeGreaterThan": 500, "Tags": [{"Key": "kind", "Value": "invoice"}]}},
    "Transitions": [{"Date": "2027-01-01T00:00:00Z", "StorageClass": "GLACIER"}],
    "NoncurrentVersionExpiration": {"NoncurrentDays": 90, "NewerNoncurrentVersions": 3},
}


def without_active_rule(place: Place) -> str:
    """A bucket whose only lifecycle rule is switched off."""
    resource_id = bucket(place)
    place.client("s3").put_bucket_lifecycle_configuration(
        Bucket=bucket_name(resource_id),
        TransitionDefaultMinimumObjectSize="varies_by_storage_class",
        LifecycleConfiguration={"Rules": [PAUSED_RULE]},
    )
    return resource_id


def has_active_rule(place: Place, resource_id: str) -> bool:
    """One rule is active, and the one that was switched off is there as before."""
    found = described(place, resource_id)["lifecycle"] or {"Rules": []}
    states = sorted(rule["Status"] for rule in found["Rules"])
    paused = [rule for rule in found["Rules"] if rule["ID"] == PAUSED_RULE["ID"]]
    return states == ["Disabled", "Enabled"] and [rule["Filter"] for rule in paused] == [PAUSED_RULE["Filter"]]


def delete_rules(place: Place, resource_id: str) -> None:
    """Someone takes every rule away."""
    place.client("s3").delete_bucket_lifecycle(Bucket=bucket_name(resource_id))


PUBLIC_ACCESS = Scenario(bucket, is_blocked, described, unblock)

SCENARIOS = {
    "S3.1": Scenario(half_blocked_account, account_is_blocked, account_block, unblock_account),
    "S3.2": Scenario(half_blocked, is_blocked, described, unblock),
    "S3.3": Scenario(half_blocked, is_blocked, described, unblock),
    "S3.4": Scenario(bucket, encrypts, described, encrypt_otherwise),
    "S3.5": Scenario(open_to_stranger, denies_without_tls, described, allow_own_account),
    "S3.6": Scenario(open_to_stranger, shuts_strangers_out, described, allow_own_account),
    "S3.8": PUBLIC_ACCESS,
    "S3.9": Scenario(without_access_logs, has_access_logs, described, log_elsewhere),
    "S3.11": Scenario(without_notifications, notifies, described, stop_notifying),
    "S3.13": Scenario(without_active_rule, has_active_rule, described, delete_rules),
    "CloudTrail.6": Scenario(bucket_of_a_trail, is_blocked, described, unblock),
    "CloudTrail.7": Scenario(bucket_of_a_trail, has_access_logs, described, log_elsewhere),
}

VARIANTS = {"S3.5, a bucket without a policy": Scenario(bucket, denies_nothing_else, described, allow_own_account)}
