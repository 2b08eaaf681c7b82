"""Function Record: the end of every execution goes into the history, to the subscribers, and to the finding's note.

Called by the state machine with {"Execution": ARN, "Started": ISO time, "State": {...}}: the execution's input with
Prepared (Prepare's answer), Ended (what Follow told) and Error (what was caught), as far as there are any. Called by
EventBridge too, for an execution that failed: it may be without a record, or its subscribers may not know.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import boto3

from .configuration import lift_hold, place_hold
from .finding import hub_region, place, project
from .history import History, Record
from .notes import write_note
from .outcomes import NOTED, Outcome
from .runtime import CONFIG, JSON, Client, Table, client, log, setting, table

SUBJECT_CHARACTERS = 100
CAUSE_CHARACTERS = 500
TIMEOUTS = frozenset({"States.Timeout", "States.HeartbeatTimeout"})


@dataclass(frozen=True)
class Recorder:
    """Records ends. `hub` gives a client of Security Hub in a region; `prefix` is that of the installation."""

    history: History
    configuration: Table
    sns: Client
    topic_arn: str
    hub: Callable[[str], Client]
    prefix: str

    def record(self, record: Record) -> None:
        """Keep and tell an end, unless that is done: called again, it does what is left.

        In this order: if the subscribers cannot be told, the history still has it.
        """
        known = self.history.get(record.execution)
        if known is None:
            self._settle_hold(record)
            self.history.put(record)
            self._write_note(record)
        if known is None or not known.notified:
            self._notify(known or record)

    def _write_note(self, record: Record) -> None:
        region = hub_region(record.finding)
        if record.outcome in NOTED and region and record.finding.get("Id"):
            write_note(self.hub(region), record.finding, f"{self.prefix}-Orchestrator", note_of(record))

    def _notify(self, record: Record) -> None:
        self.sns.publish(TopicArn=self.topic_arn, Subject=subject(record, self.prefix), Message=notification(record))
        self.history.mark_notified(record.execution)
        log("recorded", execution=record.execution, outcome=record.outcome)

    def _settle_hold(self, record: Record) -> None:
        """Hold automatic runs off what was undone, even half-way; lift the hold that an undo placed in vain."""
        control = record.target.get("SecurityControl")
        if record.mode != "Undo" or not control or not record.resource:
            return
        if record.outcome == Outcome.UNDONE or record.changes:
            ended = datetime.fromisoformat(record.ended)
            place_hold(self.configuration, record.resource, control, record.execution, ended, anew=True)
        else:
            lift_hold(self.configuration, record.resource, control, record.execution)


def ended_record(event: JSON, now: datetime) -> Record:
    """Return the record of an execution that the state machine has brought to its end."""
    state = event["State"]
    finding = project(state.get("Finding"))
    prepared = state.get("Prepared") or {}
    verdict = verdict_of(state)
    return Record(
        execution=event["Execution"].rsplit(":", 1)[-1],
        outcome=Outcome(verdict["Outcome"]),
        message=verdict["Message"],
        mode=state.get("Mode", ""),
        trigger=state.get("Trigger", ""),
        cause=state.get("Cause", ""),
        started=event["Started"],
        ended=iso(now),
        finding=finding,
        target=prepared.get("Target") or place(finding),
        output=verdict.get("Output"),
        automation=verdict.get("Automation"),
        undoes=state.get("Undoes", ""),
    )


def verdict_of(state: JSON) -> JSON:
    """Return Outcome and Message, with Output and Automation where there are any, of an execution's last state."""
    error = state.get("Error")
    if error is None:
        verdict: JSON = state.get("Ended") or state["Prepared"]
        return verdict
    if error.get("Error") in TIMEOUTS and "Prepared" in state:
        return {
            "Outcome": Outcome.TIMED_OUT,
            "Message": "nothing was heard of the remediation in time; its automation may still be running",
        }
    return {"Outcome": Outcome.ORCHESTRATOR_ERROR, "Message": error_message(error)}


