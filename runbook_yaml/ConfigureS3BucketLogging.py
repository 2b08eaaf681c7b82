from asr_templates.embedded.buckets import tls_only
from asr_templates.embedded.private_buckets import private_bucket
from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Record, Refuse, Undo


def plan(aws: Aws, BucketName: str, AccountId: str, Region: str, Partition: str) -> Plan:
    """The access logs of a bucket are delivered: where nobody chose a bucket for them, to one that is made for all."""
    s3 = aws("s3")
    try:
        logging = s3.get_bucket_logging(Bucket=BucketName).get("LoggingEnabled")
    except s3.exceptions.NoSuchBucket:
        raise Gone from None
    if not logging:
        logs = f"asr-access-logs-{AccountId}-{Region}"
        if BucketName == logs:
            raise Refuse("it receives the access logs of other buckets: its own would bring forth logs without end")
        arn = f"arn:{Partition}:s3:::{logs}"
        delivery = {
            "Sid": "ASRServerAccessLogs",
            "Effect": "Allow",
            "Principal": {"Service": "logging.s3.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": f"{arn}/*",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": AccountId},
                "ArnLike": {"aws:SourceArn": f"arn:{Partition}:s3:::*"},
            },
        }
        yield from private_bucket(s3, logs, AccountId, Region, [tls_only(arn), delivery])
        enabled = {"TargetBucket": logs, "TargetPrefix": f"{BucketName}/"}
        status = {"LoggingEnabled": enabled}
        these = {"Bucket": BucketName, "BucketLoggingStatus": status}
        none: Record = {}
        back = Undo("put_bucket_logging", {"Bucket": BucketName, "BucketLoggingStatus": none})
        yield Change("s3", "put_bucket_logging", these, undo=back)
    return {"Logging": logging}
