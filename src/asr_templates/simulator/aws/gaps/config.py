"""AWS Config: a recorder's role must let Config in, a channel's bucket must take its files.

Sources: AWS Config API reference, PutConfigurationRecorder and PutDeliveryChannel; developer guide, "Permissions for
the Amazon S3 Bucket for the AWS Config Delivery Channel" and "Using service-linked roles for AWS Config". What the
administrator of the simulation puts is not checked: tests prepare resources.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest import mock

from moto.config.models import ConfigBackend
from moto.config.responses import ConfigResponse
from moto.core.exceptions import JsonRESTError
from moto.iam import models as iam_models

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.access.decisions import service_verdict
from asr_templates.simulator.aws.access.lookups import bucket_owner
from asr_templates.simulator.aws.access.trust import trusted
from asr_templates.simulator.aws.gaps.young_roles import is_young

SERVICE = "config.amazonaws.com"


@contextmanager
def installed() -> Iterator[None]:
    """Mend moto's recorders and delivery channels."""
    put_recorder, put_channel = ConfigResponse.put_configuration_recorder, ConfigResponse.put_delivery_channel
    describe, keep = ConfigBackend.describe_configuration_recorders, ConfigBackend.put_configuration_recorder

    def put(self: ConfigBackend, config_recorder: dict[str, Any]) -> None:
        keep(self, config_recorder)
        recorder = self.recorders[config_recorder["name"]]
        recorder.mode_as_put = config_recorder.get("recordingMode", {"recordingFrequency": "CONTINUOUS"})

    def described(self: ConfigBackend, recorder_names: list[str] | None) -> list[dict[str, Any]]:
        found = describe(self, recorder_names)
        return [{**each, "recordingMode": self.recorders[each["name"]].mode_as_put} for each in found]

    with (
        mock.patch.dict(iam_models.SERVICE_NAME_CONVERSION, {"config": "Config"}),
        mock.patch.object(ConfigBackend, "put_configuration_recorder", put),
        mock.patch.object(ConfigBackend, "describe_configuration_recorders", described),
        mock.patch.object(ConfigResponse, "put_configuration_recorder", _checked(put_recorder, _check_role)),
        mock.patch.object(ConfigResponse, "put_delivery_channel", _checked(put_channel, _check_bucket)),
    ):
        yield


def _checked(
    respond: Callable[[ConfigResponse], str], check: Callable[[ConfigResponse, Mapping[str, Any]], None]
) -> Callable[[ConfigResponse], str]:
    def checked(self: ConfigResponse) -> str:
        principal = identity.principal_of(self.get_access_key())
        if principal is not None and principal.kind != "administrator":
            check(self, json.loads(self.body))
        return respond(self)

    return checked


def _check_role(request: ConfigResponse, parameters: Mapping[str, Any]) -> None:
    role_arn = str(parameters["ConfigurationRecorder"]["roleARN"])
    if is_young(role_arn) or not trusted(role_arn, SERVICE, {"aws:SourceAccount": request.current_account}):
        raise JsonRESTError("InvalidRoleException", f"The role {role_arn} cannot be assumed by AWS Config.")


def _check_bucket(request: ConfigResponse, parameters: Mapping[str, Any]) -> None:
    """Config looks at the bucket and writes a file to try it."""
    account = request.current_account
    channel = parameters["DeliveryChannel"]
    bucket, prefix = channel["s3BucketName"], channel.get("s3KeyPrefix")
    if bucket_owner(bucket) is None:
        raise JsonRESTError("NoSuchBucketException", f"Cannot find a S3 bucket with name {bucket}.")
    place = f"arn:{request.partition}:s3:::{bucket}"
    folder = f"{place}/{prefix}/AWSLogs" if prefix else f"{place}/AWSLogs"
    keys = {"s3:x-amz-acl": "bucket-owner-full-control"}
    for action, resource in (
        ("s3:GetBucketAcl", place),
        ("s3:ListBucket", place),
        ("s3:PutObject", f"{folder}/{account}/Config/ConfigWritabilityCheckFile"),
    ):
        if not service_verdict(SERVICE, action, resource, keys, source_account=account).allowed:
            message = f"Insufficient delivery policy to s3 bucket: {bucket}, unable to write to bucket."
            raise JsonRESTError("InsufficientDeliveryPolicyException", message)
