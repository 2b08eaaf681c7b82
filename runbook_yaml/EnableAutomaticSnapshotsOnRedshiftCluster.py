from asr_templates.embedded.redshift_clusters import cluster_of, is_changing, must_be_available
from asr_templates.embedded.runner import Aws, Change, Pending, Plan, Undo


def plan(aws: Aws, ClusterIdentifier: str, MinRetentionPeriod: int) -> Plan:
    """A Redshift cluster keeps its automated snapshots for at least so many days; a longer period stays."""
    redshift = aws("redshift")
    cluster = cluster_of(redshift, ClusterIdentifier)
    days = cluster["AutomatedSnapshotRetentionPeriod"]
    if is_changing(cluster, "AutomatedSnapshotRetentionPeriod"):
        yield Pending("the change of the retention period")
    elif days < MinRetentionPeriod:
        must_be_available(cluster)
        these = {"ClusterIdentifier": ClusterIdentifier, "AutomatedSnapshotRetentionPeriod": MinRetentionPeriod}
        former = {"ClusterIdentifier": ClusterIdentifier, "AutomatedSnapshotRetentionPeriod": days}
        yield Change("redshift", "modify_cluster", these, undo=Undo("modify_cluster", former))
    return {"AutomatedSnapshotRetentionPeriod": days}
