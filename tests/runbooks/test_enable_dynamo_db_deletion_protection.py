"""EnableDynamoDBDeletionProtection: a table cannot be deleted before its protection is switched off."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto.dynamodb.models.table import Table

RUNBOOK = "EnableDynamoDBDeletionProtection"


@pytest.fixture
def table(account: str) -> Any:
    """A table with a name that uses every kind of character: its ARN, and whether it is protected."""
    dynamodb = boto3.client("dynamodb")
    made = dynamodb.create_table(
        TableName="Orders_2.v-1",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )["TableDescription"]

    def protected() -> bool:
        return bool(dynamodb.describe_table(TableName="Orders_2.v-1")["Table"]["DeletionProtectionEnabled"])

    def protect(on: bool) -> None:
        dynamodb.update_table(TableName="Orders_2.v-1", DeletionProtectionEnabled=on)

    return SimpleNamespace(arn=made["TableArn"], protected=protected, protect=protect)


def test_table_is_protected(prove: Callable[..., Any], table: Any) -> None:
    prove(RUNBOOK, table.protected, drift=lambda: table.protect(False), ResourceArn=table.arn)


def test_table_that_is_protected_is_left_alone_whatever_happens_to_it(
    remediation: Callable[[str], Any], table: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    table.protect(True)
    monkeypatch.setattr(Table, "describe", with_status(Table.describe, "UPDATING"))

    assert "NoChange" == remediation(RUNBOOK)(ResourceArn=table.arn)["Status"]


@pytest.mark.parametrize("status", ["CREATING", "UPDATING", "ARCHIVED", "INACCESSIBLE_ENCRYPTION_CREDENTIALS"])
def test_table_that_is_not_active_is_refused(
    remediation: Callable[[str], Any], table: Any, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    monkeypatch.setattr(Table, "describe", with_status(Table.describe, status))
    output = remediation(RUNBOOK)(ResourceArn=table.arn)

    expected = ("Refused", f"the table is {status}, not ACTIVE", False)
    assert expected == (output["Status"], output["Message"], table.protected())


def test_table_that_is_gone_is_no_change(remediation: Callable[[str], Any], account: str) -> None:
    output = remediation(RUNBOOK)(ResourceArn="arn:aws:dynamodb:us-east-1:123456789012:table/gone")

    assert ("NoChange", "gone") == (output["Status"], output["Message"])


def with_status(describe: Callable[..., Any], status: str) -> Callable[..., Any]:
    """DescribeTable of a table in a state that no call of moto's leads to."""

    def described(self: Table, base_key: str = "TableDescription") -> Any:
        shown = describe(self, base_key)
        return {base_key: {**shown[base_key], "TableStatus": status}}

    return described
