from asr_templates.embedded.redshift_clusters import cluster_of, is_changing, must_be_available
from asr_templates.embedded.runner import Aws, Change, Pending, Plan, Undo


def plan(aws: Aws, ClusterIdentifier: str) -> Plan:
    """A Redshift cluster takes major version upgrades in its maintenance window."""
    redshift = aws("redshift")
    cluster = cluster_of(redshift, ClusterIdentifier)
    allowed = cluster["AllowVersionUpgrade"]
    if is_changing(cluster, "AllowVersionUpgrade"):
        yield Pending("a modification of the cluster")
    elif not allowed:
        must_be_available(cluster)
        back = Undo("modify_cluster", {"ClusterIdentifier": ClusterIdentifier, "AllowVersionUpgrade": False})
        these = {"ClusterIdentifier": ClusterIdentifier, "AllowVersionUpgrade": True}
        yield Change("redshift", "modify_cluster", these, undo=back)
    return {"AllowVersionUpgrade": allowed}
