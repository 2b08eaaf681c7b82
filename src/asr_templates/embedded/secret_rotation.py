"""Rotation of secrets, for plans: what keeps a secret from being rotated, and how often its schedule rotates it."""

import re
from typing import Any


def obstacle(secret: dict[str, Any], region: str) -> str:
    """Return why a secret of DescribeSecret cannot be rotated in a region; "": nothing keeps it."""
    if secret.get("DeletedDate"):
        return "the secret is scheduled for deletion"
    if secret.get("PrimaryRegion", region) != region:
        return f"the secret is a replica: it is rotated in {secret['PrimaryRegion']}"
    if secret.get("OwningService"):
        return f"the secret is managed by {secret['OwningService']}, which rotates it"
    if not secret.get("RotationLambdaARN"):
        return "the secret has no rotation function: give it one, since only that can change what the secret opens"
    return ""


def schedule(secret: dict[str, Any]) -> dict[str, Any]:
    """Return the rotation rules of a secret as RotateSecret takes them; {}: it never had any.

    DescribeSecret gives a schedule's number of days besides its expression, RotateSecret takes one of the two.
    """
    rules = secret.get("RotationRules") or {}
    expression = "ScheduleExpression" if rules.get("ScheduleExpression") else "AutomaticallyAfterDays"
    return {name: rules[name] for name in (expression, "Duration") if rules.get(name)}


def days_between(secret: dict[str, Any]) -> float | None:
    """Return the days between two rotations of a secret's schedule; None: it does not say."""
    rules = secret.get("RotationRules") or {}
    rate = re.fullmatch(r"rate\((\d+) (day|hour)s?\)", rules.get("ScheduleExpression") or "")
    if rate:
        return int(rate[1]) / (1 if rate[2] == "day" else 24)
    return rules.get("AutomaticallyAfterDays") or None
