"""Runs the steps of one execution in order, from the first to the end, a failure or a cancellation.

Source: Systems Manager user guide, "Data elements and parameters" (onFailure, onCancel, isCritical, maxAttempts,
timeoutSeconds) and "Understanding automation statuses".
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from asr_templates.simulator.aws.automation.actions import ACTIONS, DEFAULT_TIMEOUT_SECONDS, RESOLVED_BY_ACTION
from asr_templates.simulator.aws.automation.attempts import Attempt, CancelledError, Result, StepError
from asr_templates.simulator.aws.automation.documents import Output, Step
from asr_templates.simulator.aws.automation.executions import Execution, StepExecution, now
from asr_templates.simulator.aws.automation.parameters import as_given
from asr_templates.simulator.aws.automation.references import Value, as_text
from asr_templates.simulator.aws.automation.selectors import select
from asr_templates.simulator.aws.clock import Event
from asr_templates.simulator.aws.errors import NotSimulated, unswallowed

STEP_RUNS = 1000
"""A document that runs more steps than this in one execution is taken for an endless loop."""
CANCEL_WORKFLOW_SECONDS = 120
"""User guide, onCancel: the cancellation workflow may run for two minutes."""


@dataclass
class Interpreter:
    """One run of one execution. `find` and `stop` reach other executions (see Attempt)."""

    execution: Execution
    find: Callable[[str, str, str], Execution]
    stop: Callable[[Execution], None]
    failure: str = ""
    """The status that a failed critical step leaves behind."""
    cancel_deadline: float | None = None

    def run(self) -> None:
        """Run to the end and set status, outputs and failure message. Raises NotSimulated; nothing else of AWS's."""
        name: str | None = next(iter(self.execution.document.steps))
        for _ in range(STEP_RUNS):
            if name is None:
                break
            name = self._run_step(self.execution.document.steps[name])
        else:
            raise NotSimulated(self.execution.document.name, f"an automation of more than {STEP_RUNS} steps")
        self.execution.collect_outputs()
        self.execution.ended_at = now()
        is_cancelled = self.cancel_deadline is not None
        self.execution.status = "Cancelled" if is_cancelled else self.failure or "Success"

    def _run_step(self, step: Step) -> str | None:
        """Run one step with all its attempts; returns the next one's name."""
        record = self.execution.begin_step(step)
        try:
            result = self._attempts(step, record)
        except CancelledError:
            record.status = "Cancelled"
            return self._after_cancel(step)
        except StepError as error:
            record.status = error.status
            record.failure_message = str(error)
            return self._after_failure(step, error)
        finally:
            record.ended = now()
        record.status = "Success"
        if self.execution.cancelling.is_set() and self.cancel_deadline is None:
            return self._after_cancel(step)
        if result.next_step is not None:
            return result.next_step or None
        return self.execution.document.step_after(step)

    def _attempts(self, step: Step, record: StepExecution) -> Result:
        """User guide: a step has failed, or timed out, when its last attempt has."""
        attempt = Attempt(self.execution, step, self.find, self.stop)
        attempts_left = int(attempt.resolve(step.max_attempts))
        while True:
            attempts_left -= 1
            try:
                return self._attempt(attempt, record)
            except StepError:
                if attempts_left <= 0:
                    raise

    def _attempt(self, attempt: Attempt, record: StepExecution) -> Result:
        step = attempt.step
        attempt.deadline = self._deadline(attempt)
        as_written = RESOLVED_BY_ACTION.get(step.action, ())
        inputs = {name: value if name in as_written else attempt.resolve(value) for name, value in step.inputs.items()}
        record.inputs = {name: as_text(value) for name, value in inputs.items()}
        with unswallowed():
            result = ACTIONS[step.action](attempt, inputs)
        outputs = dict(result.outputs)
        for output in step.outputs:
            value = select(attempt.resolve(output.selector), result.response)
            if value is not None:
                outputs[output.name] = typed_output(output, value)
        for name, value in outputs.items():
            self.execution.step_outputs[f"{step.name}.{name}"] = value
            record.outputs[name] = as_given(value)
        return result

    def _deadline(self, attempt: Attempt) -> float | None:
        seconds = attempt.resolve(attempt.step.timeout_seconds)
        if seconds is None:
            seconds = DEFAULT_TIMEOUT_SECONDS.get(attempt.step.action)
        deadlines = [] if seconds is None else [time.time() + int(seconds)]
        if self.cancel_deadline is not None:
            deadlines.append(self.cancel_deadline)
        return min(deadlines, default=None)

    def _after_failure(self, step: Step, error: StepError) -> str | None:
        if step.is_critical:
            self.failure = error.status
            self.execution.failure_message = str(error)
        if step.on_failure.startswith("step:"):
            return step.on_failure.removeprefix("step:")
        if step.on_failure.lower() == "continue":
            return self.execution.document.step_after(step)
        self.failure = error.status
        self.execution.failure_message = str(error)
        return None

    def _after_cancel(self, step: Step) -> str | None:
        """Go to the step of onCancel; its workflow is not cancelled again."""
        if self.cancel_deadline is not None:
            return None
        self.cancel_deadline = time.time() + CANCEL_WORKFLOW_SECONDS
        self.execution.cancelling = Event()
        return step.on_cancel.removeprefix("step:") if step.on_cancel.startswith("step:") else None


_CONTAINERS: dict[str, type] = {"StringList": list, "MapList": list, "StringMap": dict}


def typed_output(output: Output, value: Value) -> Value:
    """A selected value as its declared type. Raises StepError where it is of another."""
    if output.type in _CONTAINERS:
        fits = isinstance(value, _CONTAINERS[output.type])
        typed = [as_text(item) for item in value] if fits and output.type == "StringList" else value
    elif output.type == "Integer":
        fits = isinstance(value, int) and not isinstance(value, bool)
        typed = value
    elif output.type == "Boolean":
        fits, typed = isinstance(value, bool), value
    else:
        fits, typed = not isinstance(value, list | dict), as_text(value)
    if not fits:
        raise StepError(f"output {output.name} is declared as {output.type}, its selector finds {as_text(value)[:200]}")
    return typed
