"""EnableAutomaticVersionUpgradeOnRedshiftCluster: a cluster takes upgrades in its maintenance window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from moto.redshift.models import redshift_backends

RUNBOOK = "EnableAutomaticVersionUpgradeOnRedshiftCluster"


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


def test_cluster_takes_upgrades(prove: Callable[..., Any], cluster: Cluster) -> None:
    cluster.create(AllowVersionUpgrade=False, PreferredMaintenanceWindow="sun:05:00-sun:05:30")
    prove(
        RUNBOOK,
        cluster.describe,
        drift=lambda: cluster.modify(AllowVersionUpgrade=False),
        ClusterIdentifier="sales",
    )

    assert "sun:05:00-sun:05:30" == cluster.describe()["PreferredMaintenanceWindow"]


def test_cluster_that_takes_them_is_left_alone(remediation: Callable[[str], Any], cluster: Cluster) -> None:
    cluster.create(AllowVersionUpgrade=True)

    assert "NoChange" == remediation(RUNBOOK)(ClusterIdentifier="sales")["Status"]


@pytest.mark.parametrize("status", ["paused", "resizing", "available, prep-for-resize", "hardware-failure"])
def test_cluster_that_is_not_available_is_refused(
    remediation: Callable[[str], Any], cluster: Cluster, status: str
) -> None:
    cluster.create(AllowVersionUpgrade=False)
    cluster.is_now(status)
    output = remediation(RUNBOOK)(ClusterIdentifier="sales")

    expected = ("Refused", f"the cluster is {status}, not available", [])
    assert expected == (output["Status"], output["Message"], output["Changes"])


def test_cluster_that_is_gone_is_no_change(remediation: Callable[[str], Any], cluster: Cluster) -> None:
    output = remediation(RUNBOOK)(ClusterIdentifier="sales")

    assert ("NoChange", "gone") == (output["Status"], output["Message"])


def test_cluster_that_is_still_being_modified_is_waited_for(
    remediation: Callable[[str], Any], cluster: Cluster
) -> None:
    cluster.create(AllowVersionUpgrade=False)
    cluster.is_now("modifying")
    output = remediation(RUNBOOK)(ClusterIdentifier="sales")

    assert ("Failed", True, []) == (output["Status"], output["TimedOut"], output["Changes"])
    assert output["Message"].startswith("timed out: ")
