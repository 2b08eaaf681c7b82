"""DynamoDB: a table is UPDATING for some seconds after UpdateTable, and a new value of a tag replaces the former one.

Source: DynamoDB API reference, UpdateTable (asynchronous: the table is UPDATING, then ACTIVE with the new settings;
ResourceInUseException meanwhile) and TagResource. What a person (the administrator of the simulation, or whoever is
unknown to it) changes is settled at once: tests prepare tables, runbooks wait for them.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from moto.core.responses import ActionResult
from moto.dynamodb.exceptions import ResourceInUseException
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler, DynamoResult

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.clock import scheduler

UPDATE_SECONDS = 10.0
"""How long an update takes; with a new index really hours."""


@contextmanager
def installed() -> Iterator[None]:
    """Mend UpdateTable, DescribeTable and TagResource."""
    update, describe, tag = DynamoHandler.update_table, Table.describe, DynamoDBBackend.tag_resource

    def update_table(self: DynamoHandler) -> ActionResult:
        table = self.dynamodb_backend.get_table(self.body["TableName"])
        if table.shown_while_updating:
            raise ResourceInUseException(f"Attempt to change a resource which is still in use: Table: {table.name}")
        former = {**describe(table)["TableDescription"], "TableStatus": "UPDATING"}
        answer = update(self)
        principal = identity.principal_of(self.get_access_key())
        if principal is None or principal.kind == "administrator":
            return answer
        table.shown_while_updating = former
        scheduler.spawn(_finish, table, name=f"update {table.name}", delay=UPDATE_SECONDS)
        return DynamoResult(table.describe())

    def described(self: Table, base_key: str = "TableDescription") -> dict[str, Any]:
        return {base_key: self.shown_while_updating} if self.shown_while_updating else describe(self, base_key)

    def tag_resource(self: DynamoDBBackend, arn: str, tags: dict[str, str]) -> None:
        self.untag_resource(arn, list(tags))
        tag(self, arn, tags)

    patches: list[tuple[type, str, object]] = [
        (Table, "shown_while_updating", None),
        (Table, "describe", described),
        (DynamoHandler, "update_table", update_table),
        (DynamoDBBackend, "tag_resource", tag_resource),
    ]
    with ExitStack() as stack:
        for owner, name, replacement in patches:
            stack.enter_context(mock.patch.object(owner, name, replacement, create=True))
        yield


def _finish(table: Table) -> None:
    table.shown_while_updating = None
