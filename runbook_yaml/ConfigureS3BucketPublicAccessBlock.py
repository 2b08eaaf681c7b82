from asr_templates.embedded.buckets import ALL_BLOCKED, public_access_block
from asr_templates.embedded.runner import Aws, Change, Plan, Undo


def plan(aws: Aws, BucketName: str) -> Plan:
    """A bucket blocks public access by ACLs and by policies."""
    s3 = aws("s3")
    block = public_access_block(s3, BucketName)
    if block != ALL_BLOCKED:
        back = Undo("put_public_access_block", {"Bucket": BucketName, "PublicAccessBlockConfiguration": block})
        if not block:
            back = Undo("delete_public_access_block", {"Bucket": BucketName})
        these = {"Bucket": BucketName, "PublicAccessBlockConfiguration": ALL_BLOCKED}
        yield Change("s3", "put_public_access_block", these, undo=back)
    return {"PublicAccessBlock": block}
