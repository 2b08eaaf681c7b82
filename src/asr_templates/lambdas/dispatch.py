"""Runs on their way: granted a slot, started, ended. Shared by Schedule and Follow."""

import json
import time
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from .accounts import Members, Unreachable, unreachable
from .automations import AGAIN, START_FAILURES, Ended, start_automation
from .outcomes import Outcome
from .runtime import Client, ThrottledError, error_code, error_text, log
from .slots import Run, Slots

TOKEN_IS_OVER = frozenset({"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"})
"""Answers of Step Functions about an execution that does not wait any more."""


@dataclass(frozen=True)
class Dispatch:
    """Moves runs: `states` is a client of Step Functions."""

    slots: Slots
    members: Members
    states: Client

    def fill(self, target: str) -> None:
        """Start the runs of a target that wait, oldest first, as long as a slot is free."""
        while (run := self.slots.grant(target, int(time.time()))) is not None:
            self.start(run)

    def start(self, run: Run) -> None:
        """Start the automation of a run that has its slot; if AWS is busy, the next poll does it."""
        if not self.beat(run):
            self.slots.drop(run)
            return
        content = json.loads(run.content)
        account, region = content["Target"]["Account"], content["Target"]["Region"]
        try:
            ssm = self.members.client("ssm", account, region)
            automation = start_automation(ssm, content, self.members.role_arn(account), run.execution)
        except Unreachable as reason:
            self.finish(run, Ended(Outcome.ASSUME_ROLE_FAILURE, str(reason)))
        except ClientError as error:
            self._not_started(run, error, account, region)
        except (BotoCoreError, ThrottledError) as error:
            log("not started yet", execution=run.execution, reason=str(error))
        else:
            self.slots.started(run, automation)
            log("started", execution=run.execution, automation=automation, slot=run.item)

    def finish(self, run: Run, ended: Ended) -> None:
        """Tell the execution how its run has ended, then give the slot back.

        In this order: what fails in between is done again by the next poll, and told to nobody twice.
        """
        content = json.loads(run.content)
        place = {"Account": content["Target"]["Account"], "Region": content["Target"]["Region"]}
        automation = {"Id": run.automation, **place} if run.automation else None
        try:
            self.states.send_task_success(taskToken=run.token, output=json.dumps(ended.content(automation)))
        except ClientError as error:
            if error_code(error) not in TOKEN_IS_OVER:
                raise
        self.slots.drop(run)
        log("ended", execution=run.execution, outcome=ended.outcome)

    def beat(self, run: Run) -> bool:
        """Send a heartbeat; return whether the execution still waits for the run."""
        try:
            self.states.send_task_heartbeat(taskToken=run.token)
        except ClientError as error:
            if error_code(error) not in TOKEN_IS_OVER:
                raise
            log("given up by its execution", execution=run.execution)
            return False
        return True

    def _not_started(self, run: Run, error: ClientError, account: str, region: str) -> None:
        """End the run if starting it again would fail again."""
        reason = unreachable(error, account, region)
        outcome = Outcome.ASSUME_ROLE_FAILURE if reason else START_FAILURES.get(error_code(error))
        if outcome is not None:
            self.finish(run, Ended(outcome, str(reason) if reason else error_text(error)))
        elif error_code(error) in AGAIN:
            log("not started yet", execution=run.execution, reason=error_text(error))
        else:
            self.finish(run, Ended(Outcome.REMEDIATION_FAILED, error_text(error)))
