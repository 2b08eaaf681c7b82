"""CloudTrail: a trail that roles make or change must be able to deliver; what is not set is not there.

Sources: CloudTrail API reference, CreateTrail, UpdateTrail, DescribeTrails and GetEventSelectors; user guide,
"Amazon S3 bucket policy for CloudTrail", "Configure AWS KMS key policies for CloudTrail" and "Role policy document for
CloudTrail to use CloudWatch Logs for monitoring". Trails of the administrator of the simulation are not checked: tests
prepare resources.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from moto.cloudtrail.exceptions import TrailNotFoundException
from moto.cloudtrail.models import CloudTrailBackend, Trail
from moto.cloudtrail.responses import CloudTrailResponse
from moto.core.exceptions import JsonRESTError
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.logs.models import logs_backends

from asr_templates.aws_reference.arns import Arn, is_arn, parse_arn
from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.access.decisions import RoleCaller, role_verdict, service_verdict
from asr_templates.simulator.aws.access.lookups import bucket_owner, kms_key_arn
from asr_templates.simulator.aws.access.roles import role_of
from asr_templates.simulator.aws.access.trust import trusted
from asr_templates.simulator.aws.gaps.young_roles import is_young

SERVICE = "cloudtrail.amazonaws.com"

ALL_MANAGEMENT_EVENTS = {
    "ReadWriteType": "All",
    "IncludeManagementEvents": True,
    "DataResources": [],
    "ExcludeManagementEventSources": [],
}
"""The selector of a trail that was given none."""


@contextmanager
def installed() -> Iterator[None]:
    """Mend moto's trails."""
    backend, response = CloudTrailBackend, CloudTrailResponse
    with ExitStack() as stack:
        for owner, name, replacement in (
            (Trail, "description", _as_it_is(Trail.description)),
            (Trail, "get_event_selectors", _with_default(Trail.get_event_selectors)),
            (backend, "create_trail", _once(backend.create_trail)),
            (backend, "delete_trail", _delete),
            (response, "create_trail", _able_to_deliver(response.create_trail)),
            (response, "update_trail", _able_to_deliver(response.update_trail)),
        ):
            stack.enter_context(mock.patch.object(owner, name, replacement))
        yield


