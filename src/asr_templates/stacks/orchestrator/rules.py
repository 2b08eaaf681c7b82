"""What sets the orchestrator going: custom actions, failed executions, the poll, and the members' bus."""

from troposphere import Equals, GetAtt, Join, Not, Ref, Template, awslambda, events
from troposphere.cloudformation import AWSCustomObject

from asr_templates.names import ActionMode, Names
from asr_templates.stacks.orchestrator.functions import function_id
from asr_templates.stacks.orchestrator.queues import (
    FOLLOW,
    INGEST,
    add_rules_policy,
    dead_letters_id,
    queue_id,
)
from asr_templates.stacks.orchestrator.tasks import STATE_MACHINE
from asr_templates.stacks.parameters import MEMBER_ACCOUNTS, ORGANIZATION_ID, given
from asr_templates.stacks.reporting import ended_pattern

BUS = "MembersBus"
DESCRIPTIONS: dict[ActionMode, str] = {
    "Remediate": "Remediates the chosen findings",
    "Preview": "Notes on the chosen findings what a remediation would change",
}


class CustomAction(AWSCustomObject):  # type: ignore[misc]
    """An entry of Security Hub's menu, for which CloudFormation has no type; Ref is its ARN."""

    resource_type = "Custom::SecurityHubAction"
    props = {
        "ServiceToken": (str, True),
        "Id": (str, True),
        "Name": (str, True),
        "Description": (str, True),
    }


def add_rules(template: Template, names: Names) -> None:
    """Add all rules; the playbooks' import rules are in stacks of their own."""
    for mode in DESCRIPTIONS:
        add_custom_action(template, names, mode)
    add_rules_policy(template, [queue_id(INGEST), dead_letters_id(INGEST)], f"rule/{names.prefix}-*")
    add_failure_rule(template, names)
    add_poll(template, names)
    add_members_bus(template, names)


def add_custom_action(template: Template, names: Names, mode: ActionMode) -> None:
    """Add an entry of the menu and the rule that takes its events, of this account's own hub only."""
    action = template.add_resource(
        CustomAction(
            f"{mode}Action",
            ServiceToken=GetAtt(function_id("CustomActions"), "Arn"),
            Id=names.custom_action_id(mode),
            Name=names.custom_action(mode),
            Description=DESCRIPTIONS[mode],
        )
    )
    template.add_resource(
        events.Rule(
            f"{mode}Rule",
            Name=f"{names.prefix}-{mode}",
            Description=f"Custom action {names.custom_action(mode)!r}",
            EventPattern={
                "source": ["aws.securityhub"],
                "detail-type": ["Security Hub Findings - Custom Action"],
                "account": [Ref("AWS::AccountId")],
                "resources": [Ref(action)],
            },
            State="ENABLED",
            Targets=[
                events.Target(
                    Id="Ingest",
                    Arn=GetAtt(queue_id(INGEST), "Arn"),
                    DeadLetterConfig=events.DeadLetterConfig(Arn=GetAtt(dead_letters_id(INGEST), "Arn")),
                )
            ],
        )
    )


def add_failure_rule(template: Template, names: Names) -> None:
    """Record executions that could not record their own end."""
    add_function_rule(
        template,
        f"{names.prefix}-Execution-Failed",
        "Record",
        Description=f"Executions of {names.state_machine} that failed",
        EventPattern={
            "source": ["aws.states"],
            "detail-type": ["Step Functions Execution Status Change"],
            "detail": {"stateMachineArn": [Ref(STATE_MACHINE)], "status": ["FAILED", "TIMED_OUT", "ABORTED"]},
        },
    )


def add_poll(template: Template, names: Names) -> None:
    """Look at every run each minute: events are only hints."""
    add_function_rule(
        template,
        f"{names.prefix}-Poll",
        "Follow",
        Description="Looks at every remediation that runs or waits",
        ScheduleExpression="rate(1 minute)",
    )


def add_function_rule(template: Template, name: str, task: str, **properties: object) -> None:
    """Add a rule that calls a function, and the function's permission for it."""
    rule = template.add_resource(
        events.Rule(
            f"{task}Rule",
            Name=name,
            State="ENABLED",
            Targets=[events.Target(Id=task, Arn=GetAtt(function_id(task), "Arn"))],
            **properties,
        )
    )
    template.add_resource(
        awslambda.Permission(
            f"{task}Permission",
            FunctionName=Ref(function_id(task)),
            Action="lambda:InvokeFunction",
            Principal="events.amazonaws.com",
            SourceArn=GetAtt(rule, "Arn"),
        )
    )


def add_members_bus(template: Template, names: Names) -> None:
    """Add the bus that members report to, who may, and the rule that passes the report on.

    A bus of its own: real events of a member's Security Hub must never meet the rules that start remediations. Neither
    organization nor accounts given: nobody may report, and the poll alone follows.
    """
    template.add_resource(events.EventBus(BUS, Name=names.members_bus))
    accounts = f"{MEMBER_ACCOUNTS.name}Given"
    template.add_condition(accounts, Not(Equals(Join("", Ref(MEMBER_ACCOUNTS.name)), "")))
    reporters = {
        "Organization": (given(template, ORGANIZATION_ID), "*", {"aws:PrincipalOrgID": Ref(ORGANIZATION_ID.name)}),
        "Accounts": (accounts, {"AWS": Ref(MEMBER_ACCOUNTS.name)}, None),
    }
    for who, (condition, principal, wanted) in reporters.items():
        statement = {
            "Effect": "Allow",
            "Principal": principal,
            "Action": "events:PutEvents",
            "Resource": GetAtt(BUS, "Arn"),
        }
        template.add_resource(
            events.EventBusPolicy(
                f"{BUS}{who}",
                Condition=condition,
                EventBusName=Ref(BUS),
                StatementId=who,
                Statement=statement | ({"Condition": {"StringEquals": wanted}} if wanted else {}),
            )
        )
    rule = f"{names.prefix}-Follow"
    template.add_resource(
        events.Rule(
            "MembersRule",
            Name=rule,
            EventBusName=Ref(BUS),
            Description="Remediations that have ended in an account",
            EventPattern=ended_pattern(names),
            State="ENABLED",
            Targets=[events.Target(Id="Follow", Arn=GetAtt(queue_id(FOLLOW), "Arn"))],
        )
    )
    add_rules_policy(template, [queue_id(FOLLOW)], f"rule/{names.members_bus}/{rule}")
