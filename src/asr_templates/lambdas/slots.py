"""The slots table: who runs and who waits, per target (an account and region).

Key: Target "<account>/<region>" and Item. A waiting run is "waiting#<since>#<execution name>", so that the oldest comes
first; a running one is "slot#<number>". A run moves from one to the other in a transaction, so that two functions that
want the same slot, or the same run, cannot both have it. A slot is leased: whoever sees its automation alive renews the
lease, and one that has expired may be taken. Leases and heartbeats are epoch seconds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.conditions import ConditionBase, Key
from botocore.exceptions import ClientError

from .runtime import JSON, Table, error_code

LEASE_SECONDS = 3_600
GRANT_ATTEMPTS = 10
WAITING = "waiting#"
SLOT = "slot#"
LOST = frozenset({"TransactionCanceledException", "TransactionConflictException", "TransactionInProgressException"})
"""Answers to a transaction that another one was faster than."""


@dataclass(frozen=True)
class Run:
    """What is to be run, as it lies in the table.

    execution: ARN. token: Step Functions' task token. content: JSON text of what it carries (schedule.py).
    beat: when the last heartbeat was sent. lease: until when the slot is leased; 0 for one that waits.
    automation: id of the control runbook's automation; empty while it is not started.
    """

    target: str
    item: str
    execution: str
    token: str
    content: str
    beat: int
    lease: int = 0
    automation: str = ""

    @property
    def is_running(self) -> bool:
        """Return whether it has a slot."""
        return self.item.startswith(SLOT)

    @property
    def granted(self) -> int:
        """Return when it got its slot, as long as the lease has not been renewed."""
        return self.lease - LEASE_SECONDS


def waiting_item(since: str, execution: str) -> str:
    """Return the sort key of a run that waits since an ISO time."""
    return f"{WAITING}{since}#{execution.rsplit(':', 1)[-1]}"


def row_of(run: Run) -> JSON:
    """Return a run as a row of the table."""
    row = {
        "Target": run.target,
        "Item": run.item,
        "Execution": run.execution,
        "Token": run.token,
        "Content": run.content,
        "Beat": run.beat,
        "Lease": run.lease,
    }
    return row | ({"Automation": run.automation} if run.automation else {})


def run_of(row: JSON) -> Run:
    """Return a row of the table as a run."""
    return Run(
        row["Target"],
        row["Item"],
        row["Execution"],
        row["Token"],
        row["Content"],
        int(row["Beat"]),
        int(row["Lease"]),
        row.get("Automation", ""),
    )


class Slots:
    """The slots of all targets; `number` is how many each has."""

    def __init__(self, table: Table, number: int) -> None:
        self._table = table
        self._number = number

    def wait(self, run: Run) -> None:
        """Add a waiting run; the same run again is the same row."""
        self._table.put_item(Item=row_of(run))

    def all(self) -> Iterator[Run]:
        """Yield every run of every target."""
        arguments: JSON = {}
        while True:
            page = self._table.scan(**arguments)
            yield from map(run_of, page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            arguments = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def running(self, target: str) -> list[Run]:
        """Return the runs of a target that have a slot."""
        return list(self._query(target, SLOT))

    def oldest_waiting(self, target: str) -> Run | None:
        """Return the run of a target that has waited longest."""
        return next(self._query(target, WAITING, Limit=1), None)

    def grant(self, target: str, now: int) -> Run | None:
        """Give the oldest waiting run of a target a free slot and return it.

        None where nobody waits or nothing is free, or where others were faster so often that they do the work.
        """
        for _ in range(GRANT_ATTEMPTS):
            waiting = self.oldest_waiting(target)
            if waiting is None:
                return None
            running = self.running(target)
            if any(run.execution == waiting.execution for run in running):
                self.drop(waiting)
                continue
            number, former = self._free(running, now)
            if number is None:
                return None
            granted = Run(
                target,
                f"{SLOT}{number:03}",
                waiting.execution,
                waiting.token,
                waiting.content,
                now,
                now + LEASE_SECONDS,
            )
            if self._moved(waiting, granted, former):
                return granted
        return None

    def started(self, run: Run, automation: str) -> None:
        """Keep the id of a run's automation."""
        self._update(run, "SET Automation = :automation", {":automation": automation})

    def renew(self, run: Run, now: int) -> None:
        """Extend a slot's lease: its automation has been seen alive."""
        self._update(run, "SET Lease = :lease, Beat = :beat", {":lease": now + LEASE_SECONDS, ":beat": now})

    def beaten(self, run: Run, now: int) -> None:
        """Keep when the last heartbeat of a waiting run was sent."""
        self._update(run, "SET Beat = :beat", {":beat": now})

    def drop(self, run: Run) -> None:
        """Remove a run, unless its row is another's by now."""
        try:
            self._table.delete_item(
                Key={"Target": run.target, "Item": run.item},
                ConditionExpression="#token = :token",
                ExpressionAttributeNames={"#token": "Token"},
                ExpressionAttributeValues={":token": run.token},
            )
        except ClientError as error:
            require_lost(error)

    def _query(self, target: str, beginning: str, **arguments: Any) -> Iterator[Run]:
        condition: ConditionBase = Key("Target").eq(target) & Key("Item").begins_with(beginning)
        while True:
            page = self._table.query(KeyConditionExpression=condition, ConsistentRead=True, **arguments)
            yield from map(run_of, page["Items"])
            if "LastEvaluatedKey" not in page or "Limit" in arguments:
                return
            arguments["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _free(self, running: list[Run], now: int) -> tuple[int | None, Run | None]:
        """Return a slot's number and the run whose lease there has expired; (None, None) where all are taken."""
        taken = {int(run.item.removeprefix(SLOT)): run for run in running}
        for number in range(1, self._number + 1):
            if number not in taken:
                return number, None
        for number, run in taken.items():
            if run.lease <= now and number <= self._number:
                return number, run
        return None, None

    def _moved(self, waiting: Run, granted: Run, former: Run | None) -> bool:
        """Move a run into a slot in one transaction; return False where another function was faster."""
        put: JSON = {"TableName": self._table.name, "Item": row_of(granted)}
        if former is None:
            put["ConditionExpression"] = "attribute_not_exists(Target)"
        else:
            put["ConditionExpression"] = "#token = :token AND Lease = :lease"
            put["ExpressionAttributeNames"] = {"#token": "Token"}
            put["ExpressionAttributeValues"] = {":token": former.token, ":lease": former.lease}
        delete = {
            "TableName": self._table.name,
            "Key": {"Target": waiting.target, "Item": waiting.item},
            "ConditionExpression": "attribute_exists(Target)",
        }
        try:
            self._table.meta.client.transact_write_items(TransactItems=[{"Put": put}, {"Delete": delete}])
        except ClientError as error:
            if error_code(error) not in LOST:
                raise
            return False
        return True

    def _update(self, run: Run, expression: str, values: JSON) -> None:
        """Update a run's row, unless it is another's by now."""
        try:
            self._table.update_item(
                Key={"Target": run.target, "Item": run.item},
                UpdateExpression=expression,
                ConditionExpression="#token = :token",
                ExpressionAttributeNames={"#token": "Token"},
                ExpressionAttributeValues={":token": run.token, **values},
            )
        except ClientError as error:
            require_lost(error)


def require_lost(error: ClientError) -> None:
    """Raise an error again unless it only says that a condition does not hold."""
    if error_code(error) != "ConditionalCheckFailedException":
        raise error
