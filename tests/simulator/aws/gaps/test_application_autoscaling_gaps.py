"""Scalable targets have bounds, and tables lie within them."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

ACCOUNT = "111111111111"
READ = {
    "ServiceNamespace": "dynamodb",
    "ResourceId": "table/orders",
    "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
}
POLICY = {
    **READ,
    "PolicyName": "utilization",
    "PolicyType": "TargetTrackingScaling",
    "TargetTrackingScalingPolicyConfiguration": {
        "TargetValue": 70.0,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "DynamoDBReadCapacityUtilization"},
    },
}


@pytest.fixture
def dynamodb(environment: Any) -> Any:
    client = environment.session(ACCOUNT).client("dynamodb", region_name="eu-west-1")
    client.create_table(
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        ProvisionedThroughput={"ReadCapacityUnits": 100, "WriteCapacityUnits": 100},
    )
    return client


@pytest.fixture
def scaling(dynamodb: Any, environment: Any) -> Any:
    return environment.session(ACCOUNT).client("application-autoscaling", region_name="eu-west-1")


def units(dynamodb: Any) -> tuple[int, int]:
    found = dynamodb.describe_table(TableName="orders")["Table"]["ProvisionedThroughput"]
    return found["ReadCapacityUnits"], found["WriteCapacityUnits"]


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(5, 10, 10), (200, 400, 200), (50, 150, 100)], ids=["cut", "raised", "within"]
)
def test_table_is_brought_within_its_bounds(dynamodb: Any, scaling: Any, low: int, high: int, expected: int) -> None:
    scaling.register_scalable_target(**READ, MinCapacity=low, MaxCapacity=high)

    assert (expected, 100) == units(dynamodb)


def test_target_is_scaled_by_the_role_of_the_service(scaling: Any) -> None:
    scaling.register_scalable_target(**READ, MinCapacity=1, MaxCapacity=100)
    [target] = scaling.describe_scalable_targets(ServiceNamespace="dynamodb")["ScalableTargets"]

    assert target["RoleARN"].endswith("/AWSServiceRoleForApplicationAutoScaling_DynamoDBTable")


def test_new_target_needs_both_bounds_and_an_old_one_keeps_the_other(scaling: Any) -> None:
    with pytest.raises(ClientError, match=r"ValidationException.*both MinCapacity and MaxCapacity"):
        scaling.register_scalable_target(**READ, MaxCapacity=100)

    scaling.register_scalable_target(**READ, MinCapacity=1, MaxCapacity=100)
    scaling.register_scalable_target(**READ, MaxCapacity=200)
    [target] = scaling.describe_scalable_targets(ServiceNamespace="dynamodb")["ScalableTargets"]

    assert (1, 200) == (target["MinCapacity"], target["MaxCapacity"])


def test_bounds_that_cross_are_refused(scaling: Any) -> None:
    with pytest.raises(ClientError, match=r"ValidationException.*less than minimum"):
        scaling.register_scalable_target(**READ, MinCapacity=10, MaxCapacity=5)


def test_table_that_is_gone_is_refused(scaling: Any) -> None:
    with pytest.raises(ClientError, match=r"ValidationException.*does not exist"):
        scaling.register_scalable_target(**{**READ, "ResourceId": "table/gone"}, MinCapacity=1, MaxCapacity=5)


def test_policy_needs_a_target(scaling: Any) -> None:
    with pytest.raises(ClientError, match="ObjectNotFoundException"):
        scaling.put_scaling_policy(**POLICY)


def test_target_takes_its_policies_along(scaling: Any) -> None:
    scaling.register_scalable_target(**READ, MinCapacity=1, MaxCapacity=100)
    scaling.put_scaling_policy(**POLICY)
    scaling.deregister_scalable_target(**READ)

    assert [] == scaling.describe_scaling_policies(ServiceNamespace="dynamodb")["ScalingPolicies"]
