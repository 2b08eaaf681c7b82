from datetime import UTC, datetime, timedelta

from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Undo


def plan(aws: Aws, IAMUserName: str, MaxCredentialUsageAge: int) -> Plan:
    """The user has no active access key and no console password that nobody has used for longer than the limit."""
    iam = aws("iam")
    limit = datetime.now(UTC) - timedelta(days=MaxCredentialUsageAge)
    try:
        user = iam.get_user(UserName=IAMUserName)["User"]
    except iam.exceptions.NoSuchEntityException:
        raise Gone from None
    unused = {}
    pages = iam.get_paginator("list_access_keys").paginate(UserName=IAMUserName)
    for key in [key for page in pages for key in page["AccessKeyMetadata"]]:
        use = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]
        if max(use.get("LastUsedDate") or key["CreateDate"], key["CreateDate"]) < limit:
            unused[key["AccessKeyId"]] = key["Status"]
    for key_id, status in unused.items():
        if status == "Active":
            key = {"UserName": IAMUserName, "AccessKeyId": key_id}
            back = Undo("update_access_key", {**key, "Status": "Active"})
            yield Change("iam", "update_access_key", {**key, "Status": "Inactive"}, undo=back)
    try:
        created = iam.get_login_profile(UserName=IAMUserName)["LoginProfile"]["CreateDate"]
        has_unused_password = max(user.get("PasswordLastUsed") or created, created) < limit
    except iam.exceptions.NoSuchEntityException:
        has_unused_password = False
    if has_unused_password:
        without_way_back = "a console password is not kept: give the user a new one"
        yield Change("iam", "delete_login_profile", {"UserName": IAMUserName}, undo=without_way_back)
    return {"UnusedAccessKeys": unused, "UnusedPassword": has_unused_password}
