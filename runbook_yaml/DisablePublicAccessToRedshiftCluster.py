from asr_templates.embedded.redshift_clusters import cluster_of, is_changing, must_be_available
from asr_templates.embedded.runner import Aws, Change, Pending, Plan, Undo


def plan(aws: Aws, ClusterIdentifier: str) -> Plan:
    """A Redshift cluster cannot be reached from outside of its VPC."""
    redshift = aws("redshift")
    cluster = cluster_of(redshift, ClusterIdentifier)
    public = cluster["PubliclyAccessible"]
    address = (cluster.get("ElasticIpStatus") or {}).get("ElasticIp")
    if is_changing(cluster, "PubliclyAccessible"):
        yield Pending("the change of public access")
    elif public:
        must_be_available(cluster)
        former = {"ClusterIdentifier": ClusterIdentifier, "PubliclyAccessible": True}
        back = Undo("modify_cluster", {**former, **({"ElasticIp": address} if address else {})})
        these = {"ClusterIdentifier": ClusterIdentifier, "PubliclyAccessible": False}
        yield Change("redshift", "modify_cluster", these, undo=back)
    return {"PubliclyAccessible": public, "ElasticIp": address}
