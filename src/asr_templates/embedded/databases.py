"""DB instances, clusters and snapshots, for plans: found by the ARN that the finding names, and whether they can be
changed.
"""

from typing import Any

from asr_templates.embedded.runner import Gone, Refuse

READY = ("available", "storage-optimization")


def db_instance(rds: Any, arn: str) -> dict[str, Any]:
    """Return a DB instance; raises Gone where there is none."""
    found = rds.describe_db_instances(Filters=[{"Name": "db-instance-id", "Values": [arn]}])["DBInstances"]
    if not found:
        raise Gone
    return dict(found[0])


def db_cluster(rds: Any, arn: str) -> dict[str, Any]:
    """Return a DB cluster; raises Gone where there is none."""
    found = rds.describe_db_clusters(Filters=[{"Name": "db-cluster-id", "Values": [arn]}])["DBClusters"]
    if not found:
        raise Gone
    return dict(found[0])


def multi_az_cluster(instance: dict[str, Any]) -> str:
    """Return the Multi-AZ DB cluster that an instance belongs to, "" for others.

    Its instances cannot be changed one by one as Aurora's can; these clusters have the engines of plain instances.
    """
    return str(instance.get("DBClusterIdentifier", "")) if instance["Engine"] in ("mysql", "postgres") else ""


def db_snapshots(rds: Any, name: str) -> list[dict[str, Any]]:
    """Return the snapshot of a DB instance with this name, in a list; none where there is none, or soon will be."""
    found = rds.describe_db_snapshots(Filters=[{"Name": "db-snapshot-id", "Values": [name]}])["DBSnapshots"]
    return [each for each in found if each["Status"] != "deleting"]


def db_cluster_snapshot(rds: Any, name: str) -> dict[str, Any]:
    """Return the snapshot of a DB cluster with this name; raises Gone where there is none."""
    wanted = [{"Name": "db-cluster-snapshot-id", "Values": [name]}]
    found = rds.describe_db_cluster_snapshots(Filters=wanted)["DBClusterSnapshots"]
    if not found:
        raise Gone
    return dict(found[0])


def must_be_ready(kind: str, status: str) -> None:
    """Raise Refuse where RDS would not take a modification."""
    if status not in READY:
        raise Refuse(f"the {kind} is {status}, not available")
