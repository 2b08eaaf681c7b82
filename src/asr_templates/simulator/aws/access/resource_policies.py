"""Policies that hang on resources: queues, topics, event buses, functions, buckets, keys and secrets.

They decide about AWS services and other accounts, and can let in roles of their own account without an identity
policy. Source: IAM user guide, "Policy evaluation logic" and "AWS services that work with IAM".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from moto.awslambda.models import lambda_backends
from moto.events.models import events_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from asr_templates.aws_reference.arns import Arn, is_arn, parse_arn
from asr_templates.simulator.aws.access.policies import Document

Policy = str | bytes | Document


def _queue(arn: Arn) -> Policy | None:
    queue = sqs_backends[arn.account][arn.region].queues.get(arn.resource)

    return queue.policy if queue else None


def _topic(arn: Arn) -> Policy | None:
    topic = sns_backends[arn.account][arn.region].topics.get(str(arn))

    return topic.policy if topic else None


def _event_bus(arn: Arn) -> Policy | None:
    name = arn.resource.removeprefix("event-bus/")
    bus = events_backends[arn.account][arn.region].event_buses.get(name)

    return bus.policy if bus else None


def _function(arn: Arn) -> Policy | None:
    name = arn.resource.removeprefix("function:").partition(":")[0]
    functions = lambda_backends[arn.account][arn.region].list_functions()
    function = next((function for function in functions if function.function_name == name), None)

    return {"Version": "2012-10-17", "Statement": function.policy.statements} if function else None


def _bucket(arn: Arn) -> Policy | None:
    name = arn.resource.partition("/")[0]
    owner = s3_backends.bucket_accounts.get(name)
    if owner is None:
        return None
    partition, account = owner

    policy: bytes | None = s3_backends[account][partition].buckets[name].policy

    return policy


def _key(arn: Arn) -> Policy | None:
    key = kms_backends[arn.account][arn.region].keys.get(arn.resource.removeprefix("key/"))

    return key.policy if key else None


def _secret(arn: Arn) -> Policy | None:
    secrets = secretsmanager_backends[arn.account][arn.region].secrets
    secret = next((secret for secret in secrets.values() if secret.arn == str(arn)), None)

    return secret.policy if secret else None


_READERS: Mapping[str, Callable[[Arn], Policy | None]] = {
    "events": _event_bus,
    "kms": _key,
    "lambda": _function,
    "s3": _bucket,
    "secretsmanager": _secret,
    "sns": _topic,
    "sqs": _queue,
}


def has_resource_policies(resource: str) -> bool:
    """Whether the policies of resources of this kind are simulated."""
    return is_arn(resource) and parse_arn(resource).service in _READERS


def policies_of(resource: str) -> tuple[Policy, ...]:
    """The policy of a resource, if it exists and has one; none for kinds of resources that have none here."""
    if not has_resource_policies(resource):
        return ()

    policy = _READERS[parse_arn(resource).service](parse_arn(resource))

    return (policy,) if policy else ()
