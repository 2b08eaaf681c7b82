"""The key that a message goes through: what a caller needs beyond the permission for the queue or topic.

Sending to a queue or topic that is encrypted with a KMS key takes kms:GenerateDataKey and kms:Decrypt on the key,
receiving takes kms:Decrypt. The keys that AWS manages (alias/aws/sqs, alias/aws/sns) serve every role of the account
and no AWS service at all, since nobody can change their policy.
Source: SQS developer guide, "Key management"; SNS developer guide, "Managing Amazon SNS encryption keys".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from asr_templates.aws_reference.arns import is_arn, parse_arn
from asr_templates.simulator.aws.access.lookups import kms_key_arn

_SENDING = ("kms:GenerateDataKey", "kms:Decrypt")
_RECEIVING = ("kms:Decrypt",)

ACTIONS: Mapping[str, tuple[str, ...]] = {
    "sns:Publish": _SENDING,
    "sqs:ReceiveMessage": _RECEIVING,
    "sqs:SendMessage": _SENDING,
}


@dataclass(frozen=True)
class KeyUse:
    """A key (its ARN), the actions on it that a request takes, and the service that uses it (kms:ViaService)."""

    key_arn: str
    actions: tuple[str, ...]
    via_service: str
    is_managed_by_aws: bool


def key_use(action: str, resource: str) -> KeyUse | None:
    """The key that an action on a queue or topic needs; None if it needs none."""
    if action not in ACTIONS or not is_arn(resource):
        return None

    arn = parse_arn(resource)
    key = _key_of_queue(resource) if arn.service == "sqs" else _key_of_topic(resource)
    if not key:
        return None

    is_managed = "alias/aws/" in key
    key_arn = kms_key_arn(key, arn.account, arn.region, arn.partition)

    return KeyUse(key_arn, ACTIONS[action], f"{arn.service}.{arn.region}.amazonaws.com", is_managed)


def _key_of_queue(resource: str) -> str | None:
    arn = parse_arn(resource)
    queue = sqs_backends[arn.account][arn.region].queues.get(arn.resource)

    return str(queue.kms_master_key_id) if queue and queue.kms_master_key_id else None


def _key_of_topic(resource: str) -> str | None:
    arn = parse_arn(resource)
    topic = sns_backends[arn.account][arn.region].topics.get(resource)

    return str(topic.kms_master_key_id) if topic and topic.kms_master_key_id else None
