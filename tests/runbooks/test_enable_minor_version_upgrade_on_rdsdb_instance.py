"""EnableMinorVersionUpgradeOnRDSDBInstance: new minor versions come in the maintenance window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

RUNBOOK = "EnableMinorVersionUpgradeOnRDSDBInstance"
OFF = {"AutoMinorVersionUpgrade": False}


def test_instance_upgrades_itself_and_nothing_else_is_set_off(prove: Callable[..., Any], databases: Any) -> None:
    arn = databases.instance(**OFF)
    applied = prove(RUNBOOK, databases.describe, drift=lambda: databases.modify(**OFF), RDSInstanceARN=arn)

    expected = {"DBInstanceIdentifier": "orders", "AutoMinorVersionUpgrade": True}
    assert [expected] == [change["parameters"] for change in applied["Changes"]]


def test_member_of_a_multi_az_cluster_is_upgraded_through_its_cluster(
    prove: Callable[..., Any], databases: Any
) -> None:
    databases.cluster(Engine="postgres", **OFF)
    arn = databases.instance(Engine="postgres", DBClusterIdentifier="orders", **OFF)
    applied = prove(
        RUNBOOK, databases.describe_cluster, drift=lambda: databases.modify_cluster(**OFF), RDSInstanceARN=arn
    )

    assert ["modify_db_cluster"] == [change["operation"] for change in applied["Changes"]]


def test_member_of_an_aurora_cluster_is_upgraded_itself(prove: Callable[..., Any], databases: Any) -> None:
    databases.cluster()
    arn = databases.instance(Engine="aurora-postgresql", DBClusterIdentifier="orders", **OFF)
    applied = prove(RUNBOOK, databases.describe, RDSInstanceARN=arn)

    assert ["modify_db_instance"] == [change["operation"] for change in applied["Changes"]]


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"status": "stopped"}, "the instance is stopped, not available"),
        ({"engine": "custom-oracle-ee"}, "custom-oracle-ee takes no automatic upgrades"),
    ],
)
def test_instance_that_cannot_upgrade_itself_is_refused_with_the_reason(
    remediation: Callable[[str], Any], databases: Any, attributes: dict[str, str], expected: str
) -> None:
    arn = databases.instance(**OFF)
    databases.is_now(**attributes)
    output = remediation(RUNBOOK)(RDSInstanceARN=arn)

    assert ("Refused", expected, []) == (output["Status"], output["Message"], output["Changes"])


@pytest.mark.usefixtures("account")
def test_instance_that_is_gone_is_no_change(remediation: Callable[[str], Any]) -> None:
    output = remediation(RUNBOOK)(RDSInstanceARN="arn:aws:rds:us-east-1:123456789012:db:gone")

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
