"""EnableElastiCacheVersionUpgrades: a cache cluster takes minor version upgrades by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto.elasticache.models import elasticache_backends

from asr_templates.simulator.aws.gaps import elasticache

RUNBOOK = "EnableElastiCacheVersionUpgrades"


class Caches:
    """Clusters of their own, and groups."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.client = boto3.client("elasticache")

    def create(self, engine: str = "redis", version: str = "7.1", upgraded: bool = False) -> None:
        self.client.create_cache_cluster(
            CacheClusterId="sessions",
            CacheNodeType="cache.t4g.micro",
            Engine=engine,
            EngineVersion=version,
            NumCacheNodes=1,
            AutoMinorVersionUpgrade=upgraded,
        )

    def create_group(self) -> list[str]:
        made = self.client.create_replication_group(
            ReplicationGroupId="shop",
            ReplicationGroupDescription="shop",
            ReplicasPerNodeGroup=1,
            EngineVersion="7.1",
            AutoMinorVersionUpgrade=False,
        )
        return list(made["ReplicationGroup"]["MemberClusters"])

    def describe(self) -> Any:
        return self.client.describe_cache_clusters()["CacheClusters"]

    def switch(self, on: bool) -> None:
        self.client.modify_cache_cluster(CacheClusterId="sessions", AutoMinorVersionUpgrade=on)

    def is_now(self, **attributes: Any) -> None:
        """Put the cluster into a state that no call leads to here."""
        for name, value in attributes.items():
            setattr(elasticache_backends[self.account]["us-east-1"].cache_clusters["sessions"], name, value)


@pytest.fixture
def caches(account: str) -> Iterator[Caches]:
    with elasticache.installed():
        yield Caches(account)


@pytest.mark.parametrize(("engine", "version"), [("redis", "6.2"), ("redis", "7.1"), ("valkey", "7.2")])
def test_cluster_takes_upgrades(prove: Callable[..., Any], caches: Caches, engine: str, version: str) -> None:
    caches.create(engine, version)

    prove(RUNBOOK, caches.describe, drift=lambda: caches.switch(False), ClusterId="sessions")


def test_members_of_a_group_take_upgrades_together(prove: Callable[..., Any], caches: Caches) -> None:
    [first, second] = caches.create_group()
    applied = prove(RUNBOOK, caches.describe, ClusterId=second)

    assert ["modify_replication_group"] == [change["operation"] for change in applied["Changes"]]
    assert "shop" == applied["Changes"][0]["parameters"]["ReplicationGroupId"]
    assert first != second


def test_cluster_that_takes_them_is_left_alone(remediation: Callable[[str], Any], caches: Caches) -> None:
    caches.create(upgraded=True)

    assert "NoChange" == remediation(RUNBOOK)(ClusterId="sessions")["Status"]


@pytest.mark.parametrize(("engine", "version"), [("redis", "5.0.6"), ("redis", "3.2.10"), ("memcached", "1.6.22")])
def test_engine_without_automatic_upgrades_is_refused(
    remediation: Callable[[str], Any], caches: Caches, engine: str, version: str
) -> None:
    caches.create(engine, version)
    output = remediation(RUNBOOK)(ClusterId="sessions")

    expected = f"{engine} {version} has no automatic minor upgrades: they begin with Redis 6 and Valkey 7.2"
    assert ("Refused", expected, []) == (output["Status"], output["Message"], output["Changes"])


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"cache_cluster_status": "snapshotting"}, "the cache is snapshotting, not available"),
        (
            {"pending_modified_values": {"CacheNodeType": "cache.m7g.large", "EngineVersion": "7.2"}},
            "CacheNodeType, EngineVersion would be applied at once too: it waits for the maintenance window",
        ),
    ],
)
def test_cluster_that_must_not_be_touched_now_is_refused_with_the_reason(
    remediation: Callable[[str], Any], caches: Caches, attributes: dict[str, Any], expected: str
) -> None:
    caches.create()
    caches.is_now(**attributes)
    output = remediation(RUNBOOK)(ClusterId="sessions")

    assert ("Refused", expected, []) == (output["Status"], output["Message"], output["Changes"])


def test_cluster_that_is_gone_is_no_change(remediation: Callable[[str], Any], caches: Caches) -> None:
    output = remediation(RUNBOOK)(ClusterId="gone")

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
