"""S3: an expected owner is checked, lifecycle rules and notifications are answered as they were put.

Source: S3 API reference, PutBucketLifecycleConfiguration and PutBucketNotificationConfiguration; S3 user guide,
"Verifying bucket ownership with bucket owner condition" and "Enabling Amazon S3 server access logging". moto forgets
what of a lifecycle rule its model has no place for, hides that EventBridge is notified, takes configurations that S3
refuses, and reads bucket policies without their conditions, which `access` does not.
"""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import combinations
from typing import Any, NamedTuple
from unittest import mock

from moto.core.responses import ActionResult
from moto.iam.access_control import PermissionResult
from moto.s3.exceptions import InvalidArgumentError, S3AccessDeniedError, S3ClientError
from moto.s3.models import FakeBucket, S3Backend, s3_backends
from moto.s3.responses import S3Response

from asr_templates.simulator.aws.access.decisions import service_verdict

EXPECTED_OWNER = "x-amz-expected-bucket-owner"
MINIMUM_SIZE = "x-amz-transition-default-minimum-object-size"
DEFAULT_MINIMUM_SIZE = "all_storage_classes_128K"

# Elements of a lifecycle rule that occur several times in XML -> their names in the API.
REPEATED = {"Transition": "Transitions", "NoncurrentVersionTransition": "NoncurrentVersionTransitions"}
DESTINATIONS = {
    "TopicConfiguration": ("topic", "TopicArn", "TopicConfigurations"),
    "QueueConfiguration": ("queue", "QueueArn", "QueueConfigurations"),
    "CloudFunctionConfiguration": ("cloud_function", "LambdaFunctionArn", "LambdaFunctionConfigurations"),
}
"""Element of a notification configuration -> moto's attribute, and the names that the API answers with."""

Answer = Any  # what moto's responses return: a text, or status, headers and body


@contextmanager
def installed() -> Iterator[None]:
    """Mend the owner condition, lifecycle configurations and notification configurations."""
    authorize, put = S3Response._authenticate_and_authorize_s3_action, S3Response._bucket_response_put
    put_lifecycle, get_lifecycle = S3Backend.put_bucket_lifecycle, S3Response.get_bucket_lifecycle
    put_notification = S3Backend.put_bucket_notification_configuration
    get_notification, set_logging = S3Response.get_bucket_notification, FakeBucket.set_logging

    def authorized(self: S3Response, bucket_name: str | None = None, key_name: str | None = None) -> None:
        _check_owner(bucket_name, self.headers.get(EXPECTED_OWNER))
        authorize(self, bucket_name, key_name)

    def bucket_response_put(self: S3Response, request: Any, bucket_name: str, querystring: dict[str, Any]) -> Answer:
        answer = put(self, request, bucket_name, querystring)
        if "lifecycle" in querystring:
            size = request.headers.get(MINIMUM_SIZE, DEFAULT_MINIMUM_SIZE)
            self.backend.get_bucket(bucket_name).minimum_transition_size = size
        return answer

    def put_bucket_lifecycle(self: S3Backend, bucket_name: str, rules: list[dict[str, Any]]) -> None:
        _check_prefixes(rules)
        put_lifecycle(self, bucket_name, copy.deepcopy(rules))
        self.get_bucket(bucket_name).lifecycle_as_put = rules

    def put_bucket_notification_configuration(self: S3Backend, bucket_name: str, config: dict[str, Any]) -> None:
        _check_overlaps(config)
        put_notification(self, bucket_name, config)

    def set_bucket_logging(self: FakeBucket, config: dict[str, Any] | None, backend: S3Backend) -> None:
        def permitted(target_bucket: FakeBucket, target_prefix: str | None) -> bool:
            return _may_deliver_logs(self, target_bucket, target_prefix or "")

        with mock.patch.object(FakeBucket, "_log_permissions_enabled_policy", staticmethod(permitted)):
            set_logging(self, config, backend)

    with (
        mock.patch.object(FakeBucket, "set_logging", set_bucket_logging),
        mock.patch.object(FakeBucket, "get_permission", return_value=PermissionResult.NEUTRAL),
        mock.patch.object(FakeBucket, "lifecycle_as_put", [], create=True),
        mock.patch.object(FakeBucket, "minimum_transition_size", DEFAULT_MINIMUM_SIZE, create=True),
        mock.patch.object(S3Response, "_authenticate_and_authorize_s3_action", authorized),
        mock.patch.object(S3Response, "_bucket_response_put", bucket_response_put),
        mock.patch.object(S3Backend, "put_bucket_lifecycle", put_bucket_lifecycle),
        mock.patch.object(S3Response, "get_bucket_lifecycle", lambda self: _get_lifecycle(self, get_lifecycle)),
        mock.patch.object(S3Backend, "put_bucket_notification_configuration", put_bucket_notification_configuration),
        mock.patch.object(S3Response, "get_bucket_notification", lambda self: _notification(self, get_notification)),
    ):
        yield


