from asr_templates.embedded.runner import Aws, Change, Plan

NO_WAY_BACK = "suspending GuardDuty would leave the region unwatched, deleting its detector would delete findings"


def plan(aws: Aws) -> Plan:
    """GuardDuty is enabled in this region; what a detector watches already is left as it is."""
    guardduty = aws("guardduty")
    pages = guardduty.get_paginator("list_detectors").paginate()
    detectors = [detector for page in pages for detector in page["DetectorIds"]]
    statuses = [guardduty.get_detector(DetectorId=detector)["Status"] for detector in detectors]
    if not detectors:
        tags = {"ASR": "EnableGuardDuty"}
        yield Change("guardduty", "create_detector", {"Enable": True, "Tags": tags}, undo=NO_WAY_BACK)
    for detector, status in zip(detectors, statuses, strict=True):
        if status != "ENABLED":
            again = {"DetectorId": detector, "Enable": True}
            yield Change("guardduty", "update_detector", again, undo=NO_WAY_BACK)
    return {"Status": statuses}
