from asr_templates.embedded.runner import Aws, Change, Plan, Undo


def plan(aws: Aws, AccountId: str) -> Plan:
    """No EBS snapshot of the account in this region can be restored by everybody; other accounts keep their shares."""
    ec2 = aws("ec2")
    blocked = ec2.get_snapshot_block_public_access_state()["State"] != "unblocked"
    pages = ec2.get_paginator("describe_snapshots").paginate(OwnerIds=[AccountId], RestorableByUserIds=["all"])
    public = sorted(snapshot["SnapshotId"] for page in pages for snapshot in page["Snapshots"])
    for name in public:
        share = {"SnapshotId": name, "Attribute": "createVolumePermission", "GroupNames": ["all"]}
        back = Undo("modify_snapshot_attribute", {**share, "OperationType": "add"})
        why = "public access to snapshots is blocked in this region: none can be made public again"
        these = {**share, "OperationType": "remove"}
        yield Change("ec2", "modify_snapshot_attribute", these, undo=why if blocked else back)
    return {"PublicSnapshots": public}
