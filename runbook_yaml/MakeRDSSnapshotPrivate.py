from asr_templates.embedded.databases import db_cluster_snapshot, db_snapshots
from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Record, Undo


def plan(aws: Aws, DBSnapshotId: str) -> Plan:
    """A snapshot of RDS is not shared with everybody; accounts that are named keep their share."""
    rds = aws("rds")
    kind, name = DBSnapshotId.split(":", 6)[5:]
    for_all = {"AttributeName": "restore", "ValuesToRemove": ["all"]}
    for_all_again = {"AttributeName": "restore", "ValuesToAdd": ["all"]}
    if kind == "cluster-snapshot":
        db_cluster_snapshot(rds, name)
        found = rds.describe_db_cluster_snapshot_attributes(DBClusterSnapshotIdentifier=name)
        accounts = may_restore(found["DBClusterSnapshotAttributesResult"]["DBClusterSnapshotAttributes"])
        if "all" in accounts:
            these = {"DBClusterSnapshotIdentifier": name, **for_all}
            back = Undo("modify_db_cluster_snapshot_attribute", {"DBClusterSnapshotIdentifier": name, **for_all_again})
            yield Change("rds", "modify_db_cluster_snapshot_attribute", these, undo=back)
        return {"MayRestore": accounts}
    if not db_snapshots(rds, name):
        raise Gone
    found = rds.describe_db_snapshot_attributes(DBSnapshotIdentifier=name)
    accounts = may_restore(found["DBSnapshotAttributesResult"]["DBSnapshotAttributes"])
    if "all" in accounts:
        these = {"DBSnapshotIdentifier": name, **for_all}
        back = Undo("modify_db_snapshot_attribute", {"DBSnapshotIdentifier": name, **for_all_again})
        yield Change("rds", "modify_db_snapshot_attribute", these, undo=back)
    return {"MayRestore": accounts}


def may_restore(attributes: list[Record]) -> list[str]:
    """Return who may restore a snapshot besides its owner: account ids, or "all"."""
    return [value for each in attributes if each["AttributeName"] == "restore" for value in each["AttributeValues"]]
