from asr_templates.embedded.databases import db_cluster_snapshot, db_snapshots, must_be_ready
from asr_templates.embedded.runner import Aws, Change, Gone, Pending, Plan, Record, Refuse, Undo

CLUSTER = "RDS encrypts no cluster snapshot by copying it: restore it with a KMS key, and snapshot the new cluster"
NOT_OURS = {
    "awsbackup": "AWS Backup owns it: encrypt the instance, and let the backup plan expire this one",
    "automated": "RDS took it and deletes it in time: encrypt the instance, and the next ones are encrypted",
}


def plan(aws: Aws, SourceDBSnapshotIdentifier: str, KmsKeyId: str, Retire: bool) -> Plan:
    """A DB snapshot has an encrypted copy; with Retire a run that finds the copy deletes the unencrypted snapshot."""
    rds = aws("rds")
    kind, name = SourceDBSnapshotIdentifier.split(":", 6)[5:]
    if kind == "cluster-snapshot":
        if not db_cluster_snapshot(rds, name)["StorageEncrypted"]:
            raise Refuse(CLUSTER)
        return {"Source": name, "Copy": ""}
    if name.startswith("awsbackup:"):
        raise Refuse(NOT_OURS["awsbackup"])
    target = f"asr-{name}"[:255].rstrip("-")
    sources, copies = db_snapshots(rds, name), db_snapshots(rds, target)
    seen = {"Source": name if sources else "", "Copy": target if copies else ""}
    if not sources and not copies:
        raise Gone
    if not sources or sources[0]["Encrypted"]:
        return seen
    if not copies:
        must_be_copyable(sources[0])
        tags = [tag for tag in sources[0]["TagList"] if tag["Key"] != "ASR" and not tag["Key"].startswith("aws:")]
        these = {
            "SourceDBSnapshotIdentifier": name,
            "TargetDBSnapshotIdentifier": target,
            "KmsKeyId": KmsKeyId,
            "Tags": [*tags, {"Key": "ASR", "Value": name}],
        }
        back = Undo("delete_db_snapshot", {"DBSnapshotIdentifier": target})
        yield Change("rds", "copy_db_snapshot", these, undo=back)
        return seen
    must_be_our_copy(copies[0], name)
    if copies[0]["Status"] == "creating":
        yield Pending(f"the copy {target}")
    elif Retire:
        found = rds.describe_db_snapshot_attributes(DBSnapshotIdentifier=name)["DBSnapshotAttributesResult"]
        accounts = [value for each in found["DBSnapshotAttributes"] for value in each["AttributeValues"]]
        if accounts:
            raise Refuse(f"{name} is shared with {', '.join(accounts)}: share the copy with them, and end this share")
        never = "a deleted snapshot does not come back; its encrypted copy stays"
        yield Change("rds", "delete_db_snapshot", {"DBSnapshotIdentifier": name}, undo=never)
    return seen


def must_be_copyable(source: Record) -> None:
    """Raise Refuse for a snapshot that a person has not taken, or that is not there yet."""
    if source["SnapshotType"] != "manual":
        raise Refuse(NOT_OURS.get(source["SnapshotType"], f"its type is {source['SnapshotType']}, not manual"))
    must_be_ready("snapshot", source["Status"])


def must_be_our_copy(copy: Record, name: str) -> None:
    """Raise Refuse where the copy's name is another's, or where the copy has come to nothing."""
    target = copy["DBSnapshotIdentifier"]
    if {"Key": "ASR", "Value": name} not in copy["TagList"] or not copy["Encrypted"]:
        raise Refuse(f"snapshot {target} is not our copy of {name}: delete it, or copy it under another name")
    if copy["Status"] not in ("creating", "available"):
        raise Refuse(f"the copy {target} is {copy['Status']}: delete it, and run again")
