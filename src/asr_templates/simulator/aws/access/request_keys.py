"""The condition keys that a request itself carries: time and region, tags, and keys of single services.

Source: the "Condition keys" tables of AWS's service authorization reference.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from asr_templates.aws_reference.arns import is_arn, parse_arn
from asr_templates.simulator.aws.access.calls import ApiCall
from asr_templates.simulator.aws.access.context import ORGANIZATION
from asr_templates.simulator.aws.access.lookups import bucket_owner

Keys = dict[str, str | tuple[str, ...]]

# Services with one endpoint for the whole partition: aws:RequestedRegion is that endpoint's region.
GLOBAL_SERVICES = frozenset({"cloudfront", "iam", "organizations", "route53"})
GLOBAL_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}


def request_keys(call: ApiCall, action: str, resource: str | None) -> Keys:
    """The condition keys of one action of a call on one resource (None: unknown, so are the keys about it)."""
    now = time.time()
    region = GLOBAL_REGIONS[call.partition] if call.service in GLOBAL_SERVICES else call.region
    keys: Keys = {
        "aws:CurrentTime": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:EpochTime": str(int(now)),
        "aws:RequestedRegion": region,
        **_tags(call),
    }
    if resource is not None:
        keys["aws:ResourceAccount"] = resource_account(resource, call.account)
        keys["aws:ResourceOrgID"] = ORGANIZATION
    service_keys = SERVICE_KEYS.get(action.partition(":")[0])
    if service_keys:
        keys.update(service_keys(call, action))

    return keys


def resource_account(resource: str, caller_account: str) -> str:
    """The account that owns a resource; the caller's, if neither its ARN nor S3 tells."""
    if not is_arn(resource):
        return caller_account

    arn = parse_arn(resource)
    if arn.service == "s3":
        return bucket_owner(arn.resource.partition("/")[0]) or caller_account

    return arn.account or caller_account


def _tags(call: ApiCall) -> Keys:
    tags = dict(_given_tags(call))
    keys: Keys = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    removed = [*call.texts("TagKeys"), *call.texts("tagKeys")]
    keys["aws:TagKeys"] = tuple(tags) + tuple(removed)

    return keys


def _given_tags(call: ApiCall) -> Iterator[tuple[str, str]]:
    """Tags in any of the forms that APIs use: lists of Key and Value, or mappings."""
    for parameter in ("Tags", "tags", "TagsList"):
        yield from _tag_pairs(call.parameters.get(parameter))
    specifications = call.parameters.get("TagSpecifications")
    if isinstance(specifications, list | tuple):
        for specification in specifications:
            yield from _tag_pairs(specification.get("Tags") if isinstance(specification, Mapping) else None)


def _tag_pairs(tags: object) -> Iterator[tuple[str, str]]:
    if isinstance(tags, Mapping):
        yield from ((str(key), str(value)) for key, value in tags.items())
    elif isinstance(tags, list | tuple):
        for tag in tags:
            if isinstance(tag, Mapping):
                # KMS alone calls them TagKey and TagValue.
                lowered = {str(name).lower().removeprefix("tag"): str(value) for name, value in tag.items()}
                yield lowered.get("key", ""), lowered.get("value", "")


def _securityhub(call: ApiCall, _action: str) -> Keys:
    """BatchUpdateFindings can be restricted by what it sets: securityhub:ASFFSyntaxPath/Workflow.Status."""
    syntax = {"BatchUpdateFindings": "ASFFSyntaxPath", "BatchUpdateFindingsV2": "OCSFSyntaxPath"}.get(call.operation)
    if syntax is None:
        return {}

    identifying = {"FindingIdentifiers", "MetadataUids"}
    fields = {name: value for name, value in call.parameters.items() if name not in identifying}

    return {f"securityhub:{syntax}/{path}": values for path, values in _flattened(fields, "")}


def _flattened(value: object, path: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flattened(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        yield path, tuple(str(item) for item in value)
    else:
        yield path, (str(value),)


def _named(pairs: Mapping[str, str]) -> Callable[[ApiCall, str], Keys]:
    """Condition keys that are simply parameters: {condition key: path of the parameter}; absent ones stay away."""

    def keys(call: ApiCall, _action: str) -> Keys:
        found: Keys = {}
        for key, path in pairs.items():
            values = tuple(call.texts(path))
            if values:
                found[key] = values

        return found

    return keys


def _ec2(call: ApiCall, action: str) -> Keys:
    keys: Keys = {"ec2:Region": call.region}
    if action == "ec2:CreateTags" and call.operation != "CreateTags":
        keys["ec2:CreateAction"] = call.operation

    return keys


def _kms(call: ApiCall, _action: str) -> Keys:
    return {"kms:CallerAccount": call.account}


SERVICE_KEYS: Mapping[str, Callable[[ApiCall, str], Keys]] = {
    "ec2": _ec2,
    "events": _named(
        {
            "events:TargetArn": "Targets.Arn",
            "events:detail-type": "Entries.DetailType",
            "events:source": "Entries.Source",
        }
    ),
    "iam": _named(
        {
            "iam:AWSServiceName": "AWSServiceName",
            "iam:PermissionsBoundary": "PermissionsBoundary",
            "iam:PolicyARN": "PolicyArn",
        }
    ),
    "kms": _kms,
    "lambda": _named({"lambda:FunctionArn": "FunctionName", "lambda:Principal": "Principal"}),
    "s3": _named({"s3:delimiter": "Delimiter", "s3:prefix": "Prefix", "s3:x-amz-acl": "ACL"}),
    "securityhub": _securityhub,
    "sns": _named({"sns:Endpoint": "Endpoint", "sns:Protocol": "Protocol"}),
    "sts": _named({"sts:ExternalId": "ExternalId", "sts:RoleSessionName": "RoleSessionName"}),
}
