"""Function Undo: starts an execution that reverts what an earlier one changed.

Invoked directly with {"Execution": name, "Token": text}; whoever may invoke the function may undo. The token is the
cause of the execution: the same one is the same execution, without one each call is a new one. Every call ends in an
execution: if nothing can be undone, in one that ends REFUSED. Returns {"Execution": name}.
"""

import base64
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from .configuration import place_hold
from .execution import execution_name, start
from .history import History, Record
from .outcomes import Outcome
from .runtime import JSON, Client, Table, client, log, setting, table

RECORD_BYTES = 30_000
FAILED = frozenset({Outcome.REMEDIATION_FAILED, Outcome.TIMED_OUT})


class Context(Protocol):
    """What is used of a Lambda function's context object."""

    aws_request_id: str


class NotReversible(Exception):  # noqa: N818 - a reason, read as a sentence
    """An execution cannot be undone; the text says why."""


@dataclass(frozen=True)
class Undoing:
    """Starts undos."""

    history: History
    configuration: Table
    states: Client
    state_machine_arn: str

    def start(self, execution: str, token: str, now: datetime) -> str:
        """Start the undo of an execution; return the name of the execution that does it or that ends REFUSED.

        The hold is placed first: the undone finding is NEW before the end of the undo is recorded, and an automatic run
        must not be faster. Record lifts it again if the undo comes to nothing.
        """
        record = self.history.get(execution)
        finding = record.finding if record else {}
        name = execution_name("Undo", f"{execution} {finding.get('Id', '')}", token)
        content: JSON = {
            "Mode": "Undo",
            "Trigger": "request",
            "Cause": token,
            "Finding": finding,
            "Undoes": execution,
        }
        try:
            if record is None:
                raise NotReversible(f"cannot be undone: the history has no execution {execution}")
            content["Record"] = packed(merged(record, self.history.before(record)))
        except NotReversible as reason:
            content["Refused"] = str(reason)
        else:
            control = record.target["SecurityControl"]
            place_hold(self.configuration, record.resource, control, name, now, anew=False)
        start(self.states, self.state_machine_arn, name, content)
        log("undo started", execution=name, undoes=execution, refused=content.get("Refused"))
        return name


def merged(record: Record, earlier: Iterable[Record]) -> JSON:
    """Return what is to be undone: Before, After and Changes of a record and of the failed ones directly before it.

    A remediation that failed half-way has made changes of its own; the one that then succeeded saw them as given. Runs
    without changes do not count. Raises NotReversible where there is nothing to undo or no way back.
    """
    require_changes(record)
    chain = [record]
    for former in earlier:
        if not former.changes or former.mode == "Preview":
            continue
        is_same = former.target.get("Document") == record.target.get("Document")
        if former.mode != "Apply" or former.outcome not in FAILED or not is_same:
            break
        chain.insert(0, former)
    changes = [change for each in chain for change in each.changes]
    for change in changes:
        if not isinstance(change["undo"], dict):
            raise NotReversible(f"cannot be undone: {change['service']}:{change['operation']}: {change['undo']}")
    first, last = chain[0].output or {}, record.output or {}
    return {"Before": first["Before"], "After": last["After"], "Changes": changes}


def require_changes(record: Record) -> None:
    """Check that an execution has changed something. Raises NotReversible where it has not."""
    if record.mode != "Apply":
        raise NotReversible(f"cannot be undone: execution {record.execution} was no remediation but {record.mode}")
    if not record.changes:
        raise NotReversible(f"cannot be undone: execution {record.execution} ({record.outcome}) changed nothing")


def packed(output: JSON) -> str:
    """Return an output as the control runbook's parameter Record takes it. Raises NotReversible if it is too large."""
    text = base64.b64encode(zlib.compress(json.dumps(output).encode(), 9)).decode()
    if len(text) > RECORD_BYTES:
        raise NotReversible(
            f"cannot be undone: the record of the changes has {len(text):,} bytes, "
            f"at most {RECORD_BYTES:,} can be passed on"
        )
    return text


def handler(event: JSON, context: Context) -> JSON:
    """Undo one execution."""
    undoing = Undoing(
        History(table("HISTORY_TABLE")),
        table("CONFIGURATION_TABLE"),
        client("stepfunctions"),
        setting("STATE_MACHINE_ARN"),
    )
    token = str(event.get("Token") or context.aws_request_id)
    return {"Execution": undoing.start(str(event["Execution"]), token, datetime.now(UTC))}
