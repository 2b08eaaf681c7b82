"""Where the IAM action of an API operation does not have the operation's name.

Sources: the "Actions" tables of AWS's service authorization reference, the Amazon S3 user guide ("Required permissions
for Amazon S3 API operations"), and the operations' own documentation in botocore.
"""

from __future__ import annotations

from collections.abc import Mapping

Actions = tuple[str, ...]

# A bucket has many configurations of these kinds, which are listed and deleted too, and one of the others.
_MANY = ("Analytics", "IntelligentTiering", "Inventory", "Metrics")
_ONE = ("Accelerate", "Lifecycle")


def _s3_configurations() -> dict[str, Actions]:
    """Bucket configurations: Put and Delete need Put<X>Configuration, Get and List need Get<X>Configuration."""
    aliases: dict[str, Actions] = {}
    for name in (*_MANY, *_ONE):
        aliases[f"PutBucket{name}Configuration"] = (f"s3:Put{name}Configuration",)
        aliases[f"GetBucket{name}Configuration"] = (f"s3:Get{name}Configuration",)
    for name in _MANY:
        aliases[f"DeleteBucket{name}Configuration"] = (f"s3:Put{name}Configuration",)
        aliases[f"ListBucket{name}Configurations"] = (f"s3:Get{name}Configuration",)

    return aliases


_S3: Mapping[str, Actions] = {
    **_s3_configurations(),
    "CompleteMultipartUpload": ("s3:PutObject",),
    "CopyObject": ("s3:GetObject", "s3:PutObject"),
    "CreateBucketMetadataConfiguration": ("s3:CreateBucketMetadataTableConfiguration",),
    "CreateMultipartUpload": ("s3:PutObject",),
    "CreateSession": ("s3express:CreateSession",),
    "DeleteBucketCors": ("s3:PutBucketCORS",),
    "DeleteBucketEncryption": ("s3:PutEncryptionConfiguration",),
    "DeleteBucketLifecycle": ("s3:PutLifecycleConfiguration",),
    "DeleteBucketMetadataConfiguration": ("s3:DeleteBucketMetadataTableConfiguration",),
    "DeleteBucketOwnershipControls": ("s3:PutBucketOwnershipControls",),
    "DeleteBucketReplication": ("s3:PutReplicationConfiguration",),
    "DeleteBucketTagging": ("s3:PutBucketTagging",),
    "DeleteObjects": ("s3:DeleteObject",),
    "DeletePublicAccessBlock": ("s3:PutBucketPublicAccessBlock",),
    "GetBucketEncryption": ("s3:GetEncryptionConfiguration",),
    "GetBucketLifecycle": ("s3:GetLifecycleConfiguration",),
    "GetBucketMetadataConfiguration": ("s3:GetBucketMetadataTableConfiguration",),
    "GetBucketNotificationConfiguration": ("s3:GetBucketNotification",),
    "GetBucketReplication": ("s3:GetReplicationConfiguration",),
    "GetObjectLockConfiguration": ("s3:GetBucketObjectLockConfiguration",),
    "GetPublicAccessBlock": ("s3:GetBucketPublicAccessBlock",),
    "HeadBucket": ("s3:ListBucket",),
    "HeadObject": ("s3:GetObject",),
    "ListBuckets": ("s3:ListAllMyBuckets",),
    "ListDirectoryBuckets": ("s3express:ListAllMyDirectoryBuckets",),
    "ListMultipartUploads": ("s3:ListBucketMultipartUploads",),
    "ListObjectVersions": ("s3:ListBucketVersions",),
    "ListObjects": ("s3:ListBucket",),
    "ListObjectsV2": ("s3:ListBucket",),
    "ListParts": ("s3:ListMultipartUploadParts",),
    "PutBucketEncryption": ("s3:PutEncryptionConfiguration",),
    "PutBucketLifecycle": ("s3:PutLifecycleConfiguration",),
    "PutBucketNotificationConfiguration": ("s3:PutBucketNotification",),
    "PutBucketReplication": ("s3:PutReplicationConfiguration",),
    "PutObjectLockConfiguration": ("s3:PutBucketObjectLockConfiguration",),
    "PutPublicAccessBlock": ("s3:PutBucketPublicAccessBlock",),
    "RenameObject": ("s3express:CreateSession",),
    "SelectObjectContent": ("s3:GetObject",),
    "UploadPart": ("s3:PutObject",),
    "UploadPartCopy": ("s3:GetObject", "s3:PutObject"),
    "WriteGetObjectResponse": ("s3-object-lambda:WriteGetObjectResponse",),
}

