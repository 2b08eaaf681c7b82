from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Record, Undo

EVERYONE = "all"
SETTING = "/ssm/documents/console/public-sharing-permission"


def plan(aws: Aws, DocumentArn: str) -> Plan:
    """The document is not shared with everyone; accounts that it is shared with by name keep it."""
    ssm = aws("ssm")
    name = DocumentArn.split(":document/")[1]
    shared: list[Record] = []
    more = True
    page: Record = {}
    while more:
        asked = {"NextToken": page["NextToken"]} if page else {}
        try:
            page = ssm.describe_document_permission(Name=name, PermissionType="Share", **asked)
        except ssm.exceptions.InvalidDocument:
            raise Gone from None
        shared += page.get("AccountSharingInfoList", [])
        more = bool(page.get("NextToken"))
    versions = [info.get("SharedDocumentVersion") for info in shared if info["AccountId"].lower() == EVERYONE]
    if versions:
        sharing = {"Name": name, "PermissionType": "Share"}
        back = Undo(
            "modify_document_permission",
            {**sharing, "AccountIdsToAdd": [EVERYONE], "SharedDocumentVersion": versions[0] or "$DEFAULT"},
        )
        without_way_back = "public sharing of documents is blocked in this region: a document cannot be shared again"
        blocked = ssm.get_service_setting(SettingId=SETTING)["ServiceSetting"]["SettingValue"] == "Disable"
        yield Change(
            "ssm",
            "modify_document_permission",
            {**sharing, "AccountIdsToRemove": [EVERYONE]},
            undo=without_way_back if blocked else back,
        )
    return {"SharedWithEveryone": versions}
