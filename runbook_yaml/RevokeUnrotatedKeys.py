from datetime import UTC, datetime, timedelta

from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Undo


def plan(aws: Aws, IAMUserName: str, MaxCredentialUsageAge: int) -> Plan:
    """No access key of the user that is older than the limit is active."""
    iam = aws("iam")
    pages = iam.get_paginator("list_access_keys").paginate(UserName=IAMUserName)
    try:
        keys = [key for page in pages for key in page["AccessKeyMetadata"]]
    except iam.exceptions.NoSuchEntityException:
        raise Gone from None
    limit = datetime.now(UTC) - timedelta(days=MaxCredentialUsageAge)
    old = {key["AccessKeyId"]: key["Status"] for key in keys if key["CreateDate"] < limit}
    for key_id, status in old.items():
        if status == "Active":
            key = {"UserName": IAMUserName, "AccessKeyId": key_id}
            back = Undo("update_access_key", {**key, "Status": "Active"})
            yield Change("iam", "update_access_key", {**key, "Status": "Inactive"}, undo=back)
    return {"AccessKeys": old}
