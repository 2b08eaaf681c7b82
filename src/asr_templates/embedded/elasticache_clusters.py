"""ElastiCache clusters and replication groups, for plans: what they are like, and whether they can be changed now."""

from typing import Any

from asr_templates.embedded.maintenance_window import must_not_wait
from asr_templates.embedded.runner import Gone, Refuse


def cache_cluster_of(elasticache: Any, identifier: str) -> dict[str, Any]:
    """Return a cluster as DescribeCacheClusters shows it; raise Gone where it does not exist."""
    try:
        found: dict[str, Any] = elasticache.describe_cache_clusters(CacheClusterId=identifier)["CacheClusters"][0]
    except elasticache.exceptions.CacheClusterNotFoundFault:
        raise Gone from None
    return found


def replication_group_of(elasticache: Any, identifier: str) -> dict[str, Any]:
    """Return a group as DescribeReplicationGroups shows it; raise Gone where it does not exist."""
    try:
        found = elasticache.describe_replication_groups(ReplicationGroupId=identifier)
    except elasticache.exceptions.ReplicationGroupNotFoundFault:
        raise Gone from None
    group: dict[str, Any] = found["ReplicationGroups"][0]
    return group


def must_be_at_rest(cache: dict[str, Any], others: list[str]) -> None:
    """Raise Refuse unless a cluster or group can be modified, and nothing would be applied along with it."""
    status = cache.get("CacheClusterStatus") or cache.get("Status")
    if status != "available":
        raise Refuse(f"the cache is {status}, not available")
    must_not_wait(others)
