from asr_templates.embedded.databases import db_instance, must_be_ready
from asr_templates.embedded.runner import Aws, Change, Plan, Refuse, Undo


def plan(aws: Aws, RDSInstanceARN: str) -> Plan:
    """A DB instance is protected from deletion."""
    instance = db_instance(aws("rds"), RDSInstanceARN)
    if not instance["DeletionProtection"]:
        if instance.get("DBClusterIdentifier"):
            raise Refuse(f"a member of cluster {instance['DBClusterIdentifier']}: protect the cluster (RDS.7)")
        must_be_ready("instance", instance["DBInstanceStatus"])
        # RDS protects at once. ApplyImmediately would also set off what waits for the maintenance window.
        name = instance["DBInstanceIdentifier"]
        back = Undo("modify_db_instance", {"DBInstanceIdentifier": name, "DeletionProtection": False})
        these = {"DBInstanceIdentifier": name, "DeletionProtection": True}
        yield Change("rds", "modify_db_instance", these, undo=back)
    return {"DeletionProtection": instance["DeletionProtection"]}
