"""Broken resources of Amazon Redshift."""

import uuid
from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario


def cluster(place: Place) -> str:
    """A cluster that fails every control."""
    name = f"sales-{uuid.uuid4().hex[:8]}"
    place.client("redshift").create_cluster(
        ClusterIdentifier=name,
        ClusterType="multi-node",
        NodeType="ra3.large",
        NumberOfNodes=2,
        DBName="sales",
        MasterUsername="admin",
        MasterUserPassword="Not-a-secret-1",
        AllowVersionUpgrade=False,
        AutomatedSnapshotRetentionPeriod=1,
        PubliclyAccessible=True,
        Tags=[{"Key": "team", "Value": "sales"}],
    )
    return place.arn("redshift", f"cluster:{name}")


def described(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the whole cluster and where it logs to."""
    redshift, named = place.client("redshift"), {"ClusterIdentifier": resource_id.rsplit(":", 1)[1]}
    logging = redshift.describe_logging_status(**named)
    return {
        "Cluster": redshift.describe_clusters(**named)["Clusters"][0],
        "Logging": {name: value for name, value in logging.items() if name != "ResponseMetadata"},
    }


def settled(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the cluster if it is at rest, else nothing."""
    found: dict[str, Any] = described(place, resource_id)["Cluster"]
    return found if found["ClusterStatus"] == "available" else {}


def modify(place: Place, resource_id: str, **settings: bool | int) -> None:
    """Someone modifies the cluster."""
    place.client("redshift").modify_cluster(ClusterIdentifier=resource_id.rsplit(":", 1)[1], **settings)


def is_private(place: Place, resource_id: str) -> bool:
    """The cluster is at rest and not public."""
    return settled(place, resource_id).get("PubliclyAccessible") is False


def publish(place: Place, resource_id: str) -> None:
    """Someone makes the cluster public again."""
    modify(place, resource_id, PubliclyAccessible=True)


def keeps_snapshots(place: Place, resource_id: str) -> bool:
    """The cluster is at rest and keeps automated snapshots for Security Hub's seven days."""
    return bool(settled(place, resource_id).get("AutomatedSnapshotRetentionPeriod", 0) >= 7)


def keep_for_a_month(place: Place, resource_id: str) -> None:
    """Someone keeps the snapshots for longer."""
    modify(place, resource_id, AutomatedSnapshotRetentionPeriod=30)


def logs(place: Place, resource_id: str) -> bool:
    """The cluster exports its audit log."""
    return bool(described(place, resource_id)["Logging"]["LoggingEnabled"])


def stop_logging(place: Place, resource_id: str) -> None:
    """Someone switches the audit log off again."""
    place.client("redshift").disable_logging(ClusterIdentifier=resource_id.rsplit(":", 1)[1])


def is_upgraded(place: Place, resource_id: str) -> bool:
    """The cluster is at rest and takes upgrades."""
    return settled(place, resource_id).get("AllowVersionUpgrade") is True


def stop_upgrades(place: Place, resource_id: str) -> None:
    """Someone keeps the version again."""
    modify(place, resource_id, AllowVersionUpgrade=False)


SCENARIOS = {
    "Redshift.1": Scenario(cluster, is_private, described, publish),
    "Redshift.3": Scenario(cluster, keeps_snapshots, described, keep_for_a_month),
    "Redshift.4": Scenario(cluster, logs, described, stop_logging),
    "Redshift.6": Scenario(cluster, is_upgraded, described, stop_upgrades),
}
