"""The functions as data: what each does, works on, knows, and may do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from troposphere import GetAtt, Ref, Sub

from asr_templates.names import Names, load_parameter
from asr_templates.stacks.orchestrator.arns import hub_arn, member_role_arn, member_role_path
from asr_templates.stacks.orchestrator.queues import FOLLOW, INGEST, SCHEDULE
from asr_templates.stacks.orchestrator.tables import CONFIGURATION, HISTORY, RESOURCE_INDEX, SLOTS
from asr_templates.stacks.orchestrator.topics import NOTIFICATIONS
from asr_templates.stacks.parameters import IN_FLIGHT
from asr_templates.stacks.roles import Statement

STATE_MACHINE = "StateMachine"


@dataclass(frozen=True)
class Task:
    """A function.

    name: as in names.function. module: of asr_templates.lambdas, whose `handler` it is. queue: what it works on.
    is_invoked_by_rules: a rule calls it, and what it cannot do ends in a dead-letter queue.
    """

    name: str
    module: str
    description: str
    seconds: int
    environment: Mapping[str, object] = field(default_factory=dict)
    statements: Sequence[Statement] = ()
    queue: str | None = None
    is_invoked_by_rules: bool = False


def tasks(names: Names, playbook_keys: Sequence[str]) -> list[Task]:
    """Return the functions, in the order in which a finding meets them."""
    return [
        ingest(names),
        prepare(names, playbook_keys),
        schedule(names),
        follow(names),
        record(names),
        undo(),
        custom_actions(),
    ]


def allow(actions: Sequence[str], *resources: object) -> Statement:
    """Return a statement that allows actions on resources."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}


def on_table(logical_id: str, *operations: str) -> Statement:
    """Return the statement that allows operations on a table."""
    return allow([f"dynamodb:{operation}" for operation in operations], GetAtt(logical_id, "Arn"))


def starting() -> Statement:
    """Return the statement that allows to start executions."""
    return allow(["states:StartExecution"], Ref(STATE_MACHINE))


def ingest(names: Names) -> Task:
    """Event -> executions."""
    return Task(
        "Ingest",
        "ingest",
        "Starts one execution of the orchestrator for each finding that Security Hub sends",
        30,
        {
            "ACCOUNT": Ref("AWS::AccountId"),
            "STATE_MACHINE_ARN": Ref(STATE_MACHINE),
            "CONFIGURATION_TABLE": Ref(CONFIGURATION),
            "REMEDIATE_ACTION": names.custom_action_id("Remediate"),
            "PREVIEW_ACTION": names.custom_action_id("Preview"),
        },
        [starting(), on_table(CONFIGURATION, "GetItem")],
        queue=INGEST,
    )


def prepare(names: Names, playbook_keys: Sequence[str]) -> Task:
    """Decision, touching nothing."""
    return Task(
        "Prepare",
        "prepare",
        "Decides whether and where a remediation is to run",
        60,
        {
            **acting_in_members(names, "Prepare"),
            "CONFIGURATION_TABLE": Ref(CONFIGURATION),
            **{f"LOAD_{key}": Ref(load_parameter(key)) for key in playbook_keys},
        },
        [
            allow(["sts:AssumeRole"], member_role_arn(names)),
            on_table(CONFIGURATION, "BatchGetItem"),
            allow(["securityhub:GetFindings"], hub_arn()),
        ],
    )


def schedule(names: Names) -> Task:
    """Slot and start."""
    return Task(
        "Schedule",
        "schedule",
        "Gives remediations their slots and starts them",
        60,
        dispatching(names, "Schedule"),
        dispatching_statements(names, "PutItem", "UpdateItem", "DeleteItem", "Query"),
        queue=SCHEDULE,
    )


def follow(names: Names) -> Task:
    """End of an automation."""
    return Task(
        "Follow",
        "follow",
        "Sees remediations end, tells their executions, and starts those that wait",
        60,
        dispatching(names, "Follow"),
        dispatching_statements(names, "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"),
        queue=FOLLOW,
        is_invoked_by_rules=True,
    )


def acting_in_members(names: Names, task: str) -> dict[str, object]:
    """Return what a function must know to act in member accounts.

    Tokens of the global endpoint of STS are refused in regions that an account has opted in to (IAM user guide).
    """
    return {
        "PARTITION": Ref("AWS::Partition"),
        "MEMBER_ROLE": member_role_path(names),
        "SESSION_NAME": names.function(task),
        "AWS_STS_REGIONAL_ENDPOINTS": "regional",
    }


def dispatching(names: Names, task: str) -> dict[str, object]:
    """Return what a function must know to start remediations."""
    return {**acting_in_members(names, task), "SLOTS_TABLE": Ref(SLOTS), "IN_FLIGHT": Ref(IN_FLIGHT.name)}


def dispatching_statements(names: Names, *operations: str) -> list[Statement]:
    """Return what a function may do to start remediations; the operations are those on the slots table."""
    return [
        allow(["sts:AssumeRole"], member_role_arn(names)),
        on_table(SLOTS, *operations),
        allow(["states:SendTaskSuccess", "states:SendTaskHeartbeat"], Ref(STATE_MACHINE)),
    ]


def record(names: Names) -> Task:
    """History, notification, note. A finding's workflow status is not among what it may change."""
    note_only = {"Null": {"securityhub:ASFFSyntaxPath/Workflow.Status": "true"}}
    return Task(
        "Record",
        "record",
        "Keeps, tells and notes how an execution has ended",
        60,
        {
            "PREFIX": names.prefix,
            "HISTORY_TABLE": Ref(HISTORY),
            "CONFIGURATION_TABLE": Ref(CONFIGURATION),
            "TOPIC_ARN": Ref(NOTIFICATIONS),
        },
        [
            on_table(HISTORY, "GetItem", "PutItem", "UpdateItem"),
            on_table(CONFIGURATION, "PutItem", "DeleteItem"),
            allow(["sns:Publish"], Ref(NOTIFICATIONS)),
            allow(["securityhub:GetFindings"], hub_arn("*")),
            {**allow(["securityhub:BatchUpdateFindings"], hub_arn("*")), "Condition": note_only},
        ],
        is_invoked_by_rules=True,
    )


def undo() -> Task:
    """Start of an undo; who may invoke it may undo."""
    return Task(
        "Undo",
        "undo",
        "Starts an execution that reverts what an earlier one changed",
        30,
        {
            "STATE_MACHINE_ARN": Ref(STATE_MACHINE),
            "HISTORY_TABLE": Ref(HISTORY),
            "CONFIGURATION_TABLE": Ref(CONFIGURATION),
        },
        [
            starting(),
            on_table(HISTORY, "GetItem"),
            allow(["dynamodb:Query"], Sub(f"${{{HISTORY}.Arn}}/index/{RESOURCE_INDEX}")),
            on_table(CONFIGURATION, "PutItem"),
        ],
    )


def custom_actions() -> Task:
    """Custom resource of the menu's entries."""
    operations = ("CreateActionTarget", "DescribeActionTargets", "UpdateActionTarget", "DeleteActionTarget")
    return Task(
        "CustomActions",
        "custom_actions",
        "Makes the custom actions of Security Hub while the stack is launched",
        60,
        statements=[allow([f"securityhub:{operation}" for operation in operations], hub_arn())],
    )
