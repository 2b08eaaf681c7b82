from asr_templates.embedded.elasticache_clusters import cache_cluster_of, must_be_at_rest, replication_group_of
from asr_templates.embedded.maintenance_window import waiting
from asr_templates.embedded.runner import Aws, Change, Pending, Plan, Record, Refuse, Undo


def plan(aws: Aws, ResourceARN: str, snapshotRetentionPeriod: int) -> Plan:
    """A cluster or replication group is backed up daily, and keeps the backups for at least so many days."""
    elasticache = aws("elasticache")
    kind, name = ResourceARN.split(":")[5:]
    cluster = cache_cluster_of(elasticache, name) if kind == "cluster" else {}
    group_id = cluster.get("ReplicationGroupId") if cluster else name
    if cluster.get("Engine") == "memcached":
        raise Refuse("Memcached has no backups")
    cache = replication_group_of(elasticache, group_id) if group_id else cluster
    days, others = cache.get("SnapshotRetentionLimit", 0), waiting(cache)
    if "modifying" in (cache.get("Status"), cache.get("CacheClusterStatus")):
        yield Pending("a modification of the cache")
    elif days < snapshotRetentionPeriod:
        must_be_at_rest(cache, others)
        longer = {"SnapshotRetentionLimit": snapshotRetentionPeriod, "ApplyImmediately": True}
        former = {"SnapshotRetentionLimit": days, "ApplyImmediately": True}
        if group_id:
            these = {"ReplicationGroupId": group_id, **longer, **source(cache)}
            back = Undo("modify_replication_group", {"ReplicationGroupId": group_id, **former})
            yield Change("elasticache", "modify_replication_group", these, undo=back)
        else:
            back = Undo("modify_cache_cluster", {"CacheClusterId": name, **former})
            yield Change("elasticache", "modify_cache_cluster", {"CacheClusterId": name, **longer}, undo=back)
    return {"SnapshotRetentionLimit": days, "PendingModifiedValues": others}


def source(group: Record) -> Record:
    """Where the first backups of a group of one shard come from: a replica if there is one, which serves fewer."""
    if group["ClusterEnabled"] or group.get("SnapshottingClusterId"):
        return {}
    nodes = sorted(group["NodeGroups"][0]["NodeGroupMembers"], key=lambda node: str(node.get("CurrentRole")))
    return {"SnapshottingClusterId": nodes[-1]["CacheClusterId"]}
