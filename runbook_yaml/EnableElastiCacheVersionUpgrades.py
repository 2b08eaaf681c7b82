from asr_templates.embedded.elasticache_clusters import cache_cluster_of, must_be_at_rest
from asr_templates.embedded.maintenance_window import waiting
from asr_templates.embedded.runner import Aws, Change, Pending, Plan, Refuse, Undo


def plan(aws: Aws, ClusterId: str) -> Plan:
    """A cache cluster takes minor version upgrades by itself; members of a replication group do so together."""
    elasticache = aws("elasticache")
    cluster = cache_cluster_of(elasticache, ClusterId)
    upgraded, group = cluster["AutoMinorVersionUpgrade"], cluster.get("ReplicationGroupId")
    others = waiting(cluster)
    if cluster["CacheClusterStatus"] == "modifying":
        yield Pending("a modification of the cluster")
    elif not upgraded:
        engine, version = cluster["Engine"], cluster.get("EngineVersion") or "6"
        if engine == "memcached" or (engine == "redis" and int(version.split(".")[0]) < 6):
            raise Refuse(f"{engine} {version} has no automatic minor upgrades: they begin with Redis 6 and Valkey 7.2")
        must_be_at_rest(cluster, others)
        on = {"AutoMinorVersionUpgrade": True, "ApplyImmediately": True}
        off = {"AutoMinorVersionUpgrade": False, "ApplyImmediately": True}
        if group:
            back = Undo("modify_replication_group", {"ReplicationGroupId": group, **off})
            yield Change("elasticache", "modify_replication_group", {"ReplicationGroupId": group, **on}, undo=back)
        else:
            back = Undo("modify_cache_cluster", {"CacheClusterId": ClusterId, **off})
            yield Change("elasticache", "modify_cache_cluster", {"CacheClusterId": ClusterId, **on}, undo=back)
    return {"AutoMinorVersionUpgrade": upgraded, "PendingModifiedValues": others}
