"""The history table: how every execution ended, and what it changed.

Key: Execution (its name). Index ByResource: Resource and Ended (ISO time). Finding (the projection) and Output are kept
as JSON texts. DynamoDB removes rows after their time to live (attribute Expires, epoch seconds).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from boto3.dynamodb.conditions import Key

from .runtime import JSON, Table

INDEX = "ByResource"
KEPT_DAYS = 400


@dataclass(frozen=True)
class Record:
    """The end of one execution; `target` is what Prepare found out, `output` that of the remediation runbook."""

    execution: str
    outcome: str
    message: str
    mode: str
    trigger: str
    cause: str
    started: str
    ended: str
    finding: JSON = field(default_factory=dict)
    target: JSON = field(default_factory=dict)
    output: JSON | None = None
    automation: JSON | None = None
    undoes: str = ""
    notified: bool = False

    @property
    def resource(self) -> str:
        """Return Resources[0].Id of the finding; empty where there is none."""
        return str(self.target.get("Resource", ""))

    @property
    def changes(self) -> list[JSON]:
        """Return the changes that were made; after a Preview those that would be."""
        changes: list[JSON] = (self.output or {}).get("Changes") or []
        return changes


def row_of(record: Record) -> JSON:
    """Return a record as a row; an empty text is no value of an index, so it is left out."""
    row = {
        "Execution": record.execution,
        "Outcome": str(record.outcome),
        "Message": record.message,
        "Mode": record.mode,
        "Trigger": record.trigger,
        "Cause": record.cause,
        "Started": record.started,
        "Ended": record.ended,
        "Finding": json.dumps(record.finding),
        "Target": {name: value for name, value in record.target.items() if value},
        "Output": json.dumps(record.output),
        "Automation": record.automation,
        "Resource": record.resource,
        "Undoes": record.undoes,
        "Notified": record.notified,
        "Expires": int((datetime.fromisoformat(record.ended) + timedelta(days=KEPT_DAYS)).timestamp()),
    }
    return {name: value for name, value in row.items() if value not in ("", None)}


def record_of(row: JSON) -> Record:
    """Return a row as a record."""
    return Record(
        execution=row["Execution"],
        outcome=row["Outcome"],
        message=row.get("Message", ""),
        mode=row.get("Mode", ""),
        trigger=row.get("Trigger", ""),
        cause=row.get("Cause", ""),
        started=row.get("Started", ""),
        ended=row["Ended"],
        finding=json.loads(row["Finding"]),
        target=row["Target"],
        output=json.loads(row["Output"]),
        automation=row.get("Automation"),
        undoes=row.get("Undoes", ""),
        notified=row["Notified"],
    )


class History:
    """The ends of all executions."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, record: Record) -> None:
        """Keep a record; the same execution again replaces it."""
        self._table.put_item(Item=row_of(record))

    def get(self, execution: str) -> Record | None:
        """Return the record of an execution by its name."""
        row = self._table.get_item(Key={"Execution": execution}, ConsistentRead=True).get("Item")
        return record_of(row) if row else None

    def mark_notified(self, execution: str) -> None:
        """Keep that the notification of an execution is out."""
        self._table.update_item(
            Key={"Execution": execution},
            UpdateExpression="SET Notified = :yes",
            ExpressionAttributeValues={":yes": True},
        )

    def before(self, record: Record) -> Iterator[Record]:
        """Yield the earlier records of the same resource, latest first."""
        arguments: JSON = {
            "IndexName": INDEX,
            "KeyConditionExpression": Key("Resource").eq(record.resource) & Key("Ended").lt(record.ended),
            "ScanIndexForward": False,
        }
        while True:
            page = self._table.query(**arguments)
            yield from map(record_of, page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            arguments["ExclusiveStartKey"] = page["LastEvaluatedKey"]
