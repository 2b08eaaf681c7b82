"""One Redshift cluster, for plans: what it is like, and whether it can be changed now."""

from typing import Any

from asr_templates.embedded.runner import Gone, Refuse


def cluster_of(redshift: Any, identifier: str) -> dict[str, Any]:
    """Return a cluster as DescribeClusters shows it; raise Gone where it does not exist."""
    try:
        found: dict[str, Any] = redshift.describe_clusters(ClusterIdentifier=identifier)["Clusters"][0]
    except redshift.exceptions.ClusterNotFoundFault:
        raise Gone from None
    return found


def is_changing(cluster: dict[str, Any], setting: str) -> bool:
    """Return whether a change of a setting is accepted and not finished; not every setting is shown as pending."""
    return setting in (cluster.get("PendingModifiedValues") or {}) or cluster["ClusterStatus"] == "modifying"


def must_be_available(cluster: dict[str, Any]) -> None:
    """Raise Refuse unless the cluster can be modified."""
    if cluster["ClusterStatus"] != "available":
        raise Refuse(f"the cluster is {cluster['ClusterStatus']}, not available")
