"""Broken resources of Amazon ElastiCache."""

import uuid
from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario


def cluster(place: Place) -> str:
    """A Redis cluster of its own, without backups and upgrades."""
    made = place.client("elasticache").create_cache_cluster(
        CacheClusterId=f"sessions-{uuid.uuid4().hex[:8]}",
        CacheNodeType="cache.t4g.micro",
        Engine="redis",
        EngineVersion="7.1",
        NumCacheNodes=1,
        AutoMinorVersionUpgrade=False,
        PreferredMaintenanceWindow="sun:23:00-mon:01:30",
        Tags=[{"Key": "team", "Value": "web"}],
    )
    return str(made["CacheCluster"]["ARN"])


def group(place: Place, **settings: Any) -> str:
    """A replication group of a primary and a replica that does not fail over."""
    made = place.client("elasticache").create_replication_group(
        ReplicationGroupId=f"sessions-{uuid.uuid4().hex[:8]}",
        ReplicationGroupDescription="Sessions of the web shop",
        AutomaticFailoverEnabled=False,
        ReplicasPerNodeGroup=1,
        CacheNodeType="cache.t4g.micro",
        Engine="redis",
        EngineVersion="7.1",
        **settings,
    )
    return str(made["ReplicationGroup"]["ARN"])


def member(place: Place) -> str:
    """A member of a replication group that takes no upgrades."""
    found = described(place, group(place, AutoMinorVersionUpgrade=False))
    return str(found["Clusters"][0]["ARN"])


def group_of(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the whole group of a member, with all its members."""
    own = described(place, resource_id)["ReplicationGroupId"]
    return described(place, place.arn("elasticache", f"replicationgroup:{own}"))


def name(resource_id: str) -> str:
    """Return the name in an ARN."""
    return resource_id.rsplit(":", 1)[1]


def described(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the whole cluster, or the whole group with its members."""
    elasticache = place.client("elasticache")
    if ":cluster:" in resource_id:
        return dict(elasticache.describe_cache_clusters(CacheClusterId=name(resource_id))["CacheClusters"][0])
    found = elasticache.describe_replication_groups(ReplicationGroupId=name(resource_id))["ReplicationGroups"][0]
    clusters = [
        elasticache.describe_cache_clusters(CacheClusterId=member)["CacheClusters"][0]
        for member in found["MemberClusters"]
    ]
    return {"Group": found, "Clusters": clusters}


def is_at_rest(cache: dict[str, Any]) -> bool:
    """Nothing of it is being modified."""
    status = cache.get("CacheClusterStatus") or cache["Status"]
    return status == "available" and not cache["PendingModifiedValues"]


def is_backed_up(place: Place, resource_id: str) -> bool:
    """The cluster is at rest and keeps a backup for a day."""
    found = described(place, resource_id)
    return is_at_rest(found) and found["SnapshotRetentionLimit"] == 1


def keep_for_a_week(place: Place, resource_id: str) -> None:
    """Someone keeps the backups for longer."""
    place.client("elasticache").modify_cache_cluster(CacheClusterId=name(resource_id), SnapshotRetentionLimit=7)


def group_is_backed_up(place: Place, resource_id: str) -> bool:
    """The group is at rest and keeps a backup of one of its members for a day."""
    found = described(place, resource_id)
    limits = sorted(cluster["SnapshotRetentionLimit"] for cluster in found["Clusters"])
    return is_at_rest(found["Group"]) and found["Group"]["SnapshotRetentionLimit"] == 1 and limits == [0, 1]


def keep_group_for_a_week(place: Place, resource_id: str) -> None:
    """Someone keeps the backups of the group for longer."""
    place.client("elasticache").modify_replication_group(ReplicationGroupId=name(resource_id), SnapshotRetentionLimit=7)


def is_upgraded(place: Place, resource_id: str) -> bool:
    """The cluster is at rest and takes upgrades."""
    found = described(place, resource_id)
    return is_at_rest(found) and found["AutoMinorVersionUpgrade"] is True


def stop_upgrades(place: Place, resource_id: str) -> None:
    """Someone keeps the version again."""
    place.client("elasticache").modify_cache_cluster(CacheClusterId=name(resource_id), AutoMinorVersionUpgrade=False)


def group_is_upgraded(place: Place, resource_id: str) -> bool:
    """The group of a member is at rest, and each of its members takes upgrades."""
    found = group_of(place, resource_id)
    return is_at_rest(found["Group"]) and all(cluster["AutoMinorVersionUpgrade"] for cluster in found["Clusters"])


def stop_upgrades_of_group(place: Place, resource_id: str) -> None:
    """Someone keeps the version of the whole group again."""
    own = group_of(place, resource_id)["Group"]["ReplicationGroupId"]
    place.client("elasticache").modify_replication_group(ReplicationGroupId=own, AutoMinorVersionUpgrade=False)


def fails_over(place: Place, resource_id: str) -> bool:
    """The group is at rest and promotes a replica by itself."""
    found = described(place, resource_id)["Group"]
    return is_at_rest(found) and found["AutomaticFailover"] == "enabled"


def stop_failover(place: Place, resource_id: str) -> None:
    """Someone switches automatic failover off again."""
    place.client("elasticache").modify_replication_group(
        ReplicationGroupId=name(resource_id), AutomaticFailoverEnabled=False
    )


SCENARIOS = {
    "ElastiCache.1": Scenario(cluster, is_backed_up, described, keep_for_a_week),
    "ElastiCache.2": Scenario(cluster, is_upgraded, described, stop_upgrades),
    "ElastiCache.3": Scenario(group, fails_over, described, stop_failover),
}

VARIANTS = {
    "ElastiCache.1, a replication group": Scenario(group, group_is_backed_up, described, keep_group_for_a_week),
    "ElastiCache.2, a member of a replication group": Scenario(
        member, group_is_upgraded, group_of, stop_upgrades_of_group
    ),
}
