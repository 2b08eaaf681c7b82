from asr_templates.embedded.elasticache_clusters import must_be_at_rest, replication_group_of
from asr_templates.embedded.maintenance_window import waiting
from asr_templates.embedded.runner import Aws, Change, Pending, Plan, Refuse, Undo


def plan(aws: Aws, GroupId: str) -> Plan:
    """A replication group promotes a replica by itself when a primary fails."""
    elasticache = aws("elasticache")
    group = replication_group_of(elasticache, GroupId)
    failover, pending = group["AutomaticFailover"], group.get("PendingModifiedValues") or {}
    others = waiting(group, "AutomaticFailoverStatus")
    if group["Status"] == "modifying" or pending.get("AutomaticFailoverStatus"):
        yield Pending("a modification of the replication group")
    elif failover != "enabled":
        must_be_at_rest(group, others)
        store = (group.get("GlobalReplicationGroupInfo") or {}).get("GlobalReplicationGroupId")
        if store:
            raise Refuse(f"a member of global datastore {store}: automatic failover is a setting of the datastore")
        for shard in group["NodeGroups"]:
            if len(shard["NodeGroupMembers"]) < 2:
                raise Refuse(f"node group {shard['NodeGroupId']} has no replica to fail over to: add one first")
        on = {"ReplicationGroupId": GroupId, "AutomaticFailoverEnabled": True, "ApplyImmediately": True}
        off = {"ReplicationGroupId": GroupId, "AutomaticFailoverEnabled": False, "ApplyImmediately": True}
        yield Change("elasticache", "modify_replication_group", on, undo=Undo("modify_replication_group", off))
    return {"AutomaticFailover": failover, "PendingModifiedValues": others}
