"""EnableElastiCacheReplicationGroupFailover: a replication group promotes a replica by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto.elasticache.models import ReplicationGroup, elasticache_backends

from asr_templates.simulator.aws.gaps import elasticache

RUNBOOK = "EnableElastiCacheReplicationGroupFailover"


class Group:
    """A replication group of a primary and its replicas."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.client = boto3.client("elasticache")

    def create(self, replicas: int = 1, failover: bool = False, **settings: Any) -> None:
        self.client.create_replication_group(
            ReplicationGroupId="shop",
            ReplicationGroupDescription="shop",
            ReplicasPerNodeGroup=replicas,
            AutomaticFailoverEnabled=failover,
            **settings,
        )

    def describe(self) -> Any:
        return self.client.describe_replication_groups(ReplicationGroupId="shop")["ReplicationGroups"][0]

    def switch(self, on: bool) -> None:
        self.client.modify_replication_group(ReplicationGroupId="shop", AutomaticFailoverEnabled=on)

    def is_now(self, **attributes: Any) -> None:
        """Put the group into a state that no call leads to here."""
        for name, value in attributes.items():
            setattr(self.model, name, value)

    @property
    def model(self) -> ReplicationGroup:
        return elasticache_backends[self.account]["us-east-1"].replication_groups["shop"]


@pytest.fixture
def group(account: str) -> Iterator[Group]:
    with elasticache.installed():
        yield Group(account)


def test_group_fails_over_by_itself(prove: Callable[..., Any], group: Group) -> None:
    group.create()
    applied = prove(RUNBOOK, group.describe, drift=lambda: group.switch(False), GroupId="shop")

    assert ("disabled", "enabled") == tuple(applied[key]["AutomaticFailover"] for key in ("Before", "After"))


def test_group_that_does_is_left_alone(remediation: Callable[[str], Any], group: Group) -> None:
    group.create(failover=True)

    assert "NoChange" == remediation(RUNBOOK)(GroupId="shop")["Status"]


def test_group_without_a_replica_is_refused(remediation: Callable[[str], Any], group: Group) -> None:
    group.create(replicas=0)
    output = remediation(RUNBOOK)(GroupId="shop")

    expected = "node group 0001 has no replica to fail over to: add one first"
    assert ("Refused", expected, []) == (output["Status"], output["Message"], output["Changes"])


def test_one_shard_without_a_replica_is_enough_to_refuse(remediation: Callable[[str], Any], group: Group) -> None:
    shards = [{"NodeGroupId": "0001", "ReplicaCount": 1}, {"NodeGroupId": "0002", "ReplicaCount": 0}]
    group.create(ClusterMode="enabled", NumNodeGroups=2, NodeGroupConfiguration=shards)

    assert remediation(RUNBOOK)(GroupId="shop")["Message"].startswith("node group 0002 has no replica")


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"status": "snapshotting"}, "the cache is snapshotting, not available"),
        (
            {"pending_modified_values": {"PrimaryClusterId": "shop-002"}},
            "PrimaryClusterId would be applied at once too: it waits for the maintenance window",
        ),
        (
            {"global_replication_group_id": "abcde-shop", "global_replication_group_member_role": "SECONDARY"},
            "a member of global datastore abcde-shop: automatic failover is a setting of the datastore",
        ),
    ],
)
def test_group_that_must_not_be_touched_is_refused_with_the_reason(
    remediation: Callable[[str], Any], group: Group, attributes: dict[str, Any], expected: str
) -> None:
    group.create()
    group.is_now(**attributes)
    output = remediation(RUNBOOK)(GroupId="shop")

    assert ("Refused", expected, []) == (output["Status"], output["Message"], output["Changes"])


def test_change_that_waits_for_the_maintenance_window_is_not_made_again(
    remediation: Callable[[str], Any], group: Group
) -> None:
    group.create()
    group.is_now(pending_modified_values={"AutomaticFailoverStatus": "enabled"})
    output = remediation(RUNBOOK)(GroupId="shop")

    assert ("Failed", True, []) == (output["Status"], output["TimedOut"], output["Changes"])
    assert output["Message"].startswith("timed out: ")


def test_group_that_is_gone_is_no_change(remediation: Callable[[str], Any], group: Group) -> None:
    output = remediation(RUNBOOK)(GroupId="gone")

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