def _check_owner(bucket_name: str | None, expected: str | None) -> None:
    """Refuse a request for a bucket of another account than the expected one; a bucket that is not there has none."""
    owner = s3_backends.bucket_accounts.get(bucket_name) if bucket_name and expected else None
    if owner is not None and owner[1] != expected:
        raise S3AccessDeniedError


def _may_deliver_logs(source: FakeBucket, target: FakeBucket, prefix: str) -> bool:
    """Whether the policy of a bucket lets S3's log service write the access logs of another one."""
    verdict = service_verdict(
        "logging.s3.amazonaws.com",
        "s3:PutObject",
        f"{target.arn}/{prefix}2026-01-01-00-00-00-0123456789ABCDEF",
        {},
        source_account=source.account_id,
        source_arn=source.arn,
    )
    return verdict.allowed


def _check_prefixes(rules: Sequence[Mapping[str, Any]]) -> None:
    """Refuse rules of the older form, with a prefix of their own, beside rules that have a filter."""
    if any("Prefix" in rule for rule in rules) and any("Filter" in rule for rule in rules):
        message = "Base level prefix cannot be used in Lifecycle V2, prefixes are only supported in the Filter."
        raise S3ClientError("InvalidRequest", message)


def _get_lifecycle(request: S3Response, respond: Callable[[S3Response], Answer]) -> Answer:
    bucket = request.backend.get_bucket(request.bucket_name)
    if not bucket.rules or not bucket.lifecycle_as_put:
        return respond(request)
    request.data["Action"] = "GetBucketLifecycleConfiguration"
    rules = [_lifecycle_rule(rule) for rule in bucket.lifecycle_as_put]
    found = {"Rules": rules, "TransitionDefaultMinimumObjectSize": bucket.minimum_transition_size}
    return request.serialized(ActionResult(found))


def _lifecycle_rule(put: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rule as the API answers it; `put` is its XML, where an empty element is None."""
    rule = {name: value for name, value in put.items() if name not in ("Filter", "Prefix", *REPEATED)}
    rule |= {REPEATED[name]: _listed(put[name]) for name in REPEATED if name in put}
    if "Prefix" in put:
        rule["Prefix"] = put["Prefix"] or ""
    if "Filter" in put:
        rule["Filter"] = _lifecycle_filter(put["Filter"] or {})
    return rule


def _lifecycle_filter(put: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in put.items() if name != "And"}
    if "Prefix" in found:
        found["Prefix"] = found["Prefix"] or ""
    if "And" in put:
        both = {name: value for name, value in put["And"].items() if name != "Tag"}
        tags = {"Tags": _listed(put["And"]["Tag"])} if "Tag" in put["And"] else {}
        found["And"] = {**both, **tags}
    return found


def _listed(value: Any) -> list[Any]:
    """Return an element as a list: alone, it is none in XML."""
    return value if isinstance(value, list) else [value]


class _Wanted(NamedTuple):
    """One event type of one configuration, and the keys that it is restricted to."""

    configuration: int
    event: str
    prefix: str
    suffix: str


def _wanted(config: Mapping[str, Any]) -> Iterator[_Wanted]:
    configurations = [each for name in DESTINATIONS for each in config.get(name, [])]
    for number, each in enumerate(configurations):
        rules = ((each.get("Filter") or {}).get("S3Key") or {}).get("FilterRule", [])
        filters = {rule["Name"].lower(): rule["Value"] for rule in rules}
        for event in each["Event"]:
            yield _Wanted(number, event, filters.get("prefix", ""), filters.get("suffix", ""))


def _check_overlaps(config: Mapping[str, Any]) -> None:
    """Refuse two configurations that one event of one object would match."""
    for one, other in combinations(_wanted(config), 2):
        if (
            _share(one.event.rstrip("*"), other.event.rstrip("*"), str.startswith)
            and _share(one.prefix, other.prefix, str.startswith)
            and _share(one.suffix, other.suffix, str.endswith)
        ):
            message = "Configurations overlap. Configurations on the same bucket cannot share a common event type."
            raise InvalidArgumentError(message, one.event, other.event)


def _share(one: str, other: str, includes: Callable[[str, str], bool]) -> bool:
    return includes(one, other) or includes(other, one)


def _notification(request: S3Response, respond: Callable[[S3Response], Answer]) -> Answer:
    found = request.backend.get_bucket_notification_configuration(request.bucket_name)
    if found is None or found.event_bridge is None:
        return respond(request)
    request.data["Action"] = "GetBucketNotificationConfiguration"
    answer: dict[str, Any] = {"EventBridgeConfiguration": {}}
    for attribute, arn_name, name in DESTINATIONS.values():
        answer[name] = [_destination(each, arn_name) for each in getattr(found, attribute)]
    return request.serialized(ActionResult(answer))


def _destination(notification: Any, arn_name: str) -> dict[str, Any]:
    answer = {"Id": notification.id, arn_name: notification.arn, "Events": notification.events}
    if notification.filters:
        answer["Filter"] = {"Key": {"FilterRules": notification.filters["S3Key"]["FilterRule"]}}
    return answer
