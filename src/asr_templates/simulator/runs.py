"""What one remediation did, read from where AWS would show it: the execution's history, the automations, the topic."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Finding = dict[str, Any]


class Step(NamedTuple):
    """A state of the orchestrator or a step of an SSM document, and how it ended."""

    name: str
    outcome: str


class MadeCall(NamedTuple):
    """One AWS call of a runbook: the role's name, service, operation, the resource's ARN if known, and the verdict."""

    role: str
    service: str
    operation: str
    resource: str | None
    allowed: bool


class Moment(NamedTuple):
    """An entry of the timeline; `level` is 0 for a state of the orchestrator, 1 and 2 for its automations' steps."""

    time: float
    level: int
    name: str
    outcome: str
    detail: str = ""


@dataclass(frozen=True)
class Run:
    """One execution of the orchestrator.

    status: one of the outcomes (docs/outcomes.md). workflow_status: of the finding afterwards, None: there is none.
    steps: states of the orchestrator, the steps of the SSM documents among them, in order.
    changes: {service, operation, parameters, undo} each; those that would be made after a preview.
    notifications: the SNS messages. calls: everything that the runbooks called.
    """

    execution: str
    finding: Finding
    status: str
    message: str
    workflow_status: str | None
    steps: list[Step]
    changes: list[dict[str, Any]]
    notifications: list[dict[str, Any]]
    calls: list[MadeCall]
    output: dict[str, Any] | None = None
    timeline: list[Moment] = field(default_factory=list, repr=False)
    state_transitions: int = 0
    function_invocations: int = 0


def states(history: list[dict[str, Any]]) -> Iterator[Moment]:
    """Yield the states of an execution in the order in which they were entered, with how each ended."""
    entered: list[dict[str, Any]] = []
    ends: dict[str, str] = {}
    for event in history:
        if event["type"].endswith("StateEntered"):
            entered.append(event)
        elif event["type"].endswith("StateExited"):
            ends[event["stateExitedEventDetails"]["name"]] = "Succeeded"
        elif event["type"] in ("TaskFailed", "TaskTimedOut", "LambdaFunctionFailed") and entered:
            ends.setdefault(entered[-1]["stateEnteredEventDetails"]["name"], "Failed")
    for event in entered:
        name = event["stateEnteredEventDetails"]["name"]
        yield Moment(event["timestamp"].timestamp(), 0, name, ends.get(name, "Aborted"))


def transitions(history: list[dict[str, Any]]) -> int:
    """Return the state transitions that AWS charges for: each state entered, and each retry of one."""
    charged = [event for event in history if event["type"].endswith("StateEntered")]
    failed = [event for event in history if event["type"] in ("TaskFailed", "TaskTimedOut", "LambdaFunctionFailed")]
    started = [event for event in history if event["type"] in ("TaskScheduled", "LambdaFunctionScheduled")]
    tasks = [event for event in charged if event["type"] == "TaskStateEntered"]
    retries = max(0, len(started) - len(tasks)) if failed else 0
    return len(charged) + retries


def json_of(text: str) -> Any:
    """Return the JSON of a text, the text itself where it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return text