_S3CONTROL: Mapping[str, Actions] = {
    "CreateBucket": ("s3-outposts:CreateBucket",),
    "DeleteAccessPointScope": ("s3express:DeleteAccessPointScope",),
    "DeleteBucket": ("s3-outposts:DeleteBucket",),
    "DeleteBucketLifecycleConfiguration": ("s3-outposts:PutLifecycleConfiguration",),
    "DeleteBucketPolicy": ("s3-outposts:DeleteBucketPolicy",),
    "DeleteBucketReplication": ("s3-outposts:PutReplicationConfiguration",),
    "DeleteBucketTagging": ("s3-outposts:PutBucketTagging",),
    "DeletePublicAccessBlock": ("s3:PutAccountPublicAccessBlock",),
    "GetAccessPointScope": ("s3express:GetAccessPointScope",),
    "GetBucket": ("s3-outposts:GetBucket",),
    "GetBucketLifecycleConfiguration": ("s3-outposts:GetLifecycleConfiguration",),
    "GetBucketPolicy": ("s3-outposts:GetBucketPolicy",),
    "GetBucketReplication": ("s3-outposts:GetReplicationConfiguration",),
    "GetBucketTagging": ("s3-outposts:GetBucketTagging",),
    "GetBucketVersioning": ("s3-outposts:GetBucketVersioning",),
    "GetPublicAccessBlock": ("s3:GetAccountPublicAccessBlock",),
    "ListAccessPointsForDirectoryBuckets": ("s3express:ListAccessPointsForDirectoryBuckets",),
    "ListRegionalBuckets": ("s3-outposts:ListRegionalBuckets",),
    "PutAccessPointScope": ("s3express:PutAccessPointScope",),
    "PutBucketLifecycleConfiguration": ("s3-outposts:PutLifecycleConfiguration",),
    "PutBucketPolicy": ("s3-outposts:PutBucketPolicy",),
    "PutBucketReplication": ("s3-outposts:PutReplicationConfiguration",),
    "PutBucketTagging": ("s3-outposts:PutBucketTagging",),
    "PutBucketVersioning": ("s3-outposts:PutBucketVersioning",),
    "PutPublicAccessBlock": ("s3:PutAccountPublicAccessBlock",),
}

ALIASES: Mapping[str, Mapping[str, Actions]] = {
    "cloudfront": {
        "CreateDistributionWithTags": ("cloudfront:CreateDistribution", "cloudfront:TagResource"),
    },
    "dynamodb": {"TransactGetItems": ("dynamodb:GetItem",)},
    "kms": {"ReEncrypt": ("kms:ReEncryptFrom", "kms:ReEncryptTo")},
    "lambda": {
        "GetLayerVersionByArn": ("lambda:GetLayerVersion",),
        "Invoke": ("lambda:InvokeFunction",),
        "InvokeWithResponseStream": ("lambda:InvokeFunction",),
    },
    "s3": _S3,
    "s3control": _S3CONTROL,
    "securityhub": {
        "BatchUpdateFindingsV2": ("securityhub:BatchUpdateFindings",),
        "GetFindingStatisticsV2": ("securityhub:GetAdhocInsightResults",),
        "GetFindingsV2": ("securityhub:GetFindings",),
    },
    "sns": {"PublishBatch": ("sns:Publish",)},
    "sqs": {
        "ChangeMessageVisibilityBatch": ("sqs:ChangeMessageVisibility",),
        "DeleteMessageBatch": ("sqs:DeleteMessage",),
        "SendMessageBatch": ("sqs:SendMessage",),
    },
}

# Operations that need no permission at all (IAM has an action for some of them; a Deny on it has no effect).
WITHOUT_PERMISSION: Mapping[str, frozenset[str]] = {
    # STS API reference: "No permissions are required to perform this operation."
    "sts": frozenset({"GetCallerIdentity", "GetSessionToken", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"}),
}