def _as_it_is(describe: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """What is not set is left out (UpdateTrail takes "" for "no longer"); selectors are told of."""

    def description(self: Trail, *args: Any, **kwargs: Any) -> dict[str, Any]:
        found = describe(self, *args, **kwargs)
        found["HasCustomEventSelectors"] = bool(self.advanced_event_selectors) or self.event_selectors not in (
            [],
            [ALL_MANAGEMENT_EVENTS],
        )
        return {name: value for name, value in found.items() if value not in (None, "")}

    return description


def _with_default(read: Callable[[Trail], Any]) -> Callable[[Trail], Any]:
    def get_event_selectors(self: Trail) -> Any:
        basic, advanced = read(self)
        return ([] if advanced else basic or [ALL_MANAGEMENT_EVENTS]), advanced

    return get_event_selectors


def _once(create: Callable[..., Trail]) -> Callable[..., Trail]:
    """A name is taken by a trail of this region, and by one of another region that covers all of them."""

    def create_trail(self: CloudTrailBackend, name: str, *args: Any, **kwargs: Any) -> Trail:
        if any(trail.trail_name == name for trail in self.describe_trails(include_shadow_trails=True)):
            message = f"Trail {name} already exists for customer: {self.account_id}"
            raise JsonRESTError("TrailAlreadyExistsException", message)
        return create(self, name, *args, **kwargs)

    return create_trail


def _delete(self: CloudTrailBackend, name: str) -> None:
    found = next((each for each in self.trails.values() if name in (each.trail_name, each.arn)), None)
    if found is None:
        raise TrailNotFoundException(account_id=self.account_id, name=name)
    del self.trails[found.trail_name]


def _able_to_deliver(respond: Callable[[CloudTrailResponse], str]) -> Callable[[CloudTrailResponse], str]:
    def checked(self: CloudTrailResponse) -> str:
        principal = identity.principal_of(self.get_access_key())
        if principal is not None and principal.kind != "administrator":
            _check(self, json.loads(self.body))
        return respond(self)

    return checked


def _check(request: CloudTrailResponse, parameters: Mapping[str, Any]) -> None:
    account, region = request.current_account, request.region
    name = str(parameters["Name"])
    trail = name if is_arn(name) else str(Arn(request.partition, "cloudtrail", region, account, f"trail/{name}"))
    if parameters.get("S3BucketName"):
        _check_bucket(trail, parameters["S3BucketName"], parameters.get("S3KeyPrefix"))
    if parameters.get("KmsKeyId"):
        _check_key(trail, parameters["KmsKeyId"])
    if parameters.get("CloudWatchLogsLogGroupArn") or parameters.get("CloudWatchLogsRoleArn"):
        _check_logs(trail, parameters.get("CloudWatchLogsLogGroupArn", ""), parameters.get("CloudWatchLogsRoleArn", ""))


def _check_bucket(trail: str, bucket: str, prefix: str | None) -> None:
    """CloudTrail looks at the bucket's ACL and writes into the account's folder."""
    arn = parse_arn(trail)
    if bucket_owner(bucket) is None:
        raise JsonRESTError("S3BucketDoesNotExistException", f"S3 bucket {bucket} does not exist!")
    place = f"arn:{arn.partition}:s3:::{bucket}"
    folder = f"{prefix}/AWSLogs" if prefix else "AWSLogs"
    keys = {"s3:x-amz-acl": "bucket-owner-full-control"}
    for action, resource in (
        ("s3:GetBucketAcl", place),
        ("s3:PutObject", f"{place}/{folder}/{arn.account}/CloudTrail/{arn.region}/2026/01/01/events.json.gz"),
    ):
        if not service_verdict(SERVICE, action, resource, keys, source_account=arn.account, source_arn=trail).allowed:
            message = f"Incorrect S3 bucket policy is detected for bucket: {bucket}"
            raise JsonRESTError("InsufficientS3BucketPolicyException", message)


def _check_key(trail: str, key_id: str) -> None:
    """CloudTrail makes data keys, and says for which trail."""
    arn = parse_arn(trail)
    key = parse_arn(kms_key_arn(key_id, arn.account, arn.region, arn.partition))
    found = kms_backends[key.account][key.region].keys.get(key.resource.removeprefix("key/"))
    if found is None:
        raise JsonRESTError("KmsKeyNotFoundException", f"KMS key {key_id} was not found")
    if found.key_state != "Enabled":
        raise JsonRESTError("KmsKeyDisabledException", f"KMS key {key_id} is {found.key_state}")
    keys = {"kms:EncryptionContext:aws:cloudtrail:arn": trail, "kms:CallerAccount": arn.account}
    for action in ("kms:GenerateDataKey", "kms:DescribeKey"):
        if not service_verdict(SERVICE, action, str(key), keys, source_account=arn.account, source_arn=trail).allowed:
            message = f"Insufficient permissions to access S3 bucket or KMS key {key_id}."
            raise JsonRESTError("InsufficientEncryptionPolicyException", message)


def _check_logs(trail: str, group: str, role_arn: str) -> None:
    """CloudTrail assumes the role, makes a stream and writes into it."""
    arn = parse_arn(trail)
    name = parse_arn(group).resource.removeprefix("log-group:").removesuffix(":*") if is_arn(group) else group
    if not group.endswith(":*") or name not in logs_backends[arn.account][arn.region].groups:
        message = "CloudTrail cannot validate the specified log group ARN."
        raise JsonRESTError("InvalidCloudWatchLogsLogGroupArnException", message)
    roles = iam_backends[arn.account][arn.partition].roles.values()
    role = next((role for role in roles if role.arn == role_arn), None)
    keys = {"aws:SourceAccount": arn.account, "aws:SourceArn": trail}
    if role is None or is_young(role_arn) or not trusted(role, SERVICE, keys):
        message = "Access denied. Check the trust relationships for your role."
        raise JsonRESTError("InvalidCloudWatchLogsRoleArnException", message)
    stream = f"{group.removesuffix(':*')}:log-stream:{arn.account}_CloudTrail_{arn.region}"
    for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
        if not role_verdict(RoleCaller(role_of(role)), action, (stream,), {}).allowed:
            message = "Access denied. Check the permissions for your role."
            raise JsonRESTError("InvalidCloudWatchLogsRoleArnException", message)
