"""TagDynamoDBTableResource: a table has a tag of each required key; its own tags stay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest

RUNBOOK = "TagDynamoDBTableResource"
DEFAULT = "ASR-DynamoDBTable"


class Tagged:
    """A table and its tags."""

    def __init__(self) -> None:
        self.dynamodb = boto3.client("dynamodb")
        made = self.dynamodb.create_table(
            TableName="orders",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        self.arn = made["TableDescription"]["TableArn"]

    def tag(self, **tags: str) -> None:
        pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
        self.dynamodb.tag_resource(ResourceArn=self.arn, Tags=pairs)

    def untag(self, *keys: str) -> None:
        self.dynamodb.untag_resource(ResourceArn=self.arn, TagKeys=list(keys))

    def tags(self) -> dict[str, str]:
        pages = self.dynamodb.get_paginator("list_tags_of_resource").paginate(ResourceArn=self.arn)
        return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}

    def asked(self, *keys: str) -> dict[str, Any]:
        """The runbook's parameters for this table."""
        return {"ResourceArn": self.arn, "requiredTagKeys": list(keys), "DefaultTagKey": DEFAULT}


@pytest.fixture
def table(account: str) -> Tagged:
    return Tagged()


def test_table_without_tags_gets_one_where_no_key_is_required(prove: Callable[..., Any], table: Tagged) -> None:
    prove(RUNBOOK, table.tags, drift=lambda: table.untag(DEFAULT), **table.asked())

    assert {} == table.tags()


def test_any_tag_is_enough_where_no_key_is_required(remediation: Callable[[str], Any], table: Tagged) -> None:
    table.tag(team="sales")
    output = remediation(RUNBOOK)(**table.asked())

    assert ("NoChange", {"team": "sales"}) == (output["Status"], table.tags())


def test_missing_keys_are_added_and_those_that_are_there_keep_their_values(
    prove: Callable[..., Any], table: Tagged
) -> None:
    table.tag(team="sales", Owner="ann")
    prove(RUNBOOK, table.tags, drift=lambda: table.tag(more="x"), **table.asked("Owner", "owner", "CostCenter"))

    assert {"team": "sales", "Owner": "ann", "owner": "", "CostCenter": "", "more": "x"} == table.tags()


def test_tags_of_aws_itself_do_not_count(remediation: Callable[[str], Any], table: Tagged) -> None:
    table.tag(**{"aws:cloudformation:stack-name": "shop"})
    remediation(RUNBOOK)(**table.asked())

    assert {"aws:cloudformation:stack-name": "shop", DEFAULT: ""} == table.tags()


def test_keys_are_found_on_every_page(remediation: Callable[[str], Any], table: Tagged) -> None:
    table.tag(**{f"key-{number:02}": "x" for number in range(25)})

    assert "NoChange" == remediation(RUNBOOK)(**table.asked("key-24"))["Status"]


def test_table_that_would_have_more_than_fifty_tags_is_refused(
    remediation: Callable[[str], Any], table: Tagged
) -> None:
    table.tag(**{f"key-{number:02}": "x" for number in range(49)})
    output = remediation(RUNBOOK)(**table.asked("CostCenter", "Owner"))

    expected = "the table has 49 tags; with CostCenter, Owner it would exceed 50"
    assert ("Refused", expected, 49) == (output["Status"], output["Message"], len(table.tags()))


def test_undo_does_not_remove_a_value_that_somebody_has_filled_in(
    remediation: Callable[[str], Any], table: Tagged
) -> None:
    run = remediation(RUNBOOK)
    applied = run(**table.asked("Owner"))
    table.untag("Owner")
    table.tag(Owner="ann")
    output = run("Undo", applied, **table.asked("Owner"))

    assert ("Refused", {"Owner": "ann"}) == (output["Status"], table.tags())


def test_table_that_is_gone_is_no_change(remediation: Callable[[str], Any], table: Tagged) -> None:
    table.dynamodb.delete_table(TableName="orders")
    output = remediation(RUNBOOK)(**table.asked())

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
