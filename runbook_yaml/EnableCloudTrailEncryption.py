from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Refuse, Undo
from asr_templates.embedded.trail_keys import trail_key


def plan(aws: Aws, TrailArn: str, KMSKeyArn: str, AccountId: str, Region: str, Partition: str) -> Plan:
    """A trail's log files are encrypted with a KMS key."""
    cloudtrail = aws("cloudtrail")
    try:
        trail = cloudtrail.get_trail(Name=TrailArn)["Trail"]
    except cloudtrail.exceptions.TrailNotFoundException:
        raise Gone from None
    former = trail.get("KmsKeyId")
    if not former:
        key = KMSKeyArn
        if not key:
            bucket = trail["S3BucketName"]
            where = region_of(aws, bucket, AccountId)
            if where != Region:
                raise Refuse(f"its bucket {bucket} is in {where}, where its key must be too: give a key as KMSKeyArn")
            key = yield from trail_key(aws("kms"), AccountId, Region, Partition)
        these = {"Name": TrailArn, "KmsKeyId": key}
        yield Change("cloudtrail", "update_trail", these, undo=Undo("update_trail", {"Name": TrailArn, "KmsKeyId": ""}))
    return {"KmsKeyId": former}


def region_of(aws: Aws, bucket: str, account: str) -> str:
    """Return the region of the account's own bucket; readers of another account's would lack a key of ours."""
    s3 = aws("s3")
    try:
        place = s3.get_bucket_location(Bucket=bucket, ExpectedBucketOwner=account)["LocationConstraint"]
    except s3.exceptions.ClientError as error:
        reason = error.response["Error"]["Code"]
        raise Refuse(f"its bucket {bucket} is not the account's own ({reason}): give a key as KMSKeyArn") from None
    return {None: "us-east-1", "EU": "eu-west-1"}.get(place, str(place))
