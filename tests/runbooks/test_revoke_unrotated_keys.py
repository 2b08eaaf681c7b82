"""RevokeUnrotatedKeys: old access keys of a user are deactivated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from asr_templates.simulator.scenarios.past import days_ago

RUNBOOK = "RevokeUnrotatedKeys"


@pytest.fixture
def iam(account: str) -> Any:
    iam = boto3.client("iam")
    iam.create_user(UserName="ann", Path="/teams/web/")
    return iam


def key(iam: Any, age: int) -> str:
    """Make an access key of an age in days."""
    with days_ago(age):
        return str(iam.create_access_key(UserName="ann")["AccessKey"]["AccessKeyId"])


def statuses(iam: Any) -> dict[str, str]:
    keys = iam.list_access_keys(UserName="ann")["AccessKeyMetadata"]
    return {each["AccessKeyId"]: each["Status"] for each in keys}


def test_key_that_is_too_old_is_deactivated_and_a_younger_one_stays(prove: Callable[..., Any], iam: Any) -> None:
    old, young = key(iam, age=91), key(iam, age=89)

    def drift() -> None:
        iam.update_access_key(UserName="ann", AccessKeyId=old, Status="Active")

    applied = prove(RUNBOOK, lambda: statuses(iam), drift=drift, IAMUserName="ann", MaxCredentialUsageAge=90)

    assert {old: "Inactive"} == applied["After"]["AccessKeys"]
    assert "Active" == statuses(iam)[young]


def test_the_limit_is_the_customers(remediation: Callable[[str], Any], iam: Any) -> None:
    old = key(iam, age=31)

    assert "NoChange" == remediation(RUNBOOK)(IAMUserName="ann", MaxCredentialUsageAge=90)["Status"]
    assert "Success" == remediation(RUNBOOK)(IAMUserName="ann", MaxCredentialUsageAge=30)["Status"]
    assert {old: "Inactive"} == statuses(iam)


def test_undo_is_refused_where_the_key_was_deleted(remediation: Callable[[str], Any], iam: Any) -> None:
    run = remediation(RUNBOOK)
    old = key(iam, age=91)
    applied = run(IAMUserName="ann", MaxCredentialUsageAge=90)
    iam.delete_access_key(UserName="ann", AccessKeyId=old)

    undone = run("Undo", applied, IAMUserName="ann", MaxCredentialUsageAge=90)

    assert ("Refused", {}) == (undone["Status"], statuses(iam))


def test_user_that_is_gone_is_no_change(remediation: Callable[[str], Any], account: str) -> None:
    output = remediation(RUNBOOK)(IAMUserName="bob", MaxCredentialUsageAge=90)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
