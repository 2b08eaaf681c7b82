"""EnableElastiCacheBackups: a cluster or replication group is backed up daily; backups that are kept longer stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto.elasticache.models import elasticache_backends

from asr_templates.simulator.aws.gaps import elasticache

RUNBOOK = "EnableElastiCacheBackups"


class Caches:
    """Clusters and replication groups."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.client = boto3.client("elasticache")

    def cluster(self, engine: str = "redis", days: int = 0) -> dict[str, Any]:
        """Make a cluster and return the runbook's parameters for it."""
        made = self.client.create_cache_cluster(
            CacheClusterId="sessions",
            CacheNodeType="cache.t4g.micro",
            Engine=engine,
            NumCacheNodes=1,
            SnapshotRetentionLimit=days,
        )
        return {"ResourceARN": made["CacheCluster"]["ARN"], "snapshotRetentionPeriod": 1}

    def group(self, replicas: int = 1, **settings: Any) -> dict[str, Any]:
        """Make a group and return the runbook's parameters for it."""
        made = self.client.create_replication_group(
            ReplicationGroupId="shop",
            ReplicationGroupDescription="shop",
            ReplicasPerNodeGroup=replicas,
            **settings,
        )
        return {"ResourceARN": made["ReplicationGroup"]["ARN"], "snapshotRetentionPeriod": 1}

    def describe(self) -> Any:
        groups = self.client.describe_replication_groups()["ReplicationGroups"]
        return groups, self.client.describe_cache_clusters()["CacheClusters"]

    def keep(self, days: int) -> None:
        self.client.modify_cache_cluster(CacheClusterId="sessions", SnapshotRetentionLimit=days)

    def is_now(self, **attributes: Any) -> None:
        """Put the cluster into a state that no call leads to here."""
        for name, value in attributes.items():
            setattr(elasticache_backends[self.account]["us-east-1"].cache_clusters["sessions"], name, value)


@pytest.fixture
def caches(account: str) -> Iterator[Caches]:
    with elasticache.installed():
        yield Caches(account)


@pytest.mark.parametrize("engine", ["redis", "valkey"])
def test_cluster_is_backed_up(prove: Callable[..., Any], caches: Caches, engine: str) -> None:
    given = caches.cluster(engine)

    prove(RUNBOOK, caches.describe, drift=lambda: caches.keep(7), **given)


def test_group_is_backed_up_from_a_replica(prove: Callable[..., Any], caches: Caches) -> None:
    given = caches.group(replicas=2)
    applied = prove(RUNBOOK, caches.describe, **given)

    [change] = applied["Changes"]
    assert change["parameters"]["SnapshottingClusterId"] in ("shop-002", "shop-003")


def test_group_without_a_replica_is_backed_up_from_its_primary(prove: Callable[..., Any], caches: Caches) -> None:
    applied = prove(RUNBOOK, caches.describe, **caches.group(replicas=0))

    assert "shop-001" == applied["Changes"][0]["parameters"]["SnapshottingClusterId"]


def test_group_of_shards_is_backed_up_as_a_whole(prove: Callable[..., Any], caches: Caches) -> None:
    given = caches.group(ClusterMode="enabled", NumNodeGroups=2, AutomaticFailoverEnabled=True)
    applied = prove(RUNBOOK, caches.describe, **given)

    assert "SnapshottingClusterId" not in applied["Changes"][0]["parameters"]


def test_source_of_the_backups_stays_when_they_are_kept_longer(prove: Callable[..., Any], caches: Caches) -> None:
    given = {**caches.group(SnapshotRetentionLimit=2), "snapshotRetentionPeriod": 5}
    applied = prove(RUNBOOK, caches.describe, **given)

    assert "SnapshottingClusterId" not in applied["Changes"][0]["parameters"]


def test_finding_about_a_member_of_a_group_is_fixed_by_the_group(prove: Callable[..., Any], caches: Caches) -> None:
    given = caches.group()
    arn = given["ResourceARN"].replace("replicationgroup:shop", "cluster:shop-002")
    applied = prove(RUNBOOK, caches.describe, **{**given, "ResourceARN": arn})

    assert "shop" == applied["Changes"][0]["parameters"]["ReplicationGroupId"]


@pytest.mark.parametrize("days", [1, 2, 35])
def test_backups_that_are_kept_long_enough_stay(remediation: Callable[[str], Any], caches: Caches, days: int) -> None:
    given = caches.cluster(days=days)
    before = caches.describe()
    output = remediation(RUNBOOK)(**given)

    assert ("NoChange", before) == (output["Status"], caches.describe())


def test_memcached_is_refused(remediation: Callable[[str], Any], caches: Caches) -> None:
    output = remediation(RUNBOOK)(**caches.cluster("memcached"))

    assert ("Refused", "Memcached has no backups") == (output["Status"], output["Message"])


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"cache_cluster_status": "rebooting cluster nodes"}, "the cache is rebooting cluster nodes, not available"),
        (
            {"pending_modified_values": {"CacheNodeType": "cache.m7g.large"}},
            "CacheNodeType would be applied at once too: it waits for the maintenance window",
        ),
    ],
)
def test_cluster_that_must_not_be_touched_now_is_refused_with_the_reason(
    remediation: Callable[[str], Any], caches: Caches, attributes: dict[str, Any], expected: str
) -> None:
    given = caches.cluster()
    caches.is_now(**attributes)
    output = remediation(RUNBOOK)(**given)

    assert ("Refused", expected, []) == (output["Status"], output["Message"], output["Changes"])


def test_undo_sets_off_nothing_that_was_queued_since(remediation: Callable[[str], Any], caches: Caches) -> None:
    given = caches.cluster()
    applied = remediation(RUNBOOK)(**given)
    caches.is_now(pending_modified_values={"CacheNodeType": "cache.m7g.large"})

    refused = remediation(RUNBOOK)("Undo", applied, **given)

    expected = "cannot be undone: the resource was changed since"
    assert ("Refused", expected, []) == (refused["Status"], refused["Message"], refused["Changes"])


@pytest.mark.parametrize("kind", ["cluster", "replicationgroup"])
def test_cache_that_is_gone_is_no_change(remediation: Callable[[str], Any], caches: Caches, kind: str) -> None:
    arn = f"arn:aws:elasticache:us-east-1:123456789012:{kind}:gone"
    output = remediation(RUNBOOK)(ResourceARN=arn, snapshotRetentionPeriod=1)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
