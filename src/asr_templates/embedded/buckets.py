"""Settings of S3 buckets, for plans: what a bucket may not have, and a policy that keeps every statement of others."""

import json
from typing import Any

from asr_templates.embedded.runner import Change, Gone, Record, Refuse, Undo

ALL_BLOCKED = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
POLICY_BYTES = 20480  # S3 user guide, "Bucket policies": at most 20 KB


def missing(error: Any, code: str) -> None:
    """Pass over an error that only says that a setting is not there; without the bucket, raise Gone."""
    found = error.response["Error"]["Code"]
    if found == "NoSuchBucket":
        raise Gone
    if found != code:
        raise error


def public_access_block(s3: Any, bucket: str) -> Record:
    """Return a bucket's own block of public access, {} where it has none."""
    try:
        block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    except s3.exceptions.ClientError as error:
        missing(error, "NoSuchPublicAccessBlockConfiguration")
        block = {}
    return dict(block)


def default_encryption(s3: Any, bucket: str) -> list[Record]:
    """Return the rules of a bucket's default encryption, none where it has none."""
    try:
        rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    except s3.exceptions.ClientError as error:
        missing(error, "ServerSideEncryptionConfigurationNotFoundError")
        rules = []
    return list(rules)


def bucket_policy(s3: Any, bucket: str) -> Record:
    """Return a bucket's policy, {} where it has none."""
    try:
        policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    except s3.exceptions.ClientError as error:
        missing(error, "NoSuchBucketPolicy")
        policy = {}
    return dict(policy)


def listed(value: Any) -> list[Any]:
    """Return an element of a policy as a list: a single value may stand by itself."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def with_statement(policy: Record, statement: Record) -> Record:
    """Return a policy with a statement of ours; an earlier one of its Sid makes place, every other one stays."""
    others = [each for each in listed(policy.get("Statement")) if each.get("Sid") != statement["Sid"]]
    return {"Version": "2012-10-17", **policy, "Statement": [*others, statement]}


def extended_policy(policy: Record, statement: Record) -> str:
    """Return a policy with a statement of ours, as S3 takes it; refuse one that gets too long."""
    extended = json.dumps(with_statement(policy, statement))
    if len(extended) > POLICY_BYTES:
        raise Refuse(f"with statement {statement['Sid']} the bucket's policy would exceed 20 KB: shorten it first")
    return extended


def policy_change(bucket: str, policy: Record, statement: Record) -> Change:
    """Return the change that adds a statement to the policy that a bucket has; its undo brings that policy back."""
    back = Undo("put_bucket_policy", {"Bucket": bucket, "Policy": json.dumps(policy)})
    these = {"Bucket": bucket, "Policy": extended_policy(policy, statement)}
    return Change("s3", "put_bucket_policy", these, undo=back)


def tls_only(arn: str) -> Record:
    """Return the statement that denies requests without TLS to the bucket of an ARN."""
    return {
        "Sid": "ASRRequireTLS",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {
            "Bool": {"aws:SecureTransport": "false"},
        },
    }
