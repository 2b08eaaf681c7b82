"""Clusters can be modified, groups have members, and modifications take their time."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.aws.errors import NotSimulated
from asr_templates.simulator.aws.gaps.elasticache import FAILOVER_SECONDS, MODIFICATION_SECONDS

ACCOUNT = "111111111111"
FAILOVER = {"ReplicationGroupId": "shop", "AutomaticFailoverEnabled": True}


@pytest.fixture
def person(environment: Any) -> Any:
    elasticache = environment.session(ACCOUNT).client("elasticache", region_name="eu-west-1")
    elasticache.create_cache_cluster(
        CacheClusterId="sessions", CacheNodeType="cache.t4g.micro", Engine="redis", NumCacheNodes=1
    )
    elasticache.create_replication_group(
        ReplicationGroupId="shop", ReplicationGroupDescription="shop", ReplicasPerNodeGroup=1
    )
    return elasticache


@pytest.fixture
def runbook(person: Any, worker: Any) -> Any:
    return worker.client("elasticache", region_name="eu-west-1")


def cluster(elasticache: Any, name: str = "sessions") -> tuple[str, bool, int]:
    found = elasticache.describe_cache_clusters(CacheClusterId=name)["CacheClusters"][0]
    return found["CacheClusterStatus"], found["AutoMinorVersionUpgrade"], found["SnapshotRetentionLimit"]


def group(elasticache: Any) -> tuple[str, str, dict[str, Any]]:
    found = elasticache.describe_replication_groups(ReplicationGroupId="shop")["ReplicationGroups"][0]
    return found["Status"], found["AutomaticFailover"], found["PendingModifiedValues"]


def seen_at(seconds: float, look: Any) -> list[Any]:
    """What is to be seen so many seconds from now."""
    seen: list[Any] = []
    scheduler.spawn(lambda: seen.append(look()), name="look", delay=seconds)
    scheduler.run()
    return seen


def test_what_a_person_changes_is_settled_at_once(person: Any) -> None:
    person.modify_cache_cluster(CacheClusterId="sessions", SnapshotRetentionLimit=3)
    person.modify_replication_group(**FAILOVER)

    assert ("available", True, 3) == cluster(person)
    assert ("available", "enabled", {}) == group(person)


def test_cluster_that_a_runbook_changes_is_modified_for_a_while(person: Any, runbook: Any) -> None:
    runbook.modify_cache_cluster(CacheClusterId="sessions", AutoMinorVersionUpgrade=False, ApplyImmediately=True)

    assert [("modifying", True, 0)] == seen_at(MODIFICATION_SECONDS - 1, lambda: cluster(person))
    assert ("available", False, 0) == cluster(person)


def test_failover_is_pending_until_it_is_on(person: Any, runbook: Any) -> None:
    runbook.modify_replication_group(**FAILOVER, ApplyImmediately=True)

    pending = {"AutomaticFailoverStatus": "enabled"}
    assert [("modifying", "enabling", pending)] == seen_at(FAILOVER_SECONDS - 1, lambda: group(person))
    assert ("available", "enabled", {}) == group(person)


def test_failover_that_is_not_to_be_applied_immediately_stays_pending(person: Any, runbook: Any) -> None:
    runbook.modify_replication_group(**FAILOVER)
    scheduler.run()

    assert ("available", "disabled", {"AutomaticFailoverStatus": "enabled"}) == group(person)


def test_members_of_a_group_are_clusters_and_have_its_settings(person: Any) -> None:
    person.modify_replication_group(
        ReplicationGroupId="shop",
        AutoMinorVersionUpgrade=False,
        SnapshotRetentionLimit=5,
        SnapshottingClusterId="shop-002",
    )

    assert ("available", False, 0) == cluster(person, "shop-001")
    assert ("available", False, 5) == cluster(person, "shop-002")


def test_backups_that_are_switched_off_have_no_source(person: Any) -> None:
    for limit in (5, 0):
        person.modify_replication_group(
            ReplicationGroupId="shop", SnapshotRetentionLimit=limit, SnapshottingClusterId="shop-001"
        )

    [found] = person.describe_replication_groups()["ReplicationGroups"]
    assert "SnapshottingClusterId" not in found
    assert ("available", True, 0) == cluster(person, "shop-001")


def test_first_backups_of_a_group_need_a_source(runbook: Any) -> None:
    with pytest.raises(ClientError, match="InvalidParameterCombination"):
        runbook.modify_replication_group(ReplicationGroupId="shop", SnapshotRetentionLimit=5)
    with pytest.raises(ClientError, match="CacheClusterNotFound"):
        runbook.modify_replication_group(
            ReplicationGroupId="shop", SnapshotRetentionLimit=5, SnapshottingClusterId="sessions"
        )


def test_group_of_shards_takes_no_source(person: Any, runbook: Any) -> None:
    person.create_replication_group(
        ReplicationGroupId="sharded",
        ReplicationGroupDescription="sharded",
        ClusterMode="enabled",
        NumNodeGroups=2,
        ReplicasPerNodeGroup=1,
    )
    given = {"ReplicationGroupId": "sharded", "SnapshotRetentionLimit": 5}
    with pytest.raises(ClientError, match="InvalidParameterCombination"):
        runbook.modify_replication_group(**given, SnapshottingClusterId="sharded-0001-001")
    runbook.modify_replication_group(**given)
    scheduler.run()

    assert ("available", True, 5) == cluster(person, "sharded-0002-001")


def test_group_without_a_replica_cannot_fail_over(person: Any, runbook: Any) -> None:
    person.create_replication_group(ReplicationGroupId="lonely", ReplicationGroupDescription="lonely")
    with pytest.raises(ClientError, match="InvalidReplicationGroupState"):
        runbook.modify_replication_group(**{**FAILOVER, "ReplicationGroupId": "lonely"})


def test_cache_that_is_being_modified_cannot_be_modified(person: Any, runbook: Any) -> None:
    runbook.modify_cache_cluster(CacheClusterId="sessions", SnapshotRetentionLimit=3)
    runbook.modify_replication_group(**FAILOVER, ApplyImmediately=True)

    for elasticache in (person, runbook):
        with pytest.raises(ClientError, match="InvalidCacheClusterState"):
            elasticache.modify_cache_cluster(CacheClusterId="sessions", SnapshotRetentionLimit=3)
        with pytest.raises(ClientError, match="InvalidReplicationGroupState"):
            elasticache.modify_replication_group(**FAILOVER)


def test_memcached_has_no_backups(person: Any, runbook: Any) -> None:
    person.create_cache_cluster(
        CacheClusterId="pages", CacheNodeType="cache.t4g.micro", Engine="memcached", NumCacheNodes=1
    )
    with pytest.raises(ClientError, match="InvalidParameterCombination"):
        runbook.modify_cache_cluster(CacheClusterId="pages", SnapshotRetentionLimit=3)


def test_other_settings_and_single_members_are_not_simulated(runbook: Any) -> None:
    with pytest.raises(NotSimulated, match="EngineVersion"):
        runbook.modify_cache_cluster(CacheClusterId="sessions", EngineVersion="7.2")
    with pytest.raises(NotSimulated, match="CacheNodeType"):
        runbook.modify_replication_group(ReplicationGroupId="shop", CacheNodeType="cache.m7g.large")
    with pytest.raises(NotSimulated, match="member"):
        runbook.modify_cache_cluster(CacheClusterId="shop-001", SnapshotRetentionLimit=3)


def test_cache_that_is_gone_is_not_found(runbook: Any) -> None:
    with pytest.raises(ClientError, match="CacheClusterNotFound"):
        runbook.modify_cache_cluster(CacheClusterId="gone", SnapshotRetentionLimit=3)
    with pytest.raises(ClientError, match="ReplicationGroupNotFoundFault"):
        runbook.modify_replication_group(**{**FAILOVER, "ReplicationGroupId": "gone"})


@pytest.mark.parametrize(
    ("region", "partition"), [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_arn_of_a_group_is_of_its_partition(environment: Any, region: str, partition: str) -> None:
    elasticache = environment.session(ACCOUNT).client("elasticache", region_name=region)
    made = elasticache.create_replication_group(ReplicationGroupId="shop", ReplicationGroupDescription="shop")

    assert f"arn:{partition}:elasticache:{region}:{ACCOUNT}:replicationgroup:shop" == made["ReplicationGroup"]["ARN"]
