"""S3: buckets and their policies.

Source of the defaults: S3 User Guide, "Default settings for new S3 buckets FAQ" (since April 2023).
"""

from collections.abc import Mapping
from typing import Any

from asr_templates.simulator.aws.cloudformation.creation import Creation
from asr_templates.simulator.aws.cloudformation.failures import Refused, already_exists
from asr_templates.simulator.aws.cloudformation.principals import unknown_principals
from asr_templates.simulator.aws.cloudformation.resources.handler import (
    Handler,
    Properties,
    document_content,
    document_text,
    given,
    handler,
)
from asr_templates.simulator.aws.cloudformation.stack import Created

DEFAULT_PUBLIC_ACCESS_BLOCK = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
)
DEFAULT_OWNERSHIP = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


def _create_bucket(creation: Creation, properties: Properties) -> Created:
    s3 = creation.clients("s3")
    name = properties.get("BucketName") or creation.generated_name(63).lower()
    if _exists(s3, name):
        raise already_exists(creation.type, name)
    place = (
        {} if creation.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": creation.region}}
    )
    s3.create_bucket(Bucket=name, **place)
    _configure(s3, name, properties)
    domain = creation.url_suffix
    attributes = {
        "Arn": f"arn:{creation.partition}:s3:::{name}",
        "DomainName": f"{name}.s3.{domain}",
        "RegionalDomainName": f"{name}.s3.{creation.region}.{domain}",
        "DualStackDomainName": f"{name}.s3.dualstack.{creation.region}.{domain}",
    }
    return Created(name, attributes)


def _exists(s3: Any, name: str) -> bool:
    try:
        s3.head_bucket(Bucket=name)
    except s3.exceptions.ClientError as error:
        return bool(error.response["ResponseMetadata"]["HTTPStatusCode"] != 404)
    return True


def _configure(s3: Any, name: str, properties: Properties) -> None:
    """Apply each setting; public access is blocked and ACLs are off unless the template says otherwise."""
    s3.put_bucket_ownership_controls(
        Bucket=name, OwnershipControls=properties.get("OwnershipControls", DEFAULT_OWNERSHIP)
    )
    s3.put_public_access_block(
        Bucket=name,
        PublicAccessBlockConfiguration=properties.get("PublicAccessBlockConfiguration", DEFAULT_PUBLIC_ACCESS_BLOCK),
    )
    if "BucketEncryption" in properties:
        rules = [_encryption_rule(rule) for rule in properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]]
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})
    if "VersioningConfiguration" in properties:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=properties["VersioningConfiguration"])
    if "Tags" in properties:
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": properties["Tags"]})
    if "LifecycleConfiguration" in properties:
        lifecycle = {"Rules": [_lifecycle_rule(rule) for rule in properties["LifecycleConfiguration"]["Rules"]]}
        s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration=lifecycle)
    if "LoggingConfiguration" in properties:
        logging = properties["LoggingConfiguration"]
        target = {
            "TargetBucket": logging.get("DestinationBucketName", name),
            "TargetPrefix": logging.get("LogFilePrefix", ""),
        }
        s3.put_bucket_logging(Bucket=name, BucketLoggingStatus={"LoggingEnabled": target})


def _encryption_rule(rule: Properties) -> dict[str, Any]:
    return given(rule, "BucketKeyEnabled", ServerSideEncryptionByDefault="ApplyServerSideEncryptionByDefault")


def _lifecycle_rule(rule: Properties) -> dict[str, Any]:
    """Say a rule in the API's words."""
    days = {"Expiration": {"Days": rule["ExpirationInDays"]}} if "ExpirationInDays" in rule else {}
    noncurrent = given(
        rule, "NoncurrentVersionExpiration", AbortIncompleteMultipartUpload="AbortIncompleteMultipartUpload"
    )
    return {
        **given(rule, "Status", Id="ID"),
        "Filter": {"Prefix": rule.get("Prefix", "")},
        **days,
        **noncurrent,
    }


def _create_bucket_policy(creation: Creation, properties: Properties) -> Created:
    for principal in unknown_principals(document_content(properties["PolicyDocument"], "PolicyDocument"), creation):
        raise Refused(f"Invalid principal in policy: {principal} (Service: S3, Error Code: MalformedPolicy)")
    bucket = properties["Bucket"]
    creation.clients("s3").put_bucket_policy(Bucket=bucket, Policy=document_text(properties["PolicyDocument"]))
    return Created(bucket, {})


HANDLERS: Mapping[str, Handler] = {
    "AWS::S3::Bucket": handler(
        _create_bucket,
        "BucketName OwnershipControls PublicAccessBlockConfiguration "
        "BucketEncryption.ServerSideEncryptionConfiguration.ServerSideEncryptionByDefault "
        "BucketEncryption.ServerSideEncryptionConfiguration.BucketKeyEnabled VersioningConfiguration Tags "
        "LifecycleConfiguration.Rules.Id LifecycleConfiguration.Rules.Status LifecycleConfiguration.Rules.Prefix "
        "LifecycleConfiguration.Rules.ExpirationInDays LifecycleConfiguration.Rules.NoncurrentVersionExpiration "
        "LifecycleConfiguration.Rules.AbortIncompleteMultipartUpload LoggingConfiguration.DestinationBucketName "
        "LoggingConfiguration.LogFilePrefix",
    ),
    "AWS::S3::BucketPolicy": handler(_create_bucket_policy, "Bucket PolicyDocument"),
}
