"""Step Combine: one output for a plan that was run twice, since a new role takes a while until services see it."""

from typing import Any


def combine(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Return what both runs of the plan did: the second one found the first one's changes and made the rest."""
    first, second = event["First"], event["Second"]
    changes = first["Changes"] + second["Changes"]
    if second["Status"] not in ("Success", "NoChange"):
        return {**second, "Status": "Failed", "Before": first["Before"], "Changes": changes}
    message = f"made {len(changes)} changes"
    return {**second, "Status": "Success", "Message": message, "Before": first["Before"], "Changes": changes}
