"""EnableRedshiftClusterAuditLogging: a cluster writes an audit log; a destination of its own stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto.redshift.models import redshift_backends

from asr_templates.simulator.aws.gaps import redshift

RUNBOOK = "EnableRedshiftClusterAuditLogging"


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

    def logs(self) -> Any:
        status = self.redshift.describe_logging_status(ClusterIdentifier="sales")
        return {name: value for name, value in status.items() if name != "ResponseMetadata"}

    def stop_logging(self) -> None:
        self.redshift.disable_logging(ClusterIdentifier="sales")

    def is_now(self, status: str) -> None:
        """Put the cluster into a state that no call of moto's leads to."""
        redshift_backends[self.account]["us-east-1"].clusters["sales"].status = status


@pytest.fixture
def cluster(account: str) -> Iterator[Cluster]:
    with redshift.installed():
        yield Cluster(account)


def test_cluster_logs_to_cloudwatch(prove: Callable[..., Any], cluster: Cluster) -> None:
    cluster.create()
    applied = prove(RUNBOOK, cluster.logs, drift=cluster.stop_logging, ClusterIdentifier="sales")

    assert {"Logging": None} == applied["Before"]
    assert "cloudwatch" == applied["After"]["Logging"]["LogDestinationType"]
    assert {"connectionlog", "useractivitylog", "userlog"} == set(applied["After"]["Logging"]["LogExports"])


def test_log_bucket_stays(remediation: Callable[[str], Any], cluster: Cluster) -> None:
    cluster.create()
    cluster.redshift.enable_logging(ClusterIdentifier="sales", BucketName="audit", S3KeyPrefix="sales/")
    before = cluster.logs()
    output = remediation(RUNBOOK)(ClusterIdentifier="sales")

    assert ("NoChange", before) == (output["Status"], cluster.logs())


def test_undo_does_not_touch_a_destination_that_was_chosen_since(
    remediation: Callable[[str], Any], cluster: Cluster
) -> None:
    cluster.create()
    run = remediation(RUNBOOK)
    applied = run(ClusterIdentifier="sales")
    cluster.redshift.enable_logging(ClusterIdentifier="sales", BucketName="audit")
    chosen = cluster.logs()
    output = run("Undo", applied, ClusterIdentifier="sales")

    assert ("Refused", chosen) == (output["Status"], cluster.logs())


@pytest.mark.parametrize("status", ["paused", "resizing", "available, prep-for-resize", "hardware-failure"])
def test_cluster_that_is_not_available_is_refused(
    remediation: Callable[[str], Any], cluster: Cluster, status: str
) -> None:
    cluster.create()
    cluster.is_now(status)
    output = remediation(RUNBOOK)(ClusterIdentifier="sales")

    expected = ("Refused", f"the cluster is {status}, not available", [])
    assert expected == (output["Status"], output["Message"], output["Changes"])


def test_cluster_that_is_gone_is_no_change(remediation: Callable[[str], Any], cluster: Cluster) -> None:
    output = remediation(RUNBOOK)(ClusterIdentifier="sales")

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
