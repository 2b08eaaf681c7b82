"""The configuration table: what is remediated automatically, what is exempt, what an undo holds.

Key: Subject and Control, both texts.

    automatic  Subject "automatic", Control "<playbook key>/<control id there>", Enabled true
    exemption  Subject = Resources[0].Id or the id that the control's pattern takes out of it,
               Control = security control id or "*", Reason, Until (ISO date or time, UTC; absent: for ever)
    hold       Subject = Resources[0].Id, Control "hold:<security control id>", Reason, Until: for automatic runs only

A row that cannot be understood exempts, and never switches anything on. Until is compared here; DynamoDB's time to live
(attribute Expires, epoch seconds) removes rows only within days.
"""

import time
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from botocore.exceptions import ClientError

from .controls import Row
from .outcomes import Decided, Outcome
from .runtime import JSON, Table, ThrottledError, error_code

AUTOMATIC = "automatic"
EVERY_CONTROL = "*"
HOLD = "hold:"
HOLD_DAYS = 30
BATCH_ATTEMPTS = 5
PAUSE_SECONDS = 0.2


def is_automatic(table: Table, playbook: str, control: str) -> bool:
    """Return whether imported findings of the control are remediated; only `Enabled` true says so."""
    key = {"Subject": AUTOMATIC, "Control": f"{playbook}/{control}"}
    row = table.get_item(Key=key, ConsistentRead=True).get("Item", {})
    return row.get("Enabled") is True


def require_not_exempt(table: Table, row: Row, resource_id: str, automatic: bool, now: datetime) -> None:
    """Check that no exemption, and for automatic runs no hold, is in force. Raises Decided EXEMPT where one is."""
    controls = [*row.security_controls, EVERY_CONTROL]
    keys = [(subject, control) for subject in {resource_id, row.captured(resource_id)} - {""} for control in controls]
    if automatic:
        keys += [(resource_id, hold(control)) for control in row.security_controls]
    for found in sorted(read(table, keys), key=lambda found: str(found["Control"])):
        reason = in_force(found, now)
        if reason:
            raise Decided(Outcome.EXEMPT, f"{meaning(found)}: {reason}")


def hold(control: str) -> str:
    """Return the sort key of a hold: "hold:EC2.2"."""
    return f"{HOLD}{control}"


def meaning(row: JSON) -> str:
    """Say what an exemption or hold does."""
    subject, control = str(row["Subject"]), str(row["Control"])
    if control.startswith(HOLD):
        return f"automatic remediation of {subject} for {control.removeprefix(HOLD)} is on hold"
    return f"{subject} is exempt from {'every control' if control == EVERY_CONTROL else control}"


def in_force(row: JSON, now: datetime) -> str:
    """Say why a row exempts now; empty where it has run out."""
    reason = row.get("Reason")
    if not isinstance(reason, str):
        return "the row is not readable (Reason must be a text), so it counts"
    if "Until" not in row:
        return reason
    end = end_of(row["Until"])
    if end is None:
        return f"{reason} (Until {row['Until']!r} is not an ISO date or time, so it counts for ever)"
    return f"{reason} (until {row['Until']})" if now < end else ""


def end_of(until: object) -> datetime | None:
    """Return when an Until is over: a time at that time, a date at the end of the day, in UTC if it names no zone."""
    if not isinstance(until, str):
        return None
    try:
        day = date.fromisoformat(until)
    except ValueError:
        pass
    else:
        return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
    try:
        moment = datetime.fromisoformat(until)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def read(table: Table, keys: Iterable[tuple[str, str]]) -> list[JSON]:
    """Return those of the rows that exist, in one consistent batch (at most 100 keys).

    Raises ThrottledError where DynamoDB leaves some unread: a filter that cannot be read stops the remediation.
    """
    wanted = [{"Subject": subject, "Control": control} for subject, control in keys]
    found: list[JSON] = []
    for attempt in range(BATCH_ATTEMPTS):
        if not wanted:
            return found
        time.sleep(PAUSE_SECONDS * attempt)
        request = {table.name: {"Keys": wanted, "ConsistentRead": True}}
        answer = table.meta.client.batch_get_item(RequestItems=request)
        found += answer["Responses"].get(table.name, [])
        wanted = answer.get("UnprocessedKeys", {}).get(table.name, {}).get("Keys", [])
    if wanted:
        raise ThrottledError(f"{len(wanted)} rows of the configuration could not be read")
    return found


def place_hold(table: Table, resource_id: str, control: str, execution: str, now: datetime, anew: bool) -> None:
    """Keep automatic runs off a resource for 30 days; `anew` replaces a hold that is there."""
    until = now + timedelta(days=HOLD_DAYS)
    row = {
        "Subject": resource_id,
        "Control": hold(control),
        "Reason": f"undone by execution {execution}",
        "Execution": execution,
        "Until": until.isoformat(timespec="seconds"),
        "Expires": int(until.timestamp()),
    }
    if anew:
        table.put_item(Item=row)
        return
    try:
        table.put_item(Item=row, ConditionExpression="attribute_not_exists(Subject)")
    except ClientError as error:
        if error_code(error) != "ConditionalCheckFailedException":
            raise


def lift_hold(table: Table, resource_id: str, control: str, execution: str) -> None:
    """Remove the hold that an undo placed which came to nothing; one of another execution stays."""
    try:
        table.delete_item(
            Key={"Subject": resource_id, "Control": hold(control)},
            ConditionExpression="Execution = :execution",
            ExpressionAttributeValues={":execution": execution},
        )
    except ClientError as error:
        if error_code(error) != "ConditionalCheckFailedException":
            raise
