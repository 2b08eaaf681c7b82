"""RevokeUnusedIAMUserCredentials: unused access keys are deactivated, an unused console password is deleted."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto.iam.models import AccessKeyLastUsed, iam_backends

from asr_templates.simulator.aws.gaps import iam as mended_iam
from asr_templates.simulator.scenarios.past import days_ago

RUNBOOK = "RevokeUnusedIAMUserCredentials"
GIVEN = {"IAMUserName": "ann", "MaxCredentialUsageAge": 90}


@pytest.fixture(autouse=True)
def dated_passwords() -> Iterator[None]:
    with mended_iam.installed():
        yield


@pytest.fixture
def iam(account: str) -> Any:
    iam = boto3.client("iam")
    with days_ago(400):
        iam.create_user(UserName="ann")
    return iam


def key(iam: Any, age: int) -> str:
    with days_ago(age):
        return str(iam.create_access_key(UserName="ann")["AccessKey"]["AccessKeyId"])


def password(iam: Any, age: int) -> None:
    with days_ago(age):
        iam.create_login_profile(UserName="ann", Password="correct horse")


def seen(iam: Any) -> tuple[list[str], bool]:
    """The statuses of the access keys, and whether there is a console password."""
    keys = iam.list_access_keys(UserName="ann")["AccessKeyMetadata"]
    try:
        iam.get_login_profile(UserName="ann")
    except iam.exceptions.NoSuchEntityException:
        return [each["Status"] for each in keys], False
    return [each["Status"] for each in keys], True


def days_before_now(days: int) -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=days)


def test_unused_keys_alone_can_be_activated_again(prove: Callable[..., Any], iam: Any) -> None:
    key(iam, age=91)
    password(iam, age=89)

    prove(RUNBOOK, lambda: seen(iam), **GIVEN)


def test_unused_password_is_deleted_for_good(remediation: Callable[[str], Any], iam: Any) -> None:
    run = remediation(RUNBOOK)
    password(iam, age=91)

    applied = run(**GIVEN)
    undone = run("Undo", applied, **GIVEN)

    assert ("Success", ([], False)) == (applied["Status"], seen(iam))
    assert "cannot be undone: a console password is not kept: give the user a new one" == undone["Message"]


def test_new_password_of_an_old_user_stays(remediation: Callable[[str], Any], iam: Any) -> None:
    password(iam, age=1)

    assert "NoChange" == remediation(RUNBOOK)(**GIVEN)["Status"]


@pytest.mark.parametrize(("days", "status"), [(89, "Active"), (91, "Inactive")])
def test_what_counts_is_the_last_use(
    remediation: Callable[[str], Any], iam: Any, account: str, days: int, status: str
) -> None:
    key(iam, age=300)
    password(iam, age=300)
    user = iam_backends[account]["aws"].users[next(iter(iam_backends[account]["aws"].users))]
    user.password_last_used = days_before_now(days)
    user.access_keys[0].last_used = AccessKeyLastUsed(days_before_now(days), "s3", "eu-west-1")

    remediation(RUNBOOK)(**GIVEN)

    assert ([status], status == "Active") == seen(iam)


def test_user_that_is_gone_is_no_change(remediation: Callable[[str], Any], account: str) -> None:
    output = remediation(RUNBOOK)(**GIVEN)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
