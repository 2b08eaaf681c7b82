"""EnableRDSInstanceDeletionProtection: nobody deletes the instance by mistake."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

RUNBOOK = "EnableRDSInstanceDeletionProtection"


def test_instance_is_protected_and_nothing_else_is_set_off(prove: Callable[..., Any], databases: Any) -> None:
    arn = databases.instance()
    applied = prove(
        RUNBOOK, databases.describe, drift=lambda: databases.modify(DeletionProtection=False), RDSInstanceARN=arn
    )

    expected = {"DBInstanceIdentifier": "orders", "DeletionProtection": True}
    assert [expected] == [change["parameters"] for change in applied["Changes"]]


def test_protected_instance_is_left_alone_whatever_its_state(remediation: Callable[[str], Any], databases: Any) -> None:
    arn = databases.instance(DeletionProtection=True)
    databases.is_now(status="stopped")

    assert "NoChange" == remediation(RUNBOOK)(RDSInstanceARN=arn)["Status"]


@pytest.mark.usefixtures("account")
def test_instance_that_is_gone_is_no_change(remediation: Callable[[str], Any]) -> None:
    output = remediation(RUNBOOK)(RDSInstanceARN="arn:aws:rds:us-east-1:123456789012:db:gone")

    assert ("NoChange", "gone") == (output["Status"], output["Message"])


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"status": "stopped"}, "the instance is stopped, not available"),
        ({"db_cluster_identifier": "fleet"}, "a member of cluster fleet: protect the cluster (RDS.7)"),
    ],
)
def test_instance_that_cannot_be_protected_is_refused_with_the_reason(
    remediation: Callable[[str], Any], databases: Any, attributes: dict[str, str], expected: str
) -> None:
    arn = databases.instance()
    databases.is_now(**attributes)
    output = remediation(RUNBOOK)(RDSInstanceARN=arn)

    assert ("Refused", expected, []) == (output["Status"], output["Message"], output["Changes"])


def test_instance_whose_storage_is_being_optimized_is_protected(
    remediation: Callable[[str], Any], databases: Any
) -> None:
    arn = databases.instance()
    databases.is_now(status="storage-optimization")

    assert "Success" == remediation(RUNBOOK)(RDSInstanceARN=arn)["Status"]
