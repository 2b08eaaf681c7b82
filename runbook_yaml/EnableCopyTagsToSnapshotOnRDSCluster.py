from asr_templates.embedded.databases import db_cluster, must_be_ready
from asr_templates.embedded.runner import Aws, Change, Plan, Undo


def plan(aws: Aws, RDSClusterARN: str) -> Plan:
    """A DB cluster copies its tags to its snapshots."""
    cluster = db_cluster(aws("rds"), RDSClusterARN)
    if not cluster["CopyTagsToSnapshot"]:
        must_be_ready("cluster", cluster["Status"])
        # RDS changes this at once. ApplyImmediately would also set off what waits for the maintenance window.
        name = cluster["DBClusterIdentifier"]
        back = Undo("modify_db_cluster", {"DBClusterIdentifier": name, "CopyTagsToSnapshot": False})
        these = {"DBClusterIdentifier": name, "CopyTagsToSnapshot": True}
        yield Change("rds", "modify_db_cluster", these, undo=back)
    return {"CopyTagsToSnapshot": cluster["CopyTagsToSnapshot"]}
