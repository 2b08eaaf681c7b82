"""Queues: each with a dead-letter queue, an alarm on that, and a policy that lets in only its rules."""

from collections.abc import Sequence

from troposphere import GetAtt, Ref, Template, sqs

from asr_templates.names import Names
from asr_templates.stacks.orchestrator.arns import own_arn
from asr_templates.stacks.orchestrator.key import key_or, unless_key
from asr_templates.stacks.orchestrator.topics import dead_letter_alarm
from asr_templates.stacks.roles import policy_document

INGEST, SCHEDULE, FOLLOW, INVOCATIONS = "Ingest", "Schedule", "Follow", "Invocations"
ATTEMPTS = 10
RETENTION_SECONDS = 14 * 24 * 3600
VISIBILITY_FACTOR = 6
"""Visibility time-out: so many times that of the function (Lambda developer guide, "Using Lambda with Amazon SQS")."""


def queue_id(purpose: str) -> str:
    """Return the logical id of a queue."""
    return f"{purpose}Queue"


def dead_letters_id(purpose: str) -> str:
    """Return the logical id of a queue's dead-letter queue."""
    return f"{purpose}DeadLetters"


def add_queue(template: Template, names: Names, purpose: str, function_seconds: int) -> None:
    """Add a queue that a function works on, its dead-letter queue and the alarm on that."""
    add_dead_letters(template, names, purpose)
    dead_letters = GetAtt(dead_letters_id(purpose), "Arn")
    redrive = sqs.RedrivePolicy(deadLetterTargetArn=dead_letters, maxReceiveCount=ATTEMPTS)
    template.add_resource(
        queue(
            template,
            queue_id(purpose),
            names.queue(purpose),
            VisibilityTimeout=VISIBILITY_FACTOR * function_seconds,
            RedrivePolicy=redrive,
        )
    )


def add_dead_letters(template: Template, names: Names, purpose: str) -> None:
    """Add a dead-letter queue and the alarm on it."""
    logical_id = dead_letters_id(purpose)
    template.add_resource(queue(template, logical_id, names.queue(f"{purpose}-Dead-Letters")))
    template.add_resource(dead_letter_alarm(names, logical_id, purpose))


def queue(template: Template, logical_id: str, name: str, **properties: object) -> sqs.Queue:
    """Return a queue, encrypted by SQS itself or with the customer's key."""
    return sqs.Queue(
        logical_id,
        QueueName=name,
        MessageRetentionPeriod=RETENTION_SECONDS,
        KmsMasterKeyId=key_or(template),
        SqsManagedSseEnabled=unless_key(template, True),
        DeletionPolicy="Delete",
        UpdateReplacePolicy="Delete",
        **properties,
    )


def add_rules_policy(template: Template, logical_ids: Sequence[str], rules: str) -> None:
    """Let EventBridge send to the queues for rules of this account: `rules` is the ARN's end, "rule/ASR-*"."""
    for logical_id in logical_ids:
        arn = GetAtt(logical_id, "Arn")
        template.add_resource(
            sqs.QueuePolicy(
                f"{logical_id}Policy",
                Queues=[Ref(logical_id)],
                PolicyDocument=policy_document(
                    [
                        {
                            "Sid": "Rules",
                            "Effect": "Allow",
                            "Principal": {"Service": "events.amazonaws.com"},
                            "Action": "sqs:SendMessage",
                            "Resource": arn,
                            "Condition": {
                                "ArnLike": {"aws:SourceArn": own_arn("events", rules)},
                                "StringEquals": {"aws:SourceAccount": Ref("AWS::AccountId")},
                            },
                        }
                    ]
                ),
            )
        )
