from asr_templates.embedded.databases import db_instance
from asr_templates.embedded.maintenance_window import must_not_wait, waiting
from asr_templates.embedded.runner import Aws, Change, Pending, Plan, Refuse, Undo


def plan(aws: Aws, RDSInstanceARN: str) -> Plan:
    """A DB instance has a standby in a second Availability Zone."""
    instance = db_instance(aws("rds"), RDSInstanceARN)
    others = waiting(instance, "MultiAZ")
    if instance.get("PendingModifiedValues", {}).get("MultiAZ") is not None:
        yield Pending("the change of Multi-AZ")
    elif instance["DBInstanceStatus"] != "available":
        raise Refuse(f"the instance is {instance['DBInstanceStatus']}, not available")
    elif not instance["MultiAZ"]:
        if instance.get("DBClusterIdentifier"):
            raise Refuse(f"a member of cluster {instance['DBClusterIdentifier']}: its standby is another member")
        if instance["Engine"].startswith("custom-"):
            raise Refuse(f"{instance['Engine']} has no Multi-AZ setting of its own")
        if instance.get("ReadReplicaSourceDBInstanceIdentifier") and instance["Engine"].startswith("sqlserver"):
            raise Refuse("a read replica of SQL Server cannot have a standby")
        subnets = instance.get("DBSubnetGroup", {}).get("Subnets", [])
        zones = {subnet["SubnetAvailabilityZone"]["Name"] for subnet in subnets}
        if len(zones) < 2:
            raise Refuse("its subnet group lies in one Availability Zone")
        must_not_wait(others)
        name = instance["DBInstanceIdentifier"]
        these = {"DBInstanceIdentifier": name, "MultiAZ": True, "ApplyImmediately": True}
        back = Undo("modify_db_instance", {"DBInstanceIdentifier": name, "MultiAZ": False, "ApplyImmediately": True})
        yield Change("rds", "modify_db_instance", these, undo=back)
    return {"MultiAZ": instance["MultiAZ"], "PendingModifiedValues": others}
