"""Broken resources of Amazon DynamoDB."""

import uuid
from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario

READ_UNITS, WRITE_UNITS = 40, 12


def table(place: Place) -> str:
    """A busy table of fixed capacity, without tags and without protection; it has an index."""
    made = place.client("dynamodb").create_table(
        TableName=f"Orders_{uuid.uuid4().hex[:8]}.v-1",
        AttributeDefinitions=[
            {"AttributeName": "customer", "AttributeType": "S"},
            {"AttributeName": "day", "AttributeType": "S"},
        ],
        KeySchema=[{"AttributeName": "customer", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-day",
                "KeySchema": [{"AttributeName": "day", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
                "ProvisionedThroughput": {"ReadCapacityUnits": 3, "WriteCapacityUnits": 3},
            }
        ],
        ProvisionedThroughput={"ReadCapacityUnits": READ_UNITS, "WriteCapacityUnits": WRITE_UNITS},
    )
    return str(made["TableDescription"]["TableArn"])


def table_name(resource_id: str) -> str:
    """Return the name in a table's ARN."""
    return resource_id.rsplit("/", 1)[1]


def described(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the whole table with its tags and its scaling."""
    dynamodb = place.client("dynamodb")
    return {
        "Table": dynamodb.describe_table(TableName=table_name(resource_id))["Table"],
        "Tags": tags(place, resource_id),
        "Scaling": scaling(place, resource_id),
    }


def scaling(place: Place, resource_id: str) -> dict[str, list[dict[str, Any]]]:
    """Return the bounds and the policies of all of the table's dimensions, without what AWS gives them anew."""
    client = place.client("application-autoscaling")
    of_table = {"ServiceNamespace": "dynamodb", "ResourceId": f"table/{table_name(resource_id)}"}
    targets = client.describe_scalable_targets(ServiceNamespace="dynamodb", ResourceIds=[of_table["ResourceId"]])
    found = {
        "Targets": targets["ScalableTargets"],
        "Policies": client.describe_scaling_policies(**of_table)["ScalingPolicies"],
    }
    given = ("Alarms", "CreationTime", "PolicyARN", "ScalableTargetARN")
    return {
        kind: [{name: each[name] for name in each if name not in given} for each in items]
        for kind, items in found.items()
    }


def is_protected(place: Place, resource_id: str) -> bool:
    """The table cannot be deleted."""
    dynamodb = place.client("dynamodb")
    return bool(dynamodb.describe_table(TableName=table_name(resource_id))["Table"]["DeletionProtectionEnabled"])


def unprotect(place: Place, resource_id: str) -> None:
    """Someone switches the protection off again."""
    place.client("dynamodb").update_table(TableName=table_name(resource_id), DeletionProtectionEnabled=False)


def tags(place: Place, resource_id: str) -> dict[str, str]:
    """Return the table's tags."""
    pages = place.client("dynamodb").get_paginator("list_tags_of_resource").paginate(ResourceArn=resource_id)
    return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}


def is_tagged(place: Place, resource_id: str) -> bool:
    """The table has a tag, as the control asks where the customer has named no keys."""
    return bool(tags(place, resource_id))


def tag(place: Place, resource_id: str) -> None:
    """Someone adds a tag."""
    place.client("dynamodb").tag_resource(ResourceArn=resource_id, Tags=[{"Key": "team", "Value": "sales"}])


def scales(place: Place, resource_id: str) -> bool:
    """Both dimensions follow their utilization, and the table has no fewer units than before."""
    found = scaling(place, resource_id)
    policies = [(policy["ScalableDimension"], policy["PolicyType"]) for policy in found["Policies"]]
    units = place.client("dynamodb").describe_table(TableName=table_name(resource_id))["Table"]["ProvisionedThroughput"]
    followed = [(f"dynamodb:table:{kind}CapacityUnits", "TargetTrackingScaling") for kind in ("Read", "Write")]
    bounds = sorted(target["MinCapacity"] for target in found["Targets"])
    kept = (units["ReadCapacityUnits"], units["WriteCapacityUnits"]) == (READ_UNITS, WRITE_UNITS)
    return sorted(policies) == followed and bounds == [WRITE_UNITS, READ_UNITS] and kept


def raise_the_limit(place: Place, resource_id: str) -> None:
    """Someone lets the table grow further."""
    place.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="dynamodb",
        ResourceId=f"table/{table_name(resource_id)}",
        ScalableDimension="dynamodb:table:ReadCapacityUnits",
        MaxCapacity=1000,
    )


SCENARIOS = {
    "DynamoDB.1": Scenario(table, scales, described, raise_the_limit),
    "DynamoDB.5": Scenario(table, is_tagged, described, tag),
    "DynamoDB.6": Scenario(table, is_protected, described, unprotect),
}
