"""DynamoDB: tables."""

from collections.abc import Mapping
from typing import Any

from asr_templates.simulator.aws.cloudformation.creation import Creation
from asr_templates.simulator.aws.cloudformation.resources.handler import Handler, Properties, given, handler
from asr_templates.simulator.aws.cloudformation.stack import Created


def _create_table(creation: Creation, properties: Properties) -> Created:
    dynamodb = creation.clients("dynamodb")
    name = properties.get("TableName") or creation.generated_name(255)
    names = (
        "AttributeDefinitions KeySchema BillingMode ProvisionedThroughput GlobalSecondaryIndexes LocalSecondaryIndexes "
        "DeletionProtectionEnabled TableClass Tags"
    )
    table = dynamodb.create_table(TableName=name, **given(properties, names), **_nested_settings(properties))
    if "TimeToLiveSpecification" in properties:
        dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=properties["TimeToLiveSpecification"])
    if "PointInTimeRecoverySpecification" in properties:
        dynamodb.update_continuous_backups(
            TableName=name, PointInTimeRecoverySpecification=properties["PointInTimeRecoverySpecification"]
        )
    description = table["TableDescription"]
    stream = {"StreamArn": description["LatestStreamArn"]} if "LatestStreamArn" in description else {}
    return Created(name, {"Arn": description["TableArn"], **stream})


def _nested_settings(properties: Properties) -> dict[str, Any]:
    """Give the settings that CloudFormation spells differently from the API."""
    settings: dict[str, Any] = {}
    if "SSESpecification" in properties:
        encryption = properties["SSESpecification"]
        settings["SSESpecification"] = given(encryption, "SSEType KMSMasterKeyId", SSEEnabled="Enabled")
    if "StreamSpecification" in properties:
        view = given(properties["StreamSpecification"], "StreamViewType")
        settings["StreamSpecification"] = {"StreamEnabled": True, **view}
    return settings


HANDLERS: Mapping[str, Handler] = {
    "AWS::DynamoDB::Table": handler(
        _create_table,
        "TableName AttributeDefinitions KeySchema BillingMode ProvisionedThroughput DeletionProtectionEnabled "
        "TableClass Tags GlobalSecondaryIndexes.IndexName GlobalSecondaryIndexes.KeySchema "
        "GlobalSecondaryIndexes.Projection GlobalSecondaryIndexes.ProvisionedThroughput LocalSecondaryIndexes "
        "TimeToLiveSpecification PointInTimeRecoverySpecification SSESpecification StreamSpecification.StreamViewType",
    )
}
