from asr_templates.embedded.runner import Aws, Change, Plan, Undo


def plan(aws: Aws, AccountId: str, Partition: str, Region: str) -> Plan:
    """Documents of this account and region cannot be shared with everyone."""
    ssm = aws("ssm")
    arn = f"arn:{Partition}:ssm:{Region}:{AccountId}:servicesetting/ssm/documents/console/public-sharing-permission"
    setting = ssm.get_service_setting(SettingId=arn)["ServiceSetting"]
    value = setting["SettingValue"]
    if value != "Disable":
        back = Undo("update_service_setting", {"SettingId": arn, "SettingValue": value})
        if setting["Status"] == "Default":
            back = Undo("reset_service_setting", {"SettingId": arn})
        yield Change("ssm", "update_service_setting", {"SettingId": arn, "SettingValue": "Disable"}, undo=back)
    return {"SettingValue": value}
