"""What an action has at hand: one attempt at one step, with its inputs, its clients, its deadline and its waits."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from asr_templates.simulator.aws.automation.documents import Step
from asr_templates.simulator.aws.automation.executions import Execution
from asr_templates.simulator.aws.automation.references import Reference, Value, resolve
from asr_templates.simulator.aws.clock import Event

EXECUTING = "Execute/Cancelling action"
POLLING = "Poll action status for completion"


class StepError(Exception):
    """The attempt failed; `phase` is the part of the action in which AWS says that it did."""

    status = "Failed"

    def __init__(self, cause: str, phase: str = EXECUTING) -> None:
        super().__init__(cause)
        self.cause = cause
        self.phase = phase

    def __str__(self) -> str:
        return f"Step fails when it is {self.phase}. {self.cause}"


class StepTimeoutError(StepError):
    """The step was not completed within its time-out."""

    status = "TimedOut"


class CancelledError(Exception):
    """The execution was stopped while the step waited."""


@dataclass
class Result:
    """What an action hands back.

    response: what the Selectors of declared outputs look into. outputs: built-in outputs by name.
    next_step: where a branch goes; "" ends the automation.
    """

    response: Value = None
    outputs: dict[str, Value] = field(default_factory=dict)
    next_step: str | None = None


@dataclass
class Attempt:
    """One attempt at a step of an execution.

    find: (account, region, execution id) -> execution. stop: cancels an execution. deadline: POSIX time, or None.
    """

    execution: Execution
    step: Step
    find: Callable[[str, str, str], Execution]
    stop: Callable[[Execution], None]
    deadline: float | None = None

    @property
    def place(self) -> str:
        """For messages."""
        return f"{self.execution.document.name}, step {self.step.name}"

    def resolve(self, value: Value) -> Value:
        """`value` with its references replaced. Raises StepError for an output that no step has produced."""
        return resolve(value, self._lookup)

    def _lookup(self, reference: Reference) -> Value:
        try:
            return self.execution.lookup(reference)
        except KeyError:
            reason = "its step has not run, or its selector found nothing"
            raise StepError(f"{{{{ {reference.text} }}}} has no value: {reason}") from None

    def client(self, service: str) -> Any:
        """A boto3 client under the execution's rights, in its region."""
        return self.execution.session.client(service, region_name=self.execution.region)  # type: ignore[call-overload]

    def wait(self, seconds: float) -> None:
        """Wait virtually. Raises StepTimeoutError at the deadline, CancelledError when the execution is stopped."""
        self.wait_for(self.execution.cancelling, seconds)
        if self.execution.cancelling.is_set():
            raise CancelledError

    def wait_for(self, event: Event, seconds: float | None = None) -> bool:
        """Wait for an event, at most some seconds; True if it happened. Raises StepTimeoutError at the deadline."""
        left = None if self.deadline is None else max(0.0, self.deadline - time.time())
        is_cut = left is not None and (seconds is None or left < seconds)
        happened = event.wait(left if is_cut else seconds)
        if is_cut and not happened:
            raise StepTimeoutError(f"the time-out of {self.step.timeout_seconds} seconds has passed", POLLING)
        return happened