def error_message(error: JSON) -> str:
    """Return what an error that Step Functions caught says; the Cause of a Lambda error is JSON."""
    name, cause = error.get("Error", ""), error.get("Cause", "")
    try:
        content = json.loads(cause)
    except ValueError:
        content = None
    if isinstance(content, dict) and "errorMessage" in content:
        cause = content["errorMessage"]
    return f"{name}: {cause}"[:CAUSE_CHARACTERS]


def failed_record(detail: JSON, now: datetime) -> Record:
    """Return the record of an execution from the event that it failed, timed out or was aborted.

    (Step Functions developer guide, "Step Functions Execution Status Change": input is a JSON text, dates are epoch
    milliseconds.)
    """
    try:
        state = json.loads(detail.get("input") or "{}")
    except ValueError:
        state = {}
    state = state if isinstance(state, dict) else {}
    finding = project(state.get("Finding"))
    reason = error_message({"Error": detail.get("error") or detail["status"], "Cause": detail.get("cause") or ""})
    return Record(
        execution=detail["name"],
        outcome=Outcome.ORCHESTRATOR_ERROR,
        message=f"the execution ended {detail['status']}: {reason}",
        mode=str(state.get("Mode", "")),
        trigger=str(state.get("Trigger", "")),
        cause=str(state.get("Cause", "")),
        started=iso(datetime.fromtimestamp(detail["startDate"] / 1000, UTC)),
        ended=iso(now),
        finding=finding,
        target=place(finding),
        undoes=str(state.get("Undoes", "")),
    )


def iso(moment: datetime) -> str:
    """Return a moment as a text whose order is that of time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def notification(record: Record) -> str:
    """Return the message for the subscribers, as JSON."""
    return json.dumps(
        {
            "Outcome": record.outcome,
            "Message": record.message,
            "Mode": record.mode,
            "Trigger": record.trigger,
            "Finding": {"Id": record.finding.get("Id", "")},
            "Account": record.target.get("Account", ""),
            "Region": record.target.get("Region", ""),
            "Playbook": record.target.get("Playbook", ""),
            "Control": record.target.get("Control", ""),
            "SecurityControl": record.target.get("SecurityControl", ""),
            "Resource": record.resource,
            "Changes": record.changes,
            "Execution": record.execution,
            "Time": record.ended,
        }
    )


def subject(record: Record, prefix: str) -> str:
    """Return the subject of the message: at most 100 printable ASCII characters (SNS, Publish)."""
    target = record.target
    parts = [prefix, record.outcome, target.get("SecurityControl"), target.get("Account"), target.get("Region")]
    text = " ".join(str(part) for part in parts if part)
    return re.sub(r"[^ -~]", "?", text)[:SUBJECT_CHARACTERS]


def note_of(record: Record) -> str:
    """Return what the finding's note says of an end."""
    made = record.changes if record.mode != "Preview" else []
    named = ", ".join(f"{change['service']}:{change['operation']}" for change in made[:2])
    more = ", ..." if len(made) > 2 else ""
    changes = f" {len(made)} changes: {named}{more}." if made else ""
    room = 250 - len(changes)
    return f"{record.outcome}: {record.message[:room].rstrip('.')}.{changes} asr history {record.execution}"


def answer(record: Record) -> JSON:
    """Return the output of the execution."""
    return {
        "Outcome": record.outcome,
        "Message": record.message,
        "Mode": record.mode,
        "Finding": record.finding,
        "Target": record.target,
        "Output": record.output,
        "Automation": record.automation,
    }


def regional_hub(region: str) -> Client:
    """Return a client of Security Hub in a region, with the administrator's own rights."""
    return boto3.client("securityhub", region_name=region, config=CONFIG)


def handler(event: JSON, context: object) -> JSON:
    """Record one end."""
    recorder = Recorder(
        History(table("HISTORY_TABLE")),
        table("CONFIGURATION_TABLE"),
        client("sns"),
        setting("TOPIC_ARN"),
        regional_hub,
        setting("PREFIX"),
    )
    now = datetime.now(UTC)
    if event.get("source") == "aws.states":
        recorder.record(failed_record(event["detail"], now))
        return {}
    record = ended_record(event, now)
    recorder.record(record)
    return answer(record)
