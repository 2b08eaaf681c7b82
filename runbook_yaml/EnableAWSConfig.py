from asr_templates.embedded.buckets import tls_only
from asr_templates.embedded.private_buckets import private_bucket
from asr_templates.embedded.runner import Aws, Change, Plan, Record, Refuse

RECORDS = "what AWS Config records would be missing: stop its recorder, or give it another role, by hand if you must"
SERVICE = "config.amazonaws.com"
SERVICE_ROLE = "AWSServiceRoleForConfig"


def plan(
    aws: Aws,
    includeConfigServiceLinkedRoleCheck: bool,
    IncludeGlobalResourceTypes: bool,
    AccountId: str,
    Region: str,
    Partition: str,
) -> Plan:
    """AWS Config records the resources of this region, under its service-linked role."""
    config = aws("config")
    found = config.describe_configuration_recorders()["ConfigurationRecorders"]
    recorders = [each for each in found if not each.get("servicePrincipal")]  # the others belong to AWS services
    channels = config.describe_delivery_channels()["DeliveryChannels"]
    statuses = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    name = recorders[0]["name"] if recorders else "default"
    recording = any(status["recording"] for status in statuses if status["name"] == name)
    if recorders and not recorders[0]["recordingGroup"]["allSupported"]:
        raise Refuse(f"recorder {name} leaves out types of resources: see which ones your controls need")
    role = f"arn:{Partition}:iam::{AccountId}:role/aws-service-role/{SERVICE}/{SERVICE_ROLE}"
    if not recorders or (includeConfigServiceLinkedRoleCheck and recorders[0]["roleARN"] != role):
        for channel in channels:
            require_delivery(aws, channel["s3BucketName"])
        if not role_exists(aws):
            yield Change("iam", "create_service_linked_role", {"AWSServiceName": SERVICE}, undo=RECORDS)
        everything = {"allSupported": True, "includeGlobalResourceTypes": IncludeGlobalResourceTypes}
        kept = settings(recorders[0]) if recorders else {"name": name, "recordingGroup": everything}
        this = {**kept, "roleARN": role}
        yield Change("config", "put_configuration_recorder", {"ConfigurationRecorder": this}, undo=RECORDS)
    if not channels:
        bucket = f"asr-config-{AccountId}-{Region}"
        policy = delivery(f"arn:{Partition}:s3:::{bucket}", AccountId)
        yield from private_bucket(aws("s3"), bucket, AccountId, Region, policy)
        channel = {"name": "default", "s3BucketName": bucket}
        yield Change("config", "put_delivery_channel", {"DeliveryChannel": channel}, undo=RECORDS)
    if not recording:
        yield Change("config", "start_configuration_recorder", {"ConfigurationRecorderName": name}, undo=RECORDS)
    return {
        "Recorders": [{**settings(each), "roleARN": each["roleARN"]} for each in recorders],
        "Channels": [{"name": channel["name"], "s3BucketName": channel["s3BucketName"]} for channel in channels],
        "Recording": recording,
    }


def settings(recorder: Record) -> Record:
    """Return what a recorder keeps when it gets another role."""
    fields = ("name", "recordingGroup", "recordingMode")
    return {field: recorder[field] for field in fields if field in recorder}


def role_exists(aws: Aws) -> bool:
    """Return whether the account has the service-linked role of AWS Config."""
    iam = aws("iam")
    try:
        iam.get_role(RoleName=SERVICE_ROLE)
    except iam.exceptions.NoSuchEntityException:
        return False
    return True


def require_delivery(aws: Aws, bucket: str) -> None:
    """Refuse a change of role after which AWS Config could not write into its bucket any more."""
    s3 = aws("s3")
    try:
        policy = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    except s3.exceptions.ClientError as error:
        policy = error.response["Error"]["Code"]
    if SERVICE not in policy:
        raise Refuse(f"under its service-linked role it may not write to {bucket}: let {SERVICE} in by a bucket policy")


def delivery(bucket: str, account: str) -> list[Record]:
    """Return the statements of a bucket that AWS Config delivers to, for this account only.

    Source: AWS Config developer guide, "Permissions for the Amazon S3 Bucket".
    """
    service = {"Service": SERVICE}
    of_account = {"aws:SourceAccount": account}
    full_control = {"s3:x-amz-acl": "bucket-owner-full-control", **of_account}
    return [
        tls_only(bucket),
        {
            "Sid": "ASRConfigLooks",
            "Effect": "Allow",
            "Principal": service,
            "Action": ["s3:GetBucketAcl", "s3:ListBucket"],
            "Resource": bucket,
            "Condition": {
                "StringEquals": of_account,
            },
        },
        {
            "Sid": "ASRConfigDelivers",
            "Effect": "Allow",
            "Principal": service,
            "Action": "s3:PutObject",
            "Resource": f"{bucket}/AWSLogs/{account}/Config/*",
            "Condition": {
                "StringEquals": full_control,
            },
        },
    ]
