"""Broken resources of AWS IAM."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario

WEAK = {
    "MinimumPasswordLength": 6,
    "RequireSymbols": False,
    "RequireNumbers": False,
    "RequireUppercaseCharacters": False,
    "RequireLowercaseCharacters": False,
    "AllowUsersToChangePassword": True,
}
"""A policy that fails every control, with one setting of the customer's own."""

Rule = Callable[[Mapping[str, Any]], bool]


def weak_policy(place: Place) -> str:
    """An account whose password policy asks for next to nothing."""
    place.client("iam").update_account_password_policy(**WEAK)
    return place.account_resource


def policy(place: Place, resource_id: str) -> dict[str, Any] | None:
    """Return the account's password policy, None where it has none."""
    iam = place.client("iam")
    try:
        return dict(iam.get_account_password_policy()["PasswordPolicy"])
    except iam.exceptions.NoSuchEntityException:
        return None


def meets(rule: Rule, place: Place, resource_id: str) -> bool:
    """The policy passes the control's rule, and the customer's own setting is still there."""
    found = policy(place, resource_id) or {}
    return rule(found) and found["AllowUsersToChangePassword"] is True


def weaken(place: Place, resource_id: str) -> None:
    """Someone sets the weak policy again, with a length of its own."""
    place.client("iam").update_account_password_policy(**{**WEAK, "MinimumPasswordLength": 7})


def is_strong(found: Mapping[str, Any]) -> bool:
    """IAM.7 with Security Hub's defaults."""
    required = ("RequireUppercaseCharacters", "RequireLowercaseCharacters", "RequireSymbols", "RequireNumbers")
    return all(found[name] for name in required) and found["MinimumPasswordLength"] >= 8


RULES: dict[str, Rule] = {
    "IAM.7": is_strong,
    "IAM.11": lambda found: bool(found["RequireUppercaseCharacters"]),
    "IAM.12": lambda found: bool(found["RequireLowercaseCharacters"]),
    "IAM.13": lambda found: bool(found["RequireSymbols"]),
    "IAM.14": lambda found: bool(found["RequireNumbers"] and not found["RequireSymbols"]),
    "IAM.15": lambda found: bool(found["MinimumPasswordLength"] >= 14),
    "IAM.16": lambda found: bool(found.get("PasswordReusePrevention", 0) >= 24),
    "IAM.17": lambda found: bool(0 < found.get("MaxPasswordAge", 0) <= 90),
}

SCENARIOS = {control: Scenario(weak_policy, partial(meets, rule), policy, weaken) for control, rule in RULES.items()}
