from asr_templates.embedded.runner import Aws, Change, Plan, Undo


def plan(aws: Aws) -> Plan:
    """EBS snapshots of this region cannot be shared with everyone."""
    ec2 = aws("ec2")
    state = ec2.get_snapshot_block_public_access_state()["State"]
    if state != "block-all-sharing":
        if state == "unblocked":
            back = Undo("disable_snapshot_block_public_access", {})
        else:
            back = Undo("enable_snapshot_block_public_access", {"State": state})
        yield Change("ec2", "enable_snapshot_block_public_access", {"State": "block-all-sharing"}, undo=back)
    return {"State": state}
