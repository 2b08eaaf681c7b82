"""What waits for the maintenance window of a database or cache, for plans: ApplyImmediately would set it off, too."""

from typing import Any

from asr_templates.embedded.runner import Refuse


def waiting(resource: dict[str, Any], own: str = "") -> list[str]:
    """Return the names of the values that are pending, but for the plan's `own`; False and 0 are values.

    A plan returns them with what it saw: what is queued later must not be set off by an undo either.
    """
    pending = (resource.get("PendingModifiedValues") or {}).items()
    return sorted(name for name, value in pending if name != own and value not in (None, "", [], {}))


def must_not_wait(names: list[str]) -> None:
    """Raise Refuse where something waits."""
    if names:
        raise Refuse(f"{', '.join(names)} would be applied at once too: it waits for the maintenance window")
