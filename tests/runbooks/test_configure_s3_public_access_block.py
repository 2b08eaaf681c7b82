"""ConfigureS3PublicAccessBlock: the account blocks public access to all of its buckets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest

RUNBOOK = "ConfigureS3PublicAccessBlock"
SETTINGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
ALL_ON = dict.fromkeys(SETTINGS, True)
PARTLY = [dict.fromkeys(SETTINGS, False), *({**ALL_ON, setting: False} for setting in SETTINGS)]


class Account:
    """An account and its block."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.s3control = boto3.client("s3control")

    def block(self, settings: dict[str, bool]) -> None:
        self.s3control.put_public_access_block(AccountId=self.account, PublicAccessBlockConfiguration=settings)

    def unblock(self) -> None:
        self.s3control.delete_public_access_block(AccountId=self.account)

    def describe(self) -> dict[str, bool] | None:
        try:
            return dict(
                self.s3control.get_public_access_block(AccountId=self.account)["PublicAccessBlockConfiguration"]
            )
        except self.s3control.exceptions.NoSuchPublicAccessBlockConfiguration:
            return None


@pytest.fixture
def blocked(account: str) -> Account:
    return Account(account)


def test_account_without_a_block_gets_one(prove: Callable[..., Any], blocked: Account) -> None:
    prove(RUNBOOK, blocked.describe, drift=blocked.unblock, AccountId=blocked.account)


@pytest.mark.parametrize("settings", PARTLY, ids=lambda settings: "".join("ny"[on] for on in settings.values()))
def test_block_that_is_not_fully_on_is_completed_and_restored(
    prove: Callable[..., Any], blocked: Account, settings: dict[str, bool]
) -> None:
    blocked.block(settings)

    applied = prove(RUNBOOK, blocked.describe, AccountId=blocked.account)
    assert (settings, ALL_ON) == tuple(applied[key]["PublicAccessBlock"] for key in ("Before", "After"))


def test_block_that_is_fully_on_is_left_alone(remediation: Callable[[str], Any], blocked: Account) -> None:
    blocked.block(ALL_ON)

    assert "NoChange" == remediation(RUNBOOK)(AccountId=blocked.account)["Status"]
