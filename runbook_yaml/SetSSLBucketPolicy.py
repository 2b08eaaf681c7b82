import json
from fnmatch import fnmatchcase

from asr_templates.embedded.buckets import bucket_policy, extended_policy, listed, policy_change, tls_only
from asr_templates.embedded.runner import Aws, Change, Plan, Record, Undo


def plan(aws: Aws, BucketName: str, Partition: str) -> Plan:
    """A bucket's policy denies every request without TLS."""
    s3 = aws("s3")
    policy = bucket_policy(s3, BucketName)
    arn = f"arn:{Partition}:s3:::{BucketName}"
    denying = [each for each in listed(policy.get("Statement")) if denies_without_tls(each)]
    patterns = [pattern for each in denying for pattern in listed(each.get("Resource"))]
    if not all(any(fnmatchcase(each, pattern) for pattern in patterns) for each in (arn, f"{arn}/*")):
        if policy:
            yield policy_change(BucketName, policy, tls_only(arn))
        else:
            these = {"Bucket": BucketName, "Policy": extended_policy({}, tls_only(arn))}
            yield Change("s3", "put_bucket_policy", these, undo=Undo("delete_bucket_policy", {"Bucket": BucketName}))
    return {"Policy": policy}


def denies_without_tls(statement: Record) -> bool:
    """Whether a statement denies everything to everybody without TLS, under no other condition."""
    condition = json.dumps(statement.get("Condition")).lower().translate(str.maketrans("", "", '[]{} "'))
    return (
        statement["Effect"] == "Deny"
        and statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
        and any(action in ("*", "s3:*") for action in listed(statement.get("Action")))
        and condition in ("bool:aws:securetransport:false", "boolifexists:aws:securetransport:false")
    )
