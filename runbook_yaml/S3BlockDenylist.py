from fnmatch import fnmatchcase

from asr_templates.embedded.buckets import bucket_policy, listed, policy_change
from asr_templates.embedded.runner import Aws, Plan, Record

# What the control looks for; Security Hub lets nobody change the list.
SENSITIVE = [
    "s3:DeleteBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutBucketPolicy",
    "s3:PutEncryptionConfiguration",
    "s3:PutObjectAcl",
]


def plan(aws: Aws, BucketName: str, AccountId: str, Partition: str) -> Plan:
    """No principal of another account may take over a bucket; what its policy allows besides, it still allows."""
    s3 = aws("s3")
    policy = bucket_policy(s3, BucketName)
    arn = f"arn:{Partition}:s3:::{BucketName}"
    denial = {
        "Sid": "ASRDenySensitiveActions",
        "Effect": "Deny",
        "Principal": "*",
        "Action": SENSITIVE,
        "Resource": [arn, f"{arn}/*"],
        "Condition": {
            "StringNotEquals": {"aws:PrincipalAccount": AccountId},
            # IfExists: an anonymous request does not have the key.
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    }
    statements = listed(policy.get("Statement"))
    if denial not in statements and any(lets_others_in(each, AccountId) for each in statements):
        yield policy_change(BucketName, policy, denial)
    return {"Policy": policy}


def lets_others_in(statement: Record, account: str) -> bool:
    """Whether a statement allows a sensitive action to a principal that is not of the account."""
    if statement["Effect"] != "Allow" or not names_others(statement.get("Principal", "*"), account):
        return False
    patterns = [str(each).lower() for each in listed(statement.get("Action", statement.get("NotAction")))]
    named = [any(fnmatchcase(action.lower(), pattern) for pattern in patterns) for action in SENSITIVE]
    return any(named) if "Action" in statement else not all(named)


def names_others(principal: str | Record, account: str) -> bool:
    """Whether a Principal names anyone but the account and AWS services; who cannot be told counts as another."""
    groups = {"AWS": principal} if isinstance(principal, str) else principal
    named = [str(name) for kind in groups if kind != "Service" for name in listed(groups[kind])]
    return any(name != account and f":{account}:" not in name for name in named)
