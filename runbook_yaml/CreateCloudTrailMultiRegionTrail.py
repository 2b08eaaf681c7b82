from asr_templates.embedded.buckets import tls_only
from asr_templates.embedded.private_buckets import private_bucket
from asr_templates.embedded.runner import Aws, Change, Plan, Record, Refuse, Undo
from asr_templates.embedded.trail_keys import trail_key

NAME = "ASR-MultiRegion"
EVERY_MANAGEMENT_EVENT = [{"Field": "eventCategory", "Equals": ["Management"]}]


def plan(aws: Aws, AccountId: str, Region: str, Partition: str) -> Plan:
    """A trail logs the management events of all regions; where the account has none that could, it gets one."""
    cloudtrail = aws("cloudtrail")
    trails = [trail for trail in cloudtrail.describe_trails()["trailList"] if trail["IsMultiRegionTrail"]]
    own = [trail for trail in trails if trail["TrailARN"].split(":")[4] == AccountId]
    able = [trail for trail in own if takes_every_management_event(aws, trail, Region)]
    logging = [trail for trail in able if cloudtrail.get_trail_status(Name=trail["TrailARN"])["IsLogging"]]
    if not logging:
        if own != trails:
            organization = next(trail["TrailARN"] for trail in trails if trail not in own)
            raise Refuse(f"{organization} of the organization covers this account: see there whether it logs")
        if able and all(trail["HomeRegion"] != Region for trail in able):
            raise Refuse(f"trail {able[0]['Name']} has stopped: start it in its home region {able[0]['HomeRegion']}")
        name = next((trail["Name"] for trail in able if trail["HomeRegion"] == Region), NAME)
        if not able:
            if any(trail["Name"] == NAME for trail in own):
                raise Refuse(f"trail {NAME} does not take every management event any more: mend or delete it")
            bucket = f"asr-cloudtrail-{AccountId}-{Region}"
            policy = delivery(f"arn:{Partition}:s3:::{bucket}", Partition, Region, AccountId)
            yield from private_bucket(aws("s3"), bucket, AccountId, Region, policy)
            key = yield from trail_key(aws("kms"), AccountId, Region, Partition)
            these = {
                "Name": NAME,
                "S3BucketName": bucket,
                "KmsKeyId": key,
                "IsMultiRegionTrail": True,
                "IncludeGlobalServiceEvents": True,
                "EnableLogFileValidation": True,
                "TagsList": [{"Key": "ASR", "Value": "managed"}],
            }
            yield Change("cloudtrail", "create_trail", these, undo=Undo("delete_trail", {"Name": NAME}))
        yield Change("cloudtrail", "start_logging", {"Name": name}, undo=Undo("stop_logging", {"Name": name}))
    return {
        "Trails": [trail["TrailARN"] for trail in able],
        "Logging": [trail["TrailARN"] for trail in logging],
    }


def takes_every_management_event(aws: Aws, trail: Record, region: str) -> bool:
    """Return whether a trail's selectors leave out no management event; only its home region tells."""
    cloudtrail = aws("cloudtrail")
    if not trail.get("HasCustomEventSelectors"):
        return True
    if trail["HomeRegion"] != region:
        raise Refuse(f"trail {trail['Name']} selects events: remediate the finding of its home region")
    selectors = cloudtrail.get_event_selectors(TrailName=trail["TrailARN"])
    basic = any(
        selector["IncludeManagementEvents"]
        and selector["ReadWriteType"] == "All"
        and not selector.get("ExcludeManagementEventSources")
        for selector in selectors.get("EventSelectors", [])
    )
    advanced = selectors.get("AdvancedEventSelectors", [])
    return basic or any(selector["FieldSelectors"] == EVERY_MANAGEMENT_EVENT for selector in advanced)


def delivery(bucket: str, partition: str, region: str, account: str) -> list[Record]:
    """Return the statements of a bucket that our trail, and nothing else, delivers to.

    Source: CloudTrail user guide, "Amazon S3 bucket policy for CloudTrail".
    """
    service = {"Service": "cloudtrail.amazonaws.com"}
    trail = {"aws:SourceArn": f"arn:{partition}:cloudtrail:{region}:{account}:trail/{NAME}"}
    full_control = {"s3:x-amz-acl": "bucket-owner-full-control", **trail}
    return [
        tls_only(bucket),
        {
            "Sid": "ASRCloudTrailLooks",
            "Effect": "Allow",
            "Principal": service,
            "Action": "s3:GetBucketAcl",
            "Resource": bucket,
            "Condition": {
                "StringEquals": trail,
            },
        },
        {
            "Sid": "ASRCloudTrailDelivers",
            "Effect": "Allow",
            "Principal": service,
            "Action": "s3:PutObject",
            "Resource": f"{bucket}/AWSLogs/{account}/*",
            "Condition": {
                "StringEquals": full_control,
            },
        },
    ]
