"""Function Follow: sees control runbooks end and tells their executions.

An event of Systems Manager is only a hint that comes soon: what counts is what GetAutomationExecution answers for the
account, region and id that were kept. A poll, every minute, makes up for events that never came, starts what could not
be started, and keeps the tokens of those that wait alive.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from botocore.exceptions import BotoCoreError, ClientError

from .accounts import Unreachable
from .automations import Ended, classify, kind, read_automation
from .batches import each_message
from .dispatch import Dispatch
from .outcomes import Outcome
from .runtime import JSON, ThrottledError, error_code, log
from .schedule import own_dispatch
from .slots import Run

START_SECONDS = 60
"""How long the function that got a slot has to start its run, before the poll does it."""
BEAT_SECONDS = 1_200
BEATS_PER_POLL = 1_000
"""At this rate 20,000 waiting runs are kept alive within HeartbeatSeconds of the state machine."""
RESERVED_MILLISECONDS = 10_000


class Context(Protocol):
    """What is used of a Lambda function's context object."""

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the invocation may still take."""


@dataclass(frozen=True)
class Follower:
    """Follows runs; `has_time` says whether there is time for one more."""

    dispatch: Dispatch
    has_time: Callable[[], bool]

    def hint(self, event: JSON) -> None:
        """Look at the automation that an event is about, if it is one of ours whose id is already kept."""
        target = f"{event['account']}/{event['region']}"
        identifier = event["detail"]["ExecutionId"]
        for run in self.dispatch.slots.running(target):
            if run.automation == identifier:
                self.check(run)
                self.dispatch.fill(target)

    def poll(self) -> None:
        """Look at every run, those first that were looked at longest ago; then go on with those that wait."""
        runs = list(self.dispatch.slots.all())
        running = sorted((run for run in runs if run.is_running), key=lambda run: run.lease)
        waiting = sorted((run for run in runs if not run.is_running), key=lambda run: (run.beat, run.item))
        due = [run for run in waiting if run.beat + BEAT_SECONDS <= time.time()]
        for run in running:
            self._attempt(run.execution, self.check, run)
        for run in due[:BEATS_PER_POLL]:
            self._attempt(run.execution, self.keep_alive, run)
        for target in dict.fromkeys(run.target for run in waiting):
            self._attempt(target, self.dispatch.fill, target)

    def check(self, run: Run) -> None:
        """End a run whose automation has ended; renew the lease of one that is alive."""
        now = int(time.time())
        if not run.automation:
            if run.granted + START_SECONDS <= now:
                self.dispatch.start(run)
            return
        try:
            ended = self._ended(run)
        except (Unreachable, ClientError, BotoCoreError, ThrottledError) as error:
            log("not followed", execution=run.execution, automation=run.automation, reason=str(error)[:500])
            if run.lease <= now:
                message = f"nothing could be learned of automation {run.automation} for an hour: {error}"
                self.dispatch.finish(run, Ended(Outcome.TIMED_OUT, message))
            return
        if ended is not None:
            self.dispatch.finish(run, ended)
            return
        self.dispatch.beat(run)
        self.dispatch.slots.renew(run, now)

    def keep_alive(self, run: Run) -> None:
        """Send a heartbeat for a run that waits; forget it where its execution is over."""
        if self.dispatch.beat(run):
            self.dispatch.slots.beaten(run, int(time.time()))
        else:
            self.dispatch.slots.drop(run)

    def _ended(self, run: Run) -> Ended | None:
        """Return the end of a run's automation, None while it is running.

        Raises Unreachable for a status that is not known here: it is no end, but the lease runs out.
        """
        account, region = run.target.split("/")
        ssm = self.dispatch.members.client("ssm", account, region)
        try:
            automation = read_automation(ssm, run.automation)
        except ClientError as error:
            if error_code(error) != "AutomationExecutionNotFoundException":
                raise
            return Ended(Outcome.REMEDIATION_FAILED, f"automation {run.automation} does not exist any more")
        what = kind(automation)
        if what is None:
            raise Unreachable(f"its status {automation['AutomationExecutionStatus']!r} is not known")
        return None if what == "running" else classify(automation, lambda child: read_automation(ssm, child))

    def _attempt(self, what: str, work: Callable[..., None], argument: Run | str) -> None:
        """Do one piece of a poll, if there is time; it must not keep the others from being done."""
        if not self.has_time():
            return
        try:
            work(argument)
        except Exception as error:
            log("poll failed", of=what, error=type(error).__name__, reason=str(error)[:500])


def handler(event: JSON, context: Context) -> JSON:
    """Work on a batch of hints, or poll when the schedule calls."""
    follower = Follower(own_dispatch(), lambda: context.get_remaining_time_in_millis() > RESERVED_MILLISECONDS)
    if "Records" in event:
        return each_message(event, follower.hint)
    follower.poll()
    return {}
