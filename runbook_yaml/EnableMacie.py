from asr_templates.embedded.runner import Aws, Change, Plan, Undo

# What GetMacieSession says of a region without Macie: an AccessDeniedException, like a missing permission.
NOT_ENABLED = "Macie is not enabled"


def plan(aws: Aws) -> Plan:
    """Macie is enabled in this region."""
    macie = aws("macie2")
    status = "DISABLED"
    try:
        status = macie.get_macie_session()["status"]
    except macie.exceptions.ResourceNotFoundException:
        pass
    except macie.exceptions.AccessDeniedException as error:
        if NOT_ENABLED not in str(error):
            raise
    if status == "PAUSED":
        back = Undo("update_macie_session", {"status": "PAUSED"})
        yield Change("macie2", "update_macie_session", {"status": "ENABLED"}, undo=back)
    elif status == "DISABLED":
        stays = "disabling Macie would delete its settings, jobs and findings: do it by hand"
        yield Change("macie2", "enable_macie", {"status": "ENABLED"}, undo=stays)
    return {"Status": status}
