from asr_templates.embedded.buckets import default_encryption
from asr_templates.embedded.runner import Aws, Change, Plan, Undo


def plan(aws: Aws, BucketName: str) -> Plan:
    """A bucket encrypts new objects by default; encryption with a key of KMS stays."""
    s3 = aws("s3")
    rules = default_encryption(s3, BucketName)
    if not rules:
        by_default = {"SSEAlgorithm": "AES256"}
        encryption = {"Rules": [{"ApplyServerSideEncryptionByDefault": by_default}]}
        these = {"Bucket": BucketName, "ServerSideEncryptionConfiguration": encryption}
        back = Undo("delete_bucket_encryption", {"Bucket": BucketName})
        yield Change("s3", "put_bucket_encryption", these, undo=back)
    return {"Encryption": rules}
