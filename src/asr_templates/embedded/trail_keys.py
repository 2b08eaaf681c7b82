"""The KMS key of an account's trails in one region, for plans: made once, found again by its alias."""

import json
from typing import Any

from asr_templates.embedded.runner import Change, Plan, Record, Refuse, Undo

TRAIL_KEY = "alias/ASR-CloudTrail"
KEY_TAGS = [{"TagKey": "ASR", "TagValue": "managed"}]


def trail_key(kms: Any, account: str, region: str, partition: str) -> Plan:
    """Yield what is missing of the key that encrypts the account's trails; return its ARN.

    It stays when a run is undone, for log files may need it: each way back only says its tags again.
    """
    pages = kms.get_paginator("list_aliases").paginate()
    aliases = [alias for page in pages for alias in page["Aliases"] if alias["AliasName"] == TRAIL_KEY]
    if aliases:
        key = kms.describe_key(KeyId=aliases[0]["TargetKeyId"])["KeyMetadata"]
        if key["KeyState"] != "Enabled":
            raise Refuse(f"key {key['KeyId']} ({TRAIL_KEY}) is {key['KeyState']}: enable it, or delete the alias")
        return key["Arn"]
    these = {
        "Description": "Encrypts the log files of CloudTrail",
        "Policy": json.dumps(trail_key_policy(account, region, partition)),
        "Tags": KEY_TAGS,
    }
    made = yield Change("kms", "create_key", these, undo=lambda made: key_stays(made["KeyMetadata"]["KeyId"]))
    key_id = made["KeyMetadata"]["KeyId"]
    yield Change("kms", "enable_key_rotation", {"KeyId": key_id}, undo=key_stays(key_id))
    yield Change("kms", "create_alias", {"AliasName": TRAIL_KEY, "TargetKeyId": key_id}, undo=key_stays(key_id))
    return made["KeyMetadata"]["Arn"]


def key_stays(key_id: Any) -> Undo:
    """Return the way back of a key that must not be deleted: its own tags again."""
    return Undo("tag_resource", {"KeyId": key_id, "Tags": KEY_TAGS})


def trail_key_policy(account: str, region: str, partition: str) -> Record:
    """Return the key's policy: the account decides by IAM, CloudTrail encrypts for trails of the account.

    Source: CloudTrail user guide, "Configure AWS KMS key policies for CloudTrail".
    """
    trails = f"arn:{partition}:cloudtrail:*:{account}:trail/*"
    service = {"Service": "cloudtrail.amazonaws.com"}
    of_account = {"aws:SourceAccount": account}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Account",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:{partition}:iam::{account}:root"},
                "Action": "kms:*",
                "Resource": "*",
            },
            {
                "Sid": "Encrypt",
                "Effect": "Allow",
                "Principal": service,
                "Action": "kms:GenerateDataKey*",
                "Resource": "*",
                "Condition": {
                    "ArnLike": {"aws:SourceArn": f"arn:{partition}:cloudtrail:{region}:{account}:trail/*"},
                    "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": trails},
                },
            },
            {
                "Sid": "Describe",
                "Effect": "Allow",
                "Principal": service,
                "Action": "kms:DescribeKey",
                "Resource": "*",
                "Condition": {
                    "StringEquals": of_account,
                },
            },
        ],
    }
