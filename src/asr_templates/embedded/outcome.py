"""Step Outcome: reads what the remediation runbook says; a failure of any kind fails the automation."""

import json
from contextlib import suppress
from typing import Any

WORKFLOW = {"Success": "", "NoChange": "", "Undone": "NEW", "Preview": None, "Refused": None}  # "": the row's status


def outcome(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Return the note of the finding, and its workflow status ("" where it stays as it is)."""
    output = event["Output"]
    while isinstance(output, list) and len(output) == 1:
        output = output[0]
    if isinstance(output, str):
        with suppress(ValueError):  # reported as it is
            output = json.loads(output)
    if not isinstance(output, dict):
        raise ValueError(f"the remediation's output is unreadable: {output!r}")
    status = output.get("Status")
    if status not in WORKFLOW:
        raise ValueError(f"{status}: {output.get('Message')}")
    workflow = WORKFLOW[status]
    changes = [f"{change['service']}:{change['operation']}" for change in output["Changes"]]
    parts = [f"{status}: {output['Message']}." if status != "Success" else event["Notes"][event["ControlId"]]]
    if changes:
        parts.append(f"{len(changes)} changes: {', '.join(changes[:2])}{', ...' if len(changes) > 2 else ''}.")
    history = f" asr history {event['Execution']}"
    return {
        "Status": status,
        "Note": " ".join(parts)[: 512 - len(history)] + history,
        "Workflow": event["Workflow"] if workflow == "" else workflow or "",
    }
