from asr_templates.embedded.runner import Aws, Change, Plan, Undo


def plan(aws: Aws) -> Plan:
    """New EBS volumes of this region are encrypted."""
    ec2 = aws("ec2")
    encrypted = ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"]
    if not encrypted:
        yield Change("ec2", "enable_ebs_encryption_by_default", {}, undo=Undo("disable_ebs_encryption_by_default", {}))
    return {"EbsEncryptionByDefault": encrypted}
