"""Step Outcome: reads what the remediation runbook says; a failure of any kind fails the automation."""

import json
from typing import Any

WORKFLOW = {"Success": "", "NoChange": "", "Undone": "NEW", "Preview": None, "Refused": None}  # "": the row's status


def read(output: Any) -> dict[str, Any]:
    """Return the output of the runbook: an object, its JSON, or a list in which a step that did not run has no JSON."""
    for item in output if isinstance(output, list) else [output]:
        try:
            value = json.loads(item) if isinstance(item, str) else item
        except ValueError:
            continue
        if isinstance(value, dict) and "Status" in value:
            return value
    return {}


def outcome(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Return the note of the finding, and its workflow status ("" where it stays as it is)."""
    output = read(event["Output"])
    if not output:
        raise ValueError(f"the remediation's output is unreadable: {event['Output']!r}")
    status = output["Status"]
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
