"""Buckets that remediations make, for plans: private, encrypted, only by TLS, and found again by the next run."""

import json
from typing import Any

from asr_templates.embedded.buckets import (
    ALL_BLOCKED,
    bucket_policy,
    default_encryption,
    listed,
    public_access_block,
    with_statement,
)
from asr_templates.embedded.runner import Change, Plan, Record, Refuse, Undo

TAG = {"Key": "ASR", "Value": "managed"}


def private_bucket(s3: Any, name: str, account: str, region: str, statements: list[Record]) -> Plan:
    """Yield what a bucket of ours lacks, to be there at all: a tag, no public access, encryption, these statements.

    It stays when a run is undone, for others may use it by then: each way back only says its tags again. A bucket of
    this name in another account is refused.
    """
    tags = tags_of(s3, name, account)
    wanted = {"Bucket": name, "ExpectedBucketOwner": account}
    tag_set = {"TagSet": with_tag(tags or [])}
    stays = Undo("put_bucket_tagging", {**wanted, "Tagging": tag_set})
    if tags is None:
        place = {"LocationConstraint": region}
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": place}
        yield Change("s3", "create_bucket", {"Bucket": name, **where}, undo=stays)
    if tags != tag_set["TagSet"]:
        yield Change("s3", "put_bucket_tagging", {**wanted, "Tagging": tag_set}, undo=stays)
    if tags is None or public_access_block(s3, name) != ALL_BLOCKED:
        these = {**wanted, "PublicAccessBlockConfiguration": ALL_BLOCKED}
        yield Change("s3", "put_public_access_block", these, undo=stays)
    if tags is None or not default_encryption(s3, name):
        by_default = {"SSEAlgorithm": "AES256"}
        encryption = {"Rules": [{"ApplyServerSideEncryptionByDefault": by_default}]}
        these = {**wanted, "ServerSideEncryptionConfiguration": encryption}
        yield Change("s3", "put_bucket_encryption", these, undo=stays)
    policy = {} if tags is None else bucket_policy(s3, name)
    extended = policy
    for statement in statements:
        if statement not in listed(policy.get("Statement")):
            extended = with_statement(extended, statement)
    if extended != policy:
        yield Change("s3", "put_bucket_policy", {**wanted, "Policy": json.dumps(extended)}, undo=stays)


def tags_of(s3: Any, name: str, account: str) -> list[Record] | None:
    """Return the tags of a bucket, None where it does not exist; refuse one that is not the account's."""
    try:
        return list(s3.get_bucket_tagging(Bucket=name, ExpectedBucketOwner=account)["TagSet"])
    except s3.exceptions.ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "NoSuchBucket":
            return None
        if code == "NoSuchTagSet":
            return []
        if code == "AccessDenied":
            raise Refuse(f"bucket {name} is another account's, or hidden from this role") from None
        raise


def with_tag(tags: list[Record]) -> list[Record]:
    """Return tags with ours among them; those of others stay."""
    return tags if any(tag["Key"] == TAG["Key"] for tag in tags) else [*tags, TAG]
