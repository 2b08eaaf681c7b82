"""Broken resources of AWS CloudTrail."""

import json
import uuid
from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario

KEY_ALIAS = "alias/ASR-CloudTrail"


def trail(place: Place) -> str:
    """A trail as CreateTrail makes it when nothing more is asked for; it delivers to a bucket of its own."""
    cloudtrail, name = place.client("cloudtrail"), f"events-{uuid.uuid4().hex[:8]}"
    audit_bucket(place, name)
    tags = [{"Key": "team", "Value": "audit"}]
    made = cloudtrail.create_trail(Name=name, S3BucketName=name, S3KeyPrefix="audit", TagsList=tags)
    cloudtrail.start_logging(Name=name)
    return str(made["TrailARN"])


def audit_bucket(place: Place, name: str) -> None:
    """Make a bucket that CloudTrail delivers to."""
    s3, where = place.client("s3"), {"CreateBucketConfiguration": {"LocationConstraint": place.region}}
    s3.create_bucket(Bucket=name, **({} if place.region == "us-east-1" else where))
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps(delivery(place, name)))


def delivery(place: Place, bucket: str) -> dict[str, Any]:
    """Return the policy of a bucket that CloudTrail delivers to."""
    arn = f"arn:{place.partition}:s3:::{bucket}"
    service = {"Service": "cloudtrail.amazonaws.com"}
    statements = [
        {"Effect": "Allow", "Principal": service, "Action": "s3:GetBucketAcl", "Resource": arn},
        {"Effect": "Allow", "Principal": service, "Action": "s3:PutObject", "Resource": f"{arn}/audit/AWSLogs/*"},
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def described(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the trail, whether it logs, what it selects, and its tags."""
    cloudtrail = place.client("cloudtrail")
    tags = cloudtrail.list_tags(ResourceIdList=[resource_id])["ResourceTagList"]
    return {
        "Trail": cloudtrail.get_trail(Name=resource_id)["Trail"],
        "IsLogging": cloudtrail.get_trail_status(Name=resource_id)["IsLogging"],
        "EventSelectors": cloudtrail.get_event_selectors(TrailName=resource_id)["EventSelectors"],
        "Tags": tags[0]["TagsList"],
    }


def is_validated(place: Place, resource_id: str) -> bool:
    """The trail signs its log files."""
    return bool(described(place, resource_id)["Trail"]["LogFileValidationEnabled"])


def stop_validation(place: Place, resource_id: str) -> None:
    """Someone switches the signatures off again."""
    place.client("cloudtrail").update_trail(Name=resource_id, EnableLogFileValidation=False)


def forget_key(place: Place) -> None:
    """Take the name from the key that an earlier remediation made for trails, if there is one."""
    kms = place.client("kms")
    aliases = [alias["AliasName"] for page in kms.get_paginator("list_aliases").paginate() for alias in page["Aliases"]]
    if KEY_ALIAS in aliases:
        kms.delete_alias(AliasName=KEY_ALIAS)


def trail_without_key(place: Place) -> str:
    """A trail whose log files S3 encrypts, in a region where no key for trails was made yet."""
    forget_key(place)
    return trail(place)


def is_encrypted(place: Place, resource_id: str) -> bool:
    """The trail encrypts with a key that is the account's own, enabled and rotated."""
    kms = place.client("kms")
    key_id = described(place, resource_id)["Trail"].get("KmsKeyId")
    if key_id is None:
        return False
    key = kms.describe_key(KeyId=key_id)["KeyMetadata"]
    is_rotated = kms.get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"]
    return bool((key["AWSAccountId"], key["KeyState"], is_rotated) == (place.account, "Enabled", True))


def take_key_away(place: Place, resource_id: str) -> None:
    """Someone goes back to the encryption of S3."""
    place.client("cloudtrail").update_trail(Name=resource_id, KmsKeyId="")


def delivers_to_logs(place: Place, resource_id: str) -> bool:
    """The trail delivers to a log group of the account, under a role that CloudTrail alone can assume."""
    found = described(place, resource_id)["Trail"]
    if "CloudWatchLogsLogGroupArn" not in found:
        return False
    name = found["CloudWatchLogsLogGroupArn"].split(":")[6]
    groups = place.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    role = place.client("iam").get_role(RoleName=found["CloudWatchLogsRoleArn"].rsplit("/", 1)[1])["Role"]
    trusts = [statement["Principal"] for statement in role["AssumeRolePolicyDocument"]["Statement"]]
    return [name] == [group["logGroupName"] for group in groups] and trusts == [{"Service": "cloudtrail.amazonaws.com"}]


def stop_delivery_to_logs(place: Place, resource_id: str) -> None:
    """Someone stops the delivery to the log group."""
    nothing = {"CloudWatchLogsLogGroupArn": "", "CloudWatchLogsRoleArn": ""}
    place.client("cloudtrail").update_trail(Name=resource_id, **nothing)


def account_trails(place: Place, resource_id: str) -> list[dict[str, Any]]:
    """Return the trails that the account has in this region or for all, each with whether it logs."""
    cloudtrail = place.client("cloudtrail")
    found = cloudtrail.describe_trails()["trailList"]
    states = [cloudtrail.get_trail_status(Name=each["TrailARN"])["IsLogging"] for each in found]
    return [{**each, "IsLogging": state} for each, state in zip(found, states, strict=True)]


def account_without_trail_of_all_regions(place: Place) -> str:
    """An account with a trail of one region, whose bucket for all regions was never made."""
    forget_key(place)
    trail(place)
    for each in account_trails(place, place.account_resource):
        if each["IsMultiRegionTrail"]:
            home = place.cloud.client("cloudtrail", account=place.account, region=each["HomeRegion"])
            home.delete_trail(Name=each["TrailARN"])
    s3, bucket = place.client("s3"), f"asr-cloudtrail-{place.account}-{place.region}"
    if bucket in [each["Name"] for each in s3.list_buckets()["Buckets"]]:
        s3.delete_bucket(Bucket=bucket)
    return place.account_resource


def account_with_trail_of_changes(place: Place) -> str:
    """The same account with a trail of all regions that logs what changes something, and nothing that only reads."""
    resource_id = account_without_trail_of_all_regions(place)
    cloudtrail, name = place.client("cloudtrail"), f"changes-{uuid.uuid4().hex[:8]}"
    audit_bucket(place, name)
    cloudtrail.create_trail(Name=name, S3BucketName=name, S3KeyPrefix="audit", IsMultiRegionTrail=True)
    changes = {"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True}
    cloudtrail.put_event_selectors(TrailName=name, EventSelectors=[changes])
    cloudtrail.start_logging(Name=name)
    return resource_id


def is_logged(place: Place, resource_id: str) -> bool:
    """One trail logs all events of all regions; its files are signed and encrypted, in a bucket that is not public."""
    logging = [each for each in account_trails(place, resource_id) if each["IsMultiRegionTrail"] and each["IsLogging"]]
    found = [each for each in logging if not each["HasCustomEventSelectors"]]
    if len(found) != 1 or not found[0]["LogFileValidationEnabled"] or not is_encrypted(place, found[0]["TrailARN"]):
        return False
    block = place.client("s3").get_public_access_block(Bucket=found[0]["S3BucketName"])
    return all(block["PublicAccessBlockConfiguration"].values())


def stop_trail(place: Place, resource_id: str) -> None:
    """Someone stops the trail of all regions."""
    for each in account_trails(place, resource_id):
        if each["IsMultiRegionTrail"]:
            place.client("cloudtrail").stop_logging(Name=each["TrailARN"])


ALL_REGIONS = Scenario(account_without_trail_of_all_regions, is_logged, account_trails, stop_trail)

SCENARIOS = {
    "CloudTrail.1": ALL_REGIONS,
    "CloudTrail.3": ALL_REGIONS,
    "CloudTrail.2": Scenario(trail_without_key, is_encrypted, described, take_key_away),
    "CloudTrail.4": Scenario(trail, is_validated, described, stop_validation),
    "CloudTrail.5": Scenario(trail, delivers_to_logs, described, stop_delivery_to_logs),
}

VARIANTS = {
    "CloudTrail.1, a trail that takes only some events": Scenario(
        account_with_trail_of_changes, is_logged, account_trails, stop_trail
    )
}
