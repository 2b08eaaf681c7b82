"""SetIAMPasswordPolicy: at least as strong as asked; what is stronger stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from asr_templates.catalog import iam as catalog

RUNBOOK = "SetIAMPasswordPolicy"
NOTHING: dict[str, Any] = {
    "AllowUsersToChangePassword": False,
    "HardExpiry": False,
    "MaxPasswordAge": 0,
    "MinimumPasswordLength": 0,
    "PasswordReusePrevention": 0,
    "RequireLowercaseCharacters": False,
    "RequireNumbers": False,
    "RequireSymbols": False,
    "RequireUppercaseCharacters": False,
}
"""What the runbook takes for asking for nothing."""

SETTINGS = tuple(NOTHING)
CONTROLS = [control for control in catalog.CONTROLS if control.runbook == RUNBOOK]


class Account:
    """An account and its password policy."""

    def __init__(self) -> None:
        self.iam = boto3.client("iam")

    def set(self, **settings: Any) -> None:
        self.iam.update_account_password_policy(**{"MinimumPasswordLength": 6, **settings})

    def describe(self) -> dict[str, Any] | None:
        try:
            policy = self.iam.get_account_password_policy()["PasswordPolicy"]
        except self.iam.exceptions.NoSuchEntityException:
            return None
        return {name: policy.get(name) or NOTHING[name] for name in SETTINGS}


@pytest.fixture
def policy(account: str) -> Account:
    return Account()


@pytest.mark.parametrize("control", CONTROLS, ids=[control.id for control in CONTROLS])
def test_account_without_a_policy_gets_what_the_control_asks_for(
    prove: Callable[..., Any], policy: Account, control: Any
) -> None:
    """Without a policy of its own an account asks for 8 characters: a new policy asks for no fewer."""
    prove(
        RUNBOOK, policy.describe, drift=lambda: policy.set(MinimumPasswordLength=100), **{**NOTHING, **control.inputs}
    )
    policy.iam.delete_account_password_policy()


@pytest.mark.parametrize("control", CONTROLS, ids=[control.id for control in CONTROLS])
def test_control_asks_for_its_own_settings_and_nothing_else(
    remediation: Callable[[str], Any], policy: Account, control: Any
) -> None:
    policy.set(MinimumPasswordLength=6)
    remediation(RUNBOOK)(**{**NOTHING, **control.inputs})

    assert {**NOTHING, "MinimumPasswordLength": 6, **control.inputs} == policy.describe()


@pytest.mark.parametrize("control", CONTROLS, ids=[control.id for control in CONTROLS])
def test_weak_policy_is_restored_as_it_was(prove: Callable[..., Any], policy: Account, control: Any) -> None:
    policy.set(AllowUsersToChangePassword=True, RequireSymbols=control.id not in ("IAM.7", "IAM.13"))

    prove(RUNBOOK, policy.describe, **{**NOTHING, **control.inputs})


def test_stricter_settings_stay(remediation: Callable[[str], Any], policy: Account) -> None:
    """16 characters do not become 14, 30 days not 90, 24 passwords not 5."""
    strict = {
        "MinimumPasswordLength": 16,
        "MaxPasswordAge": 30,
        "PasswordReusePrevention": 24,
        "RequireSymbols": True,
        "RequireNumbers": True,
        "AllowUsersToChangePassword": True,
        "HardExpiry": True,
    }
    policy.set(**strict)
    asked = {
        "MinimumPasswordLength": 14,
        "MaxPasswordAge": 90,
        "PasswordReusePrevention": 5,
        "RequireLowercaseCharacters": True,
    }
    output = remediation(RUNBOOK)(**{**NOTHING, **asked})

    assert "Success" == output["Status"]
    assert {**NOTHING, **strict, "RequireLowercaseCharacters": True} == policy.describe()


def test_policy_that_is_strict_enough_is_left_alone(remediation: Callable[[str], Any], policy: Account) -> None:
    policy.set(MinimumPasswordLength=16, MaxPasswordAge=30)
    output = remediation(RUNBOOK)(**{**NOTHING, "MinimumPasswordLength": 14, "MaxPasswordAge": 90})

    assert ("NoChange", []) == (output["Status"], output["Changes"])


def test_passwords_that_never_expire_get_the_age_that_is_asked_for(
    remediation: Callable[[str], Any], policy: Account
) -> None:
    policy.set(MinimumPasswordLength=20)
    remediation(RUNBOOK)(**{**NOTHING, "MaxPasswordAge": 90})

    assert {**NOTHING, "MinimumPasswordLength": 20, "MaxPasswordAge": 90} == policy.describe()


def test_new_policy_is_not_weaker_than_none(remediation: Callable[[str], Any], policy: Account) -> None:
    remediation(RUNBOOK)(**{**NOTHING, "RequireNumbers": True})

    assert {**NOTHING, "RequireNumbers": True, "MinimumPasswordLength": 8} == policy.describe()


def test_who_asks_for_nothing_changes_nothing(remediation: Callable[[str], Any], policy: Account) -> None:
    assert "NoChange" == remediation(RUNBOOK)(**NOTHING)["Status"]
    assert None is policy.describe()
