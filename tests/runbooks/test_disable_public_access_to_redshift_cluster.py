"""DisablePublicAccessToRedshiftCluster: a cluster cannot be reached from outside of its VPC."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto.redshift.models import redshift_backends

from asr_templates.embedded.runner import run
from asr_templates.loading import OWN_RUNBOOKS, package_folder

RUNBOOK = "DisablePublicAccessToRedshiftCluster"


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


def test_public_cluster_becomes_private(prove: Callable[..., Any], cluster: Cluster) -> None:
    cluster.create(PubliclyAccessible=True)
    prove(RUNBOOK, cluster.describe, drift=lambda: cluster.modify(PubliclyAccessible=True), ClusterIdentifier="sales")


def test_private_cluster_is_left_alone(remediation: Callable[[str], Any], cluster: Cluster) -> None:
    cluster.create(PubliclyAccessible=False)

    assert "NoChange" == remediation(RUNBOOK)(ClusterIdentifier="sales")["Status"]


@pytest.mark.parametrize("address", ["198.51.100.7", None])
def test_undo_gives_an_elastic_address_back(address: str | None) -> None:
    """Moto knows no Elastic IPs of clusters: what DescribeClusters says of one is given to the plan."""
    known = {"ElasticIpStatus": {"ElasticIp": address, "Status": "active"}} if address else {}
    shown = {"ClusterStatus": "available", "PubliclyAccessible": True, "PendingModifiedValues": {}, **known}
    redshift = SimpleNamespace(describe_clusters=lambda ClusterIdentifier: {"Clusters": [shown]})
    plan = runpy.run_path(str(package_folder(OWN_RUNBOOKS) / f"{RUNBOOK}.py"))["plan"]

    output = run(plan, {"Mode": "Preview", "ClusterIdentifier": "sales"}, lambda service: redshift)

    given = {"ElasticIp": address} if address else {}
    expected = {"ClusterIdentifier": "sales", "PubliclyAccessible": True, **given}
    assert [expected] == [change["undo"]["parameters"] for change in output["Changes"]]


@pytest.mark.parametrize("status", ["paused", "resizing", "available, prep-for-resize", "hardware-failure"])
def test_cluster_that_is_not_available_is_refused(
    remediation: Callable[[str], Any], cluster: Cluster, status: str
) -> None:
    cluster.create(PubliclyAccessible=True)
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
    cluster.create(PubliclyAccessible=True)
    cluster.is_now("modifying")
    output = remediation(RUNBOOK)(ClusterIdentifier="sales")

    assert ("Failed", True, []) == (output["Status"], output["TimedOut"], output["Changes"])
    assert output["Message"].startswith("timed out: ")
