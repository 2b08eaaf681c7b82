"""The state of automation executions and of their steps, and how the API describes them.

Source: API reference, AutomationExecution, AutomationExecutionMetadata and StepExecution.
"""

import datetime
import uuid
from dataclasses import dataclass, field

import boto3

from asr_templates.simulator.aws.automation.documents import AutomationDocument, Step
from asr_templates.simulator.aws.automation.parameters import as_given
from asr_templates.simulator.aws.automation.references import Reference, Value
from asr_templates.simulator.aws.clock import Event

FINAL_STATUSES = ("Success", "Failed", "TimedOut", "Cancelled")
NO_OUTPUT = "No output available yet because the step is not successfully executed"


def now() -> datetime.datetime:
    """The virtual time, in UTC."""
    return datetime.datetime.now(datetime.UTC)


@dataclass
class StepExecution:
    """One run of a step; Pending until it starts."""

    step: Step
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = "Pending"
    started: datetime.datetime | None = None
    ended: datetime.datetime | None = None
    inputs: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, list[str]] = field(default_factory=dict)
    failure_message: str = ""

    def description(self) -> dict[str, Value]:
        """As in DescribeAutomationStepExecutions."""
        described: dict[str, Value] = {
            "StepName": self.step.name,
            "Action": self.step.action,
            "StepExecutionId": self.id,
            "StepStatus": self.status,
            "ExecutionStartTime": self.started,
            "ExecutionEndTime": self.ended,
            "Inputs": self.inputs,
            "Outputs": self.outputs,
            "FailureMessage": self.failure_message or None,
            "IsEnd": self.step.is_end,
            "IsCritical": self.step.is_critical,
            "OnFailure": self.step.on_failure,
            "NextStep": self.step.next_step,
        }
        return {key: value for key, value in described.items() if value is not None}


@dataclass
class Execution:
    """One automation: a document with its parameters in an account and region, under a role or its starter's rights."""

    id: str
    document: AutomationDocument
    account: str
    region: str
    partition: str
    parameters: dict[str, Value]
    session: boto3.Session
    executed_by: str
    role: str = ""
    parent_id: str | None = None
    status: str = "Pending"
    failure_message: str = ""
    started: datetime.datetime = field(default_factory=now)
    ended_at: datetime.datetime | None = None
    outputs: dict[str, list[str]] = field(default_factory=dict)
    variables: dict[str, Value] = field(default_factory=dict)
    step_outputs: dict[str, Value] = field(default_factory=dict)
    steps: list[StepExecution] = field(default_factory=list)
    cancelling: Event = field(default_factory=Event)
    ended: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self.variables = dict(self.document.variables)
        self.steps = [StepExecution(step) for step in self.document.steps.values()]

    @property
    def arn(self) -> str:
        """Of the execution."""
        return f"arn:{self.partition}:ssm:{self.region}:{self.account}:automation-execution/{self.id}"

    @property
    def is_final(self) -> bool:
        """Whether it has ended."""
        return self.status in FINAL_STATUSES

    def begin_step(self, step: Step) -> StepExecution:
        """The record of a step that starts now; a step that runs again gets another one."""
        for record in self.steps:
            if record.step.name == step.name and record.status == "Pending":
                break
        else:
            record = StepExecution(step)
            self.steps.append(record)
        record.status = "InProgress"
        record.started = now()
        return record

    def lookup(self, reference: Reference) -> Value:
        """The value of a reference. Raises KeyError where it has none (yet)."""
        if reference.kind == "global":
            value: Value = self._global_variables()[reference.name]
        elif reference.kind == "automation":
            value = {"EXECUTION_ID": self.id}[reference.name]
        elif reference.kind == "variable":
            value = self.variables[reference.name]
        elif reference.kind == "output":
            value = self.step_outputs[reference.name]
        else:
            value = self.parameters[reference.name]
        if reference.index is None:
            return value
        if not isinstance(value, list) or reference.index >= len(value):
            raise KeyError(reference.text)
        return value[reference.index]

    def _global_variables(self) -> dict[str, str]:
        """User guide, "System variables"."""
        moment = now()
        return {
            "ACCOUNT_ID": self.account,
            "AWS_PARTITION": self.partition,
            "DATE": moment.strftime("%Y-%m-%d"),
            "DATE_TIME": moment.strftime("%Y-%m-%d_%H.%M.%S"),
            "REGION": self.region,
            "URL_SUFFIX": "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com",
        }

    def collect_outputs(self) -> None:
        """Take the document's outputs from the steps that ran."""
        for name in self.document.outputs:
            value = self.step_outputs.get(name)
            self.outputs[name] = [NO_OUTPUT] if value is None else as_given(value)

    def metadata(self) -> dict[str, Value]:
        """As in DescribeAutomationExecutions."""
        current = [record for record in self.steps if record.status == "InProgress"]
        described: dict[str, Value] = {
            "AutomationExecutionId": self.id,
            "DocumentName": self.document.name,
            "DocumentVersion": self.document.version,
            "AutomationExecutionStatus": self.status,
            "ExecutionStartTime": self.started,
            "ExecutionEndTime": self.ended_at,
            "ExecutedBy": self.executed_by,
            "Mode": "Auto",
            "ParentAutomationExecutionId": self.parent_id,
            "Outputs": self.outputs,
            "FailureMessage": self.failure_message or None,
            "CurrentStepName": current[0].step.name if current else None,
            "CurrentAction": current[0].step.action if current else None,
        }
        return {key: value for key, value in described.items() if value is not None}

    def description(self) -> dict[str, Value]:
        """As in GetAutomationExecution."""
        return {
            **self.metadata(),
            "AssumeRole": self.role,
            "Parameters": {name: as_given(value) for name, value in self.parameters.items()},
            "StepExecutions": [record.description() for record in self.steps],
            "StepExecutionsTruncated": False,
            "Variables": {name: as_given(value) for name, value in self.variables.items()},
        }
