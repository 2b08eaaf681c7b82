"""ConfigureDynamoDBAutoScaling: a table's capacity follows demand, and is never cut by the remediation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto.dynamodb.models.table import Table

from asr_templates.simulator.aws.gaps import application_autoscaling

RUNBOOK = "ConfigureDynamoDBAutoScaling"
READ = "dynamodb:table:ReadCapacityUnits"
NOTHING: dict[str, Any] = {
    "minProvisionedReadCapacity": 0,
    "minProvisionedWriteCapacity": 0,
    "targetReadUtilization": 0,
    "targetWriteUtilization": 0,
    "MaximumFactor": 2,
    "DefaultUtilization": 70,
}
"""What the control asks for without parameters of the customer's own, and our own choices."""


class Scaled:
    """A table and how it scales."""

    def __init__(self) -> None:
        self.dynamodb = boto3.client("dynamodb")
        self.scaling = boto3.client("application-autoscaling")
        self.where = {"ServiceNamespace": "dynamodb", "ResourceId": "table/orders"}

    def create(self, read: int = 100, write: int = 20) -> dict[str, Any]:
        """Make the table and return the runbook's parameters for it."""
        self.dynamodb.create_table(
            TableName="orders",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            ProvisionedThroughput={"ReadCapacityUnits": read, "WriteCapacityUnits": write},
        )
        return {"TableId": "orders", **NOTHING}

    def bound(self, low: int, high: int, dimension: str = READ) -> None:
        self.scaling.register_scalable_target(
            **self.where, ScalableDimension=dimension, MinCapacity=low, MaxCapacity=high
        )

    def follow(self, percent: float, dimension: str = READ) -> None:
        self.scaling.put_scaling_policy(
            **self.where,
            ScalableDimension=dimension,
            PolicyName="own",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": percent,
                "ScaleInCooldown": 300,
                "PredefinedMetricSpecification": {"PredefinedMetricType": "DynamoDBReadCapacityUtilization"},
            },
        )

    def units(self) -> tuple[int, int]:
        found = self.dynamodb.describe_table(TableName="orders")["Table"]["ProvisionedThroughput"]
        return found["ReadCapacityUnits"], found["WriteCapacityUnits"]

    def bounds(self) -> dict[str, tuple[int, int]]:
        """Kind of capacity -> lower and upper bound."""
        targets = self.scaling.describe_scalable_targets(ServiceNamespace="dynamodb")["ScalableTargets"]
        return {kind(each): (each["MinCapacity"], each["MaxCapacity"]) for each in targets}

    def policies(self) -> list[tuple[Any, ...]]:
        """Kind of capacity, name, target and cooldown of each policy."""
        found = self.scaling.describe_scaling_policies(ServiceNamespace="dynamodb")["ScalingPolicies"]
        settings = [(each, each["TargetTrackingScalingPolicyConfiguration"]) for each in found]
        return sorted(
            (kind(each), each["PolicyName"], own["TargetValue"], own.get("ScaleInCooldown")) for each, own in settings
        )

    def describe(self) -> Any:
        return self.units(), self.bounds(), self.policies()


def kind(each: Any) -> str:
    return str(each["ScalableDimension"].split(":")[2].removesuffix("CapacityUnits"))


@pytest.fixture
def table(account: str) -> Iterator[Scaled]:
    with application_autoscaling.installed():
        yield Scaled()


def test_busy_table_scales_from_its_present_capacity_on(prove: Callable[..., Any], table: Scaled) -> None:
    given = table.create(read=100, write=20)
    prove(RUNBOOK, table.describe, drift=lambda: table.bound(100, 500), **given)

    assert {"Read": (100, 500), "Write": (20, 40)} == table.bounds()
    assert [("Read", 70.0), ("Write", 70.0)] == [(each[0], each[2]) for each in table.policies()]
    assert (100, 20) == table.units()


