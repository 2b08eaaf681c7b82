"""A task as resources: role, log group, function, and what connects it with its queue."""

from collections.abc import Sequence

from troposphere import GetAtt, Ref, Sub, Template, awslambda, iam, logs

from asr_templates.names import Names
from asr_templates.solution import LAMBDA_RUNTIME
from asr_templates.stacks.orchestrator.key import key_or, key_policy
from asr_templates.stacks.orchestrator.queues import INVOCATIONS, dead_letters_id, queue_id
from asr_templates.stacks.orchestrator.tasks import Task, allow
from asr_templates.stacks.parameters import LOG_RETENTION, ROLE_PATH, boundary
from asr_templates.stacks.roles import Statement, policy_document

CODE_BUCKET = "${TemplateBucket}-${AWS::Region}"
CODE_KEY = "${TemplatePrefix}/lambda/"
MEMORY_MEGABYTES = 256
BATCH = 10
CONCURRENCY = 5
"""Batches of a queue at a time; reserved concurrency would count refused deliveries as receives."""


class QueueScaling(awslambda.ScalingConfig):  # type: ignore[misc]
    """The ScalingConfig of an event source mapping.

    troposphere 4.11 has another resource's property of that name in its place.
    """

    props = {"MaximumConcurrency": (int, False)}


def function_id(task_name: str) -> str:
    """Return the logical id of a function."""
    return f"{task_name}Function"


def add_function(template: Template, names: Names, task: Task, code: str) -> None:
    """Add a function with its role, log group and queue; `code` is the name of the zip file."""
    log_group = add_log_group(template, f"{task.name}Log", f"/aws/lambda/{names.function(task.name)}")
    role = template.add_resource(function_role(template, names, task, log_group))
    optional = {}
    if task.environment:
        optional["Environment"] = awslambda.Environment(Variables=dict(task.environment))
    if task.is_invoked_by_rules:
        target = GetAtt(dead_letters_id(INVOCATIONS), "Arn")
        optional["DeadLetterConfig"] = awslambda.DeadLetterConfig(TargetArn=target)
    template.add_resource(
        awslambda.Function(
            function_id(task.name),
            FunctionName=names.function(task.name),
            Description=task.description,
            Runtime=LAMBDA_RUNTIME,
            Handler=f"lambdas.{task.module}.handler",
            Code=awslambda.Code(S3Bucket=Sub(CODE_BUCKET), S3Key=Sub(f"{CODE_KEY}{code}")),
            Role=GetAtt(role, "Arn"),
            Timeout=task.seconds,
            MemorySize=MEMORY_MEGABYTES,
            LoggingConfig=awslambda.LoggingConfig(LogGroup=Ref(log_group)),
            **optional,
        )
    )
    if task.queue:
        template.add_resource(
            awslambda.EventSourceMapping(
                f"{task.name}Messages",
                EventSourceArn=GetAtt(queue_id(task.queue), "Arn"),
                FunctionName=Ref(function_id(task.name)),
                BatchSize=BATCH,
                FunctionResponseTypes=["ReportBatchItemFailures"],
                ScalingConfig=QueueScaling(MaximumConcurrency=CONCURRENCY),
            )
        )


def add_log_group(template: Template, logical_id: str, name: str) -> logs.LogGroup:
    """Add a log group whose events are kept as long as the stack's parameter says."""
    return template.add_resource(
        logs.LogGroup(
            logical_id,
            LogGroupName=name,
            RetentionInDays=Ref(LOG_RETENTION.name),
            KmsKeyId=key_or(template),
            DeletionPolicy="Delete",
            UpdateReplacePolicy="Delete",
        )
    )


def function_role(template: Template, names: Names, task: Task, log_group: logs.LogGroup) -> iam.Role:
    """Return the role of a function: its task's statements, its own log, its own queues."""
    return iam.Role(
        f"{task.name}Role",
        RoleName=names.function_role(task.name),
        Description=f"What the function {names.function(task.name)} may do",
        Path=Ref(ROLE_PATH.name),
        PermissionsBoundary=boundary(template),
        AssumeRolePolicyDocument=policy_document([service_trust("lambda.amazonaws.com")]),
        Policies=[
            iam.Policy(
                PolicyName="Task",
                PolicyDocument=policy_document([*task.statements, *surroundings(task, log_group)]),
            ),
            key_policy(template),
        ],
    )


def surroundings(task: Task, log_group: logs.LogGroup) -> Sequence[Statement]:
    """Return what any function of this kind needs, whatever its task is."""
    statements = [allow(["logs:CreateLogStream", "logs:PutLogEvents"], GetAtt(log_group, "Arn"))]
    if task.queue:
        receiving = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
        statements.append(allow(receiving, GetAtt(queue_id(task.queue), "Arn")))
    if task.is_invoked_by_rules:
        statements.append(allow(["sqs:SendMessage"], GetAtt(dead_letters_id(INVOCATIONS), "Arn")))
    return statements


def service_trust(service: str) -> Statement:
    """Return the statement that lets an AWS service assume a role."""
    return {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
