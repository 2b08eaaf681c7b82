from asr_templates.embedded.runner import Aws, Change, Plan, Undo

ALL_ON = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}


def plan(aws: Aws, AccountId: str) -> Plan:
    """The account blocks public access to all of its buckets."""
    s3control = aws("s3control")
    try:
        block = s3control.get_public_access_block(AccountId=AccountId)["PublicAccessBlockConfiguration"]
    except s3control.exceptions.NoSuchPublicAccessBlockConfiguration:
        block = None
    if block is None:
        these = {"AccountId": AccountId, "PublicAccessBlockConfiguration": ALL_ON}
        back = Undo("delete_public_access_block", {"AccountId": AccountId})
        yield Change("s3control", "put_public_access_block", these, undo=back)
    elif block != ALL_ON:
        these = {"AccountId": AccountId, "PublicAccessBlockConfiguration": ALL_ON}
        back = Undo("put_public_access_block", {"AccountId": AccountId, "PublicAccessBlockConfiguration": block})
        yield Change("s3control", "put_public_access_block", these, undo=back)
    return {"PublicAccessBlock": block}
