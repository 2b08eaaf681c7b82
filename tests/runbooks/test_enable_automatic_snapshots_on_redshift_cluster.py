"""EnableAutomaticSnapshotsOnRedshiftCluster: automated snapshots are kept for long enough."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from moto.redshift.models import redshift_backends

RUNBOOK = "EnableAutomaticSnapshotsOnRedshiftCluster"


class Cluster:
    """A Redshift cluster."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.redshift = boto3.client("redshift")

    def create(self, **settings: Any) -> None:
        self.redshift.create_cluster(
            ClusterIdentifier="sales",
            NodeType="ra3.large",
            MasterUsername="admin",
            MasterUserPassword="Not-a-secret-1",
            **settings,
        )

    def modify(self, **settings: Any) -> None:
        self.redshift.modify_cluster(ClusterIdentifier="sales", **settings)

    def describe(self) -> Any:
        return self.redshift.describe_clusters(ClusterIdentifier="sales")["Clusters"][0]

    def is_now(self, status: str) -> None:
        """Put the cluster into a state that no call of moto's leads to."""
        redshift_backends[self.account]["us-east-1"].clusters["sales"].status = status


@pytest.fixture
def cluster(account: str) -> Cluster:
    return Cluster(account)


@pytest.mark.parametrize(("days", "asked"), [(1, 7), (6, 7), (7, 35)])
def test_shorter_period_is_extended(prove: Callable[..., Any], cluster: Cluster, days: int, asked: int) -> None:
    cluster.create(AutomatedSnapshotRetentionPeriod=days)
    applied = prove(
        RUNBOOK,
        cluster.describe,
        drift=lambda: cluster.modify(AutomatedSnapshotRetentionPeriod=30),
        ClusterIdentifier="sales",
        MinRetentionPeriod=asked,
    )

    kept = [applied[key]["AutomatedSnapshotRetentionPeriod"] for key in ("Before", "After")]
    assert [days, asked] == kept


def test_snapshots_that_are_switched_off_are_switched_on(prove: Callable[..., Any], cluster: Cluster) -> None:
    cluster.create()
    cluster.modify(AutomatedSnapshotRetentionPeriod=0)

    prove(RUNBOOK, cluster.describe, ClusterIdentifier="sales", MinRetentionPeriod=7)


@pytest.mark.parametrize("days", [7, 8, 35])
def test_period_that_is_long_enough_stays(remediation: Callable[[str], Any], cluster: Cluster, days: int) -> None:
    cluster.create(AutomatedSnapshotRetentionPeriod=days)
    output = remediation(RUNBOOK)(ClusterIdentifier="sales", MinRetentionPeriod=7)

    assert ("NoChange", days) == (output["Status"], cluster.describe()["AutomatedSnapshotRetentionPeriod"])


@pytest.mark.parametrize("status", ["paused", "resizing", "available, prep-for-resize", "hardware-failure"])
def test_cluster_that_is_not_available_is_refused(
    remediation: Callable[[str], Any], cluster: Cluster, status: str
) -> None:
    cluster.create(AutomatedSnapshotRetentionPeriod=1)
    cluster.is_now(status)
    output = remediation(RUNBOOK)(ClusterIdentifier="sales", MinRetentionPeriod=7)

    expected = ("Refused", f"the cluster is {status}, not available", [])
    assert expected == (output["Status"], output["Message"], output["Changes"])


def test_cluster_that_is_gone_is_no_change(remediation: Callable[[str], Any], cluster: Cluster) -> None:
    output = remediation(RUNBOOK)(ClusterIdentifier="sales", MinRetentionPeriod=7)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])


def test_cluster_that_is_still_being_modified_is_waited_for(
    remediation: Callable[[str], Any], cluster: Cluster
) -> None:
    cluster.create(AutomatedSnapshotRetentionPeriod=1)
    cluster.is_now("modifying")
    output = remediation(RUNBOOK)(ClusterIdentifier="sales", MinRetentionPeriod=7)

    assert ("Failed", True, []) == (output["Status"], output["TimedOut"], output["Changes"])
    assert output["Message"].startswith("timed out: ")