def test_parameters_of_the_customer_are_honoured(remediation: Callable[[str], Any], table: Scaled) -> None:
    """Reads and writes have each their own values."""
    asked = {
        "minProvisionedReadCapacity": 5,
        "minProvisionedWriteCapacity": 50,
        "targetReadUtilization": 60,
        "targetWriteUtilization": 80,
    }
    remediation(RUNBOOK)(**{**table.create(read=100, write=20), **asked})

    assert {"Read": (100, 200), "Write": (50, 100)} == table.bounds()
    assert [("Read", 60.0), ("Write", 80.0)] == [(each[0], each[2]) for each in table.policies()]
    assert (100, 50) == table.units()


def test_scaling_that_is_there_stays_and_only_the_other_dimension_is_set_up(
    prove: Callable[..., Any], table: Scaled
) -> None:
    given = table.create()
    table.bound(1, 4000)
    table.follow(50.0)
    applied = prove(RUNBOOK, table.describe, **given)

    assert {"Read": (1, 4000)} == table.bounds()
    assert ["WriteCapacityUnits"] * 2 == [
        change["parameters"]["ScalableDimension"].split(":")[2] for change in applied["Changes"]
    ]


def test_bounds_without_a_policy_get_one_and_stay(remediation: Callable[[str], Any], table: Scaled) -> None:
    given = table.create()
    table.bound(7, 300)
    remediation(RUNBOOK)(**given)

    assert (7, 300) == table.bounds()["Read"]
    assert ["ASR-DynamoDBReadCapacityUtilization"] == [each[1] for each in table.policies() if each[0] == "Read"]


def test_lower_bound_and_target_are_brought_to_what_the_customer_asks_for_and_back(
    prove: Callable[..., Any], table: Scaled
) -> None:
    given = {**table.create(), "minProvisionedReadCapacity": 10, "targetReadUtilization": 60}
    table.bound(1, 5)
    table.follow(90.0)
    table.dynamodb.update_table(
        TableName="orders", ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 20}
    )

    def describe() -> Any:
        """Without the capacity: where the table stands between its bounds is the demand's."""
        return table.bounds(), table.policies()

    applied = prove(RUNBOOK, describe, **given)
    assert {"MinCapacity": 10, "MaxCapacity": 10} == applied["After"]["Read"]["Bounds"]
    assert [("Read", "own", 90.0, 300)] == table.policies()


def test_higher_lower_bound_of_the_customer_stays(remediation: Callable[[str], Any], table: Scaled) -> None:
    given = {**table.create(), "minProvisionedReadCapacity": 10}
    table.bound(20, 400)
    remediation(RUNBOOK)(**given)

    assert (20, 400) == table.bounds()["Read"]


@pytest.mark.parametrize(("units", "expected"), [(30000, 40000), (50000, 50000)])
def test_upper_bound_keeps_to_the_quota_of_a_table_but_never_below_its_capacity(
    remediation: Callable[[str], Any], table: Scaled, units: int, expected: int
) -> None:
    remediation(RUNBOOK)(**table.create(read=units))

    assert (units, expected) == table.bounds()["Read"]


def test_table_that_pays_per_request_is_left_alone(remediation: Callable[[str], Any], table: Scaled) -> None:
    given = table.create()
    table.dynamodb.update_table(TableName="orders", BillingMode="PAY_PER_REQUEST")

    assert "NoChange" == remediation(RUNBOOK)(**given)["Status"]


def test_replica_of_a_global_table_is_refused(
    remediation: Callable[[str], Any], table: Scaled, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = table.create()
    describe = Table.describe

    def described(self: Table, base_key: str = "TableDescription") -> Any:
        shown = describe(self, base_key)
        return {base_key: {**shown[base_key], "Replicas": [{"RegionName": "eu-west-1"}]}}

    monkeypatch.setattr(Table, "describe", described)
    output = remediation(RUNBOOK)(**given)

    expected = "a replica of a global table: its replicas must be given auto scaling together"
    assert ("Refused", expected, {}) == (output["Status"], output["Message"], table.bounds())


def test_table_that_is_gone_is_no_change(remediation: Callable[[str], Any], table: Scaled) -> None:
    output = remediation(RUNBOOK)(TableId="gone", **NOTHING)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
