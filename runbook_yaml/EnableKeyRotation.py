from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Refuse, Undo


def plan(aws: Aws, KeyId: str) -> Plan:
    """A KMS key is rotated every year."""
    kms = aws("kms")
    try:
        key = kms.describe_key(KeyId=KeyId)["KeyMetadata"]
    except kms.exceptions.NotFoundException:
        raise Gone from None
    # Source: KMS developer guide, "Rotate AWS KMS keys": which keys have automatic rotation.
    if key["KeyManager"] == "AWS":
        raise Refuse("AWS owns this key and rotates it")
    if key["KeySpec"] != "SYMMETRIC_DEFAULT":
        raise Refuse(f"a key of type {key['KeySpec']} has no automatic rotation: make a new one and move its users")
    if key["Origin"] != "AWS_KMS":
        raise Refuse(f"its material is from {key['Origin']}, which KMS cannot rotate by itself: rotate it on demand")
    if key["KeyState"] != "Enabled":
        raise Refuse(f"the key is {key['KeyState']}, not Enabled")
    is_rotated = kms.get_key_rotation_status(KeyId=KeyId)["KeyRotationEnabled"]
    primary = key.get("MultiRegionConfiguration", {}).get("PrimaryKey", {}).get("Arn", key["Arn"])
    if not is_rotated and primary != key["Arn"]:
        raise Refuse(f"a replica is rotated with its primary key: switch on the rotation of {primary}")
    if not is_rotated:
        yield Change(
            "kms", "enable_key_rotation", {"KeyId": KeyId}, undo=Undo("disable_key_rotation", {"KeyId": KeyId})
        )
    return {"KeyRotationEnabled": is_rotated}
