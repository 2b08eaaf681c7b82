"""Step UpdateFinding: writes the note and the workflow status where the finding lives."""

import time
from typing import Any

import boto3
from botocore.config import Config

MARK = " | ASR: "


def update(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Update the finding where its ProductArn says, a person's note kept in front; fail unless it was processed."""
    region = event["ProductArn"].split(":")[3]
    retries: Any = {"mode": "standard", "max_attempts": 8}
    hub = boto3.client("securityhub", region_name=region, config=Config(retries=retries))
    key = {"Id": event["FindingId"], "ProductArn": event["ProductArn"]}
    wanted = {name: [{"Value": value, "Comparison": "EQUALS"}] for name, value in key.items()}
    found = hub.get_findings(Filters=wanted)["Findings"]
    former = found[0].get("Note", {}) if found else {}
    note = with_former(event["Note"], former, event["Prefix"])
    signed = {"Text": note, "UpdatedBy": event["UpdatedBy"]}
    changes: dict[str, Any] = {"Note": signed}
    if event["Workflow"]:
        changes["Workflow"] = {"Status": event["Workflow"]}
    for pause in (1, 4, 15, 0):
        left = hub.batch_update_findings(FindingIdentifiers=[key], **changes)["UnprocessedFindings"]
        if not left or left[0]["ErrorCode"] != "ConcurrentUpdateError":
            break
        time.sleep(pause)
    if left:
        raise RuntimeError(f"the finding was not updated: {left[0]['ErrorCode']} {left[0]['ErrorMessage']}")
    return {"Workflow": event["Workflow"], "Note": note}


def with_former(note: str, former: dict[str, str], prefix: str) -> str:
    """Return the note behind what a person wrote: ours is shortened first, down to 256 of the 512 characters."""
    text, ours, _ = former.get("Text", "").partition(MARK)
    if not text or (not ours and former["UpdatedBy"].startswith(prefix)):
        return note[:512]
    kept = text[: 512 - len(MARK) - min(len(note), 256)]
    return (kept + MARK + note)[:512]
