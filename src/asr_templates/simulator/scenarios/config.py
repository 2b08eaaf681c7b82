"""Broken resources of AWS Config."""

from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario

SERVICE_ROLE = "AWSServiceRoleForConfig"


def unrecorded_region(place: Place) -> str:
    """A region of an account that has never used AWS Config: no recorder, no channel, no role, no bucket."""
    config, iam, s3 = place.client("config"), place.client("iam"), place.client("s3")
    found = described(place, place.account_resource)
    for recorder in found["Recorders"]:
        config.stop_configuration_recorder(ConfigurationRecorderName=recorder["name"])
        config.delete_configuration_recorder(ConfigurationRecorderName=recorder["name"])
    for channel in found["Channels"]:
        config.delete_delivery_channel(DeliveryChannelName=channel["name"])
    if SERVICE_ROLE in [role["RoleName"] for page in roles(place) for role in page["Roles"]]:
        iam.delete_service_linked_role(RoleName=SERVICE_ROLE)
    bucket = f"asr-config-{place.account}-{place.region}"
    if bucket in [each["Name"] for each in s3.list_buckets()["Buckets"]]:
        s3.delete_bucket(Bucket=bucket)
    return place.account_resource


def unrecorded_region_with_bucket(place: Place) -> str:
    """The same region, but the bucket for what AWS Config records is there; it has nothing but a tag of others."""
    resource_id, s3 = unrecorded_region(place), place.client("s3")
    bucket = f"asr-config-{place.account}-{place.region}"
    where = {"CreateBucketConfiguration": {"LocationConstraint": place.region}}
    s3.create_bucket(Bucket=bucket, **({} if place.region == "us-east-1" else where))
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "team", "Value": "audit"}]})
    return resource_id


def roles(place: Place) -> Any:
    """Return the pages of the account's roles."""
    return place.client("iam").get_paginator("list_roles").paginate()


def described(place: Place, resource_id: str) -> dict[str, Any]:
    """Return what records, where to, and whether it does."""
    config = place.client("config")
    statuses = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    return {
        "Recorders": config.describe_configuration_recorders()["ConfigurationRecorders"],
        "Channels": config.describe_delivery_channels()["DeliveryChannels"],
        "Recording": [status["recording"] for status in statuses],
    }


def is_recorded(place: Place, resource_id: str) -> bool:
    """A recorder with the service-linked role takes everything and delivers to a bucket that is not public."""
    found = described(place, resource_id)
    if found["Recording"] != [True]:
        return False
    [recorder], [channel] = found["Recorders"], found["Channels"]
    role = place.client("iam").get_role(RoleName=SERVICE_ROLE)["Role"]["Arn"]
    block = place.client("s3").get_public_access_block(Bucket=channel["s3BucketName"])
    is_private = all(block["PublicAccessBlockConfiguration"].values())
    return recorder["roleARN"] == role and recorder["recordingGroup"]["allSupported"] and is_private


def stop_recorder(place: Place, resource_id: str) -> None:
    """Someone stops the recorder."""
    place.client("config").stop_configuration_recorder(ConfigurationRecorderName="default")


SCENARIOS = {"Config.1": Scenario(unrecorded_region, is_recorded, described, stop_recorder)}

VARIANTS = {
    "Config.1, a bucket that is there already": Scenario(
        unrecorded_region_with_bucket, is_recorded, described, stop_recorder
    )
}
