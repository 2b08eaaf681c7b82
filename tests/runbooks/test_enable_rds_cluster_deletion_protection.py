"""EnableRDSClusterDeletionProtection: nobody deletes the cluster by mistake."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

RUNBOOK = "EnableRDSClusterDeletionProtection"


def test_cluster_is_protected_and_nothing_else_is_set_off(prove: Callable[..., Any], databases: Any) -> None:
    arn = databases.cluster()
    applied = prove(
        RUNBOOK,
        databases.describe_cluster,
        drift=lambda: databases.modify_cluster(DeletionProtection=False),
        RDSClusterARN=arn,
    )

    expected = {"DBClusterIdentifier": "orders", "DeletionProtection": True}
    assert [expected] == [change["parameters"] for change in applied["Changes"]]


@pytest.mark.usefixtures("account")
def test_cluster_that_is_gone_is_no_change(remediation: Callable[[str], Any]) -> None:
    output = remediation(RUNBOOK)(RDSClusterARN="arn:aws:rds:us-east-1:123456789012:cluster:gone")

    assert ("NoChange", "gone") == (output["Status"], output["Message"])


def test_stopped_cluster_is_refused_unless_it_is_protected_already(
    remediation: Callable[[str], Any], databases: Any
) -> None:
    arn = databases.cluster()
    databases.rds.stop_db_cluster(DBClusterIdentifier="orders")
    refused = remediation(RUNBOOK)(RDSClusterARN=arn)
    databases.modify_cluster(DeletionProtection=True)
    databases.rds.stop_db_cluster(DBClusterIdentifier="orders")
    again = remediation(RUNBOOK)(RDSClusterARN=arn)

    assert ("Refused", "the cluster is stopped, not available") == (refused["Status"], refused["Message"])
    assert "NoChange" == again["Status"]
