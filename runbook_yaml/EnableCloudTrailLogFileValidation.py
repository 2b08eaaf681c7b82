from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Undo


def plan(aws: Aws, TrailName: str) -> Plan:
    """A trail signs its log files, so that a changed or deleted one is noticed."""
    cloudtrail = aws("cloudtrail")
    try:
        trail = cloudtrail.get_trail(Name=TrailName)["Trail"]
    except cloudtrail.exceptions.TrailNotFoundException:
        raise Gone from None
    is_validated = trail["LogFileValidationEnabled"]
    if not is_validated:
        these = {"Name": TrailName, "EnableLogFileValidation": True}
        back = Undo("update_trail", {"Name": TrailName, "EnableLogFileValidation": False})
        yield Change("cloudtrail", "update_trail", these, undo=back)
    return {"LogFileValidationEnabled": is_validated}
