"""The state machine with its role and log."""

from troposphere import GetAtt, Ref, Sub, Template, iam
from troposphere.stepfunctions import (
    CloudWatchLogsLogGroup,
    LogDestination,
    LoggingConfiguration,
    StateMachine,
)

from asr_templates.documents.orchestrator import INTEGRATIONS, orchestrator_definition
from asr_templates.names import Names
from asr_templates.stacks.orchestrator.arns import own_arn
from asr_templates.stacks.orchestrator.functions import add_log_group, function_id, service_trust
from asr_templates.stacks.orchestrator.key import key_policy
from asr_templates.stacks.orchestrator.queues import SCHEDULE, queue_id
from asr_templates.stacks.orchestrator.tasks import STATE_MACHINE, allow
from asr_templates.stacks.parameters import ROLE_PATH, boundary
from asr_templates.stacks.roles import policy_document

LOG_DELIVERY = [
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
]
"""What logging needs; none of it has resources (Step Functions developer guide, "Logging using CloudWatch Logs")."""


def add_state_machine(template: Template, names: Names) -> None:
    """Add the state machine. Its log has errors only and no data of executions: findings do not belong there."""
    log = add_log_group(template, "StateMachineLog", f"/aws/vendedlogs/states/{names.state_machine}")
    role = template.add_resource(state_machine_role(template, names))
    template.add_resource(
        StateMachine(
            STATE_MACHINE,
            StateMachineName=names.state_machine,
            StateMachineType="STANDARD",
            RoleArn=GetAtt(role, "Arn"),
            Definition=orchestrator_definition(),
            DefinitionSubstitutions={
                **{name: Sub(arn) for name, arn in INTEGRATIONS.items()},
                "PrepareArn": GetAtt(function_id("Prepare"), "Arn"),
                "RecordArn": GetAtt(function_id("Record"), "Arn"),
                "SchedulingQueueUrl": Ref(queue_id(SCHEDULE)),
            },
            LoggingConfiguration=LoggingConfiguration(
                Level="ERROR",
                IncludeExecutionData=False,
                Destinations=[
                    LogDestination(CloudWatchLogsLogGroup=CloudWatchLogsLogGroup(LogGroupArn=GetAtt(log, "Arn")))
                ],
            ),
        )
    )


def state_machine_role(template: Template, names: Names) -> iam.Role:
    """Return the role: two functions, one queue, one log."""
    trust = service_trust("states.amazonaws.com")
    trust["Condition"] = {
        "StringEquals": {"aws:SourceAccount": Ref("AWS::AccountId")},
        "ArnLike": {"aws:SourceArn": own_arn("states", f"stateMachine:{names.state_machine}")},
    }
    functions = [GetAtt(function_id(task), "Arn") for task in ("Prepare", "Record")]
    statements = [
        allow(["lambda:InvokeFunction"], *functions),
        allow(["sqs:SendMessage"], GetAtt(queue_id(SCHEDULE), "Arn")),
        allow(LOG_DELIVERY, "*"),
    ]
    return iam.Role(
        "StateMachineRole",
        Description=f"What the state machine {names.state_machine} may do",
        Path=Ref(ROLE_PATH.name),
        PermissionsBoundary=boundary(template),
        AssumeRolePolicyDocument=policy_document([trust]),
        Policies=[
            iam.Policy(PolicyName="States", PolicyDocument=policy_document(statements)),
            key_policy(template),
        ],
    )
