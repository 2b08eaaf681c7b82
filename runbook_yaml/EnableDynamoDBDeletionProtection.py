from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Refuse, Undo


def plan(aws: Aws, ResourceArn: str) -> Plan:
    """A DynamoDB table cannot be deleted before its deletion protection is switched off."""
    dynamodb = aws("dynamodb")
    name = ResourceArn.rpartition("/")[2]
    try:
        table = dynamodb.describe_table(TableName=name)["Table"]
    except dynamodb.exceptions.ResourceNotFoundException:
        raise Gone from None
    protected = table.get("DeletionProtectionEnabled", False)
    if not protected:
        if table["TableStatus"] != "ACTIVE":
            raise Refuse(f"the table is {table['TableStatus']}, not ACTIVE")
        back = Undo("update_table", {"TableName": name, "DeletionProtectionEnabled": False})
        yield Change("dynamodb", "update_table", {"TableName": name, "DeletionProtectionEnabled": True}, undo=back)
    return {"DeletionProtectionEnabled": protected}
