"""The tables. History and configuration outlive the stack: they say what was changed and what must not be touched.

Whoever launches the stack again after its deletion imports them, or deletes them first. What a launch that fails has
made is deleted again (RetainExceptOnCreate), so that the next one can succeed.
"""

from collections.abc import Sequence

from troposphere import Template, dynamodb

from asr_templates.names import Names
from asr_templates.stacks.orchestrator.key import table_encryption

CONFIGURATION = "ConfigurationTable"
HISTORY = "HistoryTable"
SLOTS = "SlotsTable"
RESOURCE_INDEX = "ByResource"
EXPIRES = "Expires"
LASTING = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
PASSING = {"DeletionPolicy": "Delete", "UpdateReplacePolicy": "Delete"}


def add_tables(template: Template, names: Names) -> None:
    """Add the three tables; the attributes of their rows are described in lambdas/."""
    configuration = table(template, CONFIGURATION, names.table("Configuration"), ["Subject", "Control"], LASTING)
    history = table(template, HISTORY, names.table("History"), ["Execution"], LASTING)
    history.AttributeDefinitions = [attribute(name) for name in ("Execution", "Resource", "Ended")]
    history.GlobalSecondaryIndexes = [
        dynamodb.GlobalSecondaryIndex(
            IndexName=RESOURCE_INDEX,
            KeySchema=key_schema(["Resource", "Ended"]),
            Projection=dynamodb.Projection(ProjectionType="ALL"),
        )
    ]
    for lasting in (configuration, history):
        lasting.TimeToLiveSpecification = dynamodb.TimeToLiveSpecification(AttributeName=EXPIRES, Enabled=True)
        lasting.PointInTimeRecoverySpecification = dynamodb.PointInTimeRecoverySpecification(
            PointInTimeRecoveryEnabled=True
        )
    for each in (configuration, history, table(template, SLOTS, names.table("Slots"), ["Target", "Item"], PASSING)):
        template.add_resource(each)


def table(
    template: Template, logical_id: str, name: str, key: Sequence[str], policies: dict[str, str]
) -> dynamodb.Table:
    """Return a table paid per request whose key has one or two texts."""
    return dynamodb.Table(
        logical_id,
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[attribute(attribute_name) for attribute_name in key],
        KeySchema=key_schema(key),
        SSESpecification=table_encryption(template),
        **policies,
    )


def attribute(name: str) -> dynamodb.AttributeDefinition:
    """Return the definition of a text that is part of a key."""
    return dynamodb.AttributeDefinition(AttributeName=name, AttributeType="S")


def key_schema(names: Sequence[str]) -> list[dynamodb.KeySchema]:
    """Return the schema of a key: partition, and sort if there is one."""
    return [
        dynamodb.KeySchema(AttributeName=name, KeyType=kind)
        for name, kind in zip(names, ("HASH", "RANGE"), strict=False)
    ]
