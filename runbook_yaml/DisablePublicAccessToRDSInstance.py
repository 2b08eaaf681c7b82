from asr_templates.embedded.databases import db_instance, multi_az_cluster, must_be_ready
from asr_templates.embedded.runner import Aws, Change, Pending, Plan, Refuse, Undo


def plan(aws: Aws, RDSInstanceARN: str) -> Plan:
    """The name of a DB instance leads to no public address."""
    instance = db_instance(aws("rds"), RDSInstanceARN)
    cluster = multi_az_cluster(instance)
    # RDS lists this change nowhere: until it is done, only the status tells of it.
    if instance["DBInstanceStatus"] == "modifying":
        yield Pending("a modification of the instance")
    elif instance["PubliclyAccessible"]:
        if cluster:
            raise Refuse(f"a member of Multi-AZ cluster {cluster}: restore the cluster without public access")
        must_be_ready("instance", instance["DBInstanceStatus"])
        # RDS starts this at once. ApplyImmediately would also set off what waits for the maintenance window.
        name = instance["DBInstanceIdentifier"]
        back = Undo("modify_db_instance", {"DBInstanceIdentifier": name, "PubliclyAccessible": True})
        these = {"DBInstanceIdentifier": name, "PubliclyAccessible": False}
        yield Change("rds", "modify_db_instance", these, undo=back)
    return {"PubliclyAccessible": instance["PubliclyAccessible"]}
