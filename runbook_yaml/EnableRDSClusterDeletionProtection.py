from asr_templates.embedded.databases import db_cluster, must_be_ready
from asr_templates.embedded.runner import Aws, Change, Plan, Undo


def plan(aws: Aws, RDSClusterARN: str) -> Plan:
    """A DB cluster is protected from deletion."""
    cluster = db_cluster(aws("rds"), RDSClusterARN)
    if not cluster["DeletionProtection"]:
        must_be_ready("cluster", cluster["Status"])
        # RDS protects at once. ApplyImmediately would also set off what waits for the maintenance window.
        name = cluster["DBClusterIdentifier"]
        back = Undo("modify_db_cluster", {"DBClusterIdentifier": name, "DeletionProtection": False})
        these = {"DBClusterIdentifier": name, "DeletionProtection": True}
        yield Change("rds", "modify_db_cluster", these, undo=back)
    return {"DeletionProtection": cluster["DeletionProtection"]}
