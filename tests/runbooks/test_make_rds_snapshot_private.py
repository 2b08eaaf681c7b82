"""MakeRDSSnapshotPrivate: not everybody may restore the snapshot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

RUNBOOK = "MakeRDSSnapshotPrivate"
FRIEND = "999999999999"
NAME = {"instance": "DBSnapshotIdentifier", "cluster": "DBClusterSnapshotIdentifier"}


class Shared:
    """The snapshot "january" of an instance or a cluster, and who may restore it."""

    def __init__(self, databases: Any, kind: str) -> None:
        self.rds, self.kind = databases.rds, kind
        if kind == "instance":
            databases.instance()
            self.arn = databases.snapshot()
        else:
            databases.cluster()
            self.arn = databases.cluster_snapshot()

    def with_(self, *accounts: str) -> None:
        wanted = {NAME[self.kind]: "january", "AttributeName": "restore", "ValuesToAdd": list(accounts)}
        if self.kind == "instance":
            self.rds.modify_db_snapshot_attribute(**wanted)
        else:
            self.rds.modify_db_cluster_snapshot_attribute(**wanted)

    def describe(self) -> list[str]:
        if self.kind == "instance":
            found = self.rds.describe_db_snapshot_attributes(DBSnapshotIdentifier="january")
            attributes = found["DBSnapshotAttributesResult"]["DBSnapshotAttributes"]
        else:
            found = self.rds.describe_db_cluster_snapshot_attributes(DBClusterSnapshotIdentifier="january")
            attributes = found["DBClusterSnapshotAttributesResult"]["DBClusterSnapshotAttributes"]
        return sorted(value for attribute in attributes for value in attribute["AttributeValues"])


@pytest.fixture(params=["instance", "cluster"])
def shared(request: pytest.FixtureRequest, databases: Any) -> Shared:
    return Shared(databases, request.param)


def test_snapshot_is_private_and_accounts_that_are_named_keep_their_share(
    prove: Callable[..., Any], shared: Shared
) -> None:
    shared.with_("all", FRIEND)
    prove(RUNBOOK, shared.describe, drift=lambda: shared.with_("888888888888"), DBSnapshotId=shared.arn)

    assert ["888888888888", FRIEND] == shared.describe()


def test_snapshot_that_is_shared_with_accounts_only_is_left_alone(
    remediation: Callable[[str], Any], shared: Shared
) -> None:
    shared.with_(FRIEND)

    assert "NoChange" == remediation(RUNBOOK)(DBSnapshotId=shared.arn)["Status"]


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("kind", ["snapshot", "cluster-snapshot", "snapshot:rds", "snapshot:awsbackup"])
def test_snapshot_that_is_gone_is_no_change(remediation: Callable[[str], Any], kind: str) -> None:
    output = remediation(RUNBOOK)(DBSnapshotId=f"arn:aws:rds:us-east-1:123456789012:{kind}:gone")

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
