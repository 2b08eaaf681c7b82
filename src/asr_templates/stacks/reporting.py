"""The member stack's report: the end of a control runbook is forwarded to the administrator's own event bus."""

from troposphere import GetAtt, Ref, Sub, Template, events, iam

from asr_templates.names import Names
from asr_templates.stacks.nesting import description
from asr_templates.stacks.parameters import ADMIN_ACCOUNT, ORCHESTRATOR_REGION, ROLE_PATH, declare
from asr_templates.stacks.roles import Statement, policy_document

TERMINAL_STATUSES = (
    "Success",
    "Failed",
    "TimedOut",
    "Cancelled",
    "Rejected",
    "CompletedWithSuccess",
    "CompletedWithFailure",
    "ChangeCalendarOverrideRejected",
    "Exited",
)
"""The statuses after which an automation does nothing any more (Systems Manager API, AutomationExecutionStatus)."""


def reporting_template(names: Names) -> Template:
    """Return the template with the rule and its role.

    The role is of this template: EventBridge refuses a rule whose role does not exist yet. It has no name of its own,
    since the stack is launched in several regions of an account.
    """
    template = Template(Description=description("report of finished remediations to the administrator's account"))
    declare(template, [ADMIN_ACCOUNT, ORCHESTRATOR_REGION, ROLE_PATH])
    bus = Sub(
        f"arn:${{AWS::Partition}}:events:${{{ORCHESTRATOR_REGION.name}}}:${{{ADMIN_ACCOUNT.name}}}"
        f":event-bus/{names.members_bus}"
    )
    rule_name = f"{names.prefix}-Report"
    rule = f"arn:${{AWS::Partition}}:events:${{AWS::Region}}:${{AWS::AccountId}}:rule/{rule_name}"
    put_events: Statement = {"Effect": "Allow", "Action": ["events:PutEvents"], "Resource": [bus]}
    trust: Statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": Ref("AWS::AccountId")},
            "ArnEquals": {"aws:SourceArn": Sub(rule)},
        },
    }
    role = template.add_resource(
        iam.Role(
            "ReportRole",
            Description="Lets EventBridge tell the administrator's account which remediations have ended",
            Path=Ref(ROLE_PATH.name),
            AssumeRolePolicyDocument=policy_document([trust]),
            Policies=[
                iam.Policy(
                    PolicyName="Report",
                    PolicyDocument=policy_document([put_events]),
                )
            ],
        )
    )
    template.add_resource(
        events.Rule(
            "ReportRule",
            Name=rule_name,
            Description="Control runbooks that have ended",
            EventPattern=ended_pattern(names),
            State="ENABLED",
            Targets=[events.Target(Id="MembersBus", Arn=bus, RoleArn=GetAtt(role, "Arn"))],
        )
    )
    return template


def ended_pattern(names: Names) -> dict[str, object]:
    """Return the event pattern of control runbooks that have ended; the end of their children is not of interest."""
    return {
        "source": ["aws.ssm"],
        "detail-type": ["EC2 Automation Execution Status-change Notification"],
        "detail": {
            "Definition": [{"wildcard": names.control_document("*", "*", "*")}],
            "Status": list(TERMINAL_STATUSES),
        },
    }
