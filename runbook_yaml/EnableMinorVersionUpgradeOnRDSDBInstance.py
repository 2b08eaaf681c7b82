from asr_templates.embedded.databases import db_instance, multi_az_cluster, must_be_ready
from asr_templates.embedded.runner import Aws, Change, Plan, Refuse, Undo


def plan(aws: Aws, RDSInstanceARN: str) -> Plan:
    """A DB instance, or the Multi-AZ DB cluster that it belongs to, upgrades itself to new minor versions."""
    # RDS changes this at once. ApplyImmediately would also set off what waits for the maintenance window.
    rds = aws("rds")
    instance = db_instance(rds, RDSInstanceARN)
    cluster = multi_az_cluster(instance)
    if cluster:
        upgrading = rds.describe_db_clusters(DBClusterIdentifier=cluster)["DBClusters"][0]["AutoMinorVersionUpgrade"]
    else:
        upgrading = instance["AutoMinorVersionUpgrade"]
    if upgrading:
        return {"AutoMinorVersionUpgrade": upgrading}
    must_be_ready("instance", instance["DBInstanceStatus"])
    if cluster:
        back = Undo("modify_db_cluster", {"DBClusterIdentifier": cluster, "AutoMinorVersionUpgrade": False})
        these = {"DBClusterIdentifier": cluster, "AutoMinorVersionUpgrade": True}
        yield Change("rds", "modify_db_cluster", these, undo=back)
    else:
        if instance["Engine"].startswith("custom-"):
            raise Refuse(f"{instance['Engine']} takes no automatic upgrades")
        name = instance["DBInstanceIdentifier"]
        back = Undo("modify_db_instance", {"DBInstanceIdentifier": name, "AutoMinorVersionUpgrade": False})
        these = {"DBInstanceIdentifier": name, "AutoMinorVersionUpgrade": True}
        yield Change("rds", "modify_db_instance", these, undo=back)
    return {"AutoMinorVersionUpgrade": upgrading}
