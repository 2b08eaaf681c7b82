"""Macie is there once it was enabled, and can be paused."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

ACCOUNT = "111111111111"


@pytest.fixture
def macie(environment: Any) -> Any:
    return environment.session(ACCOUNT).client("macie2", region_name="eu-west-1")


@pytest.mark.parametrize("operation", ["get_macie_session", "update_macie_session", "disable_macie"])
def test_a_region_without_macie_denies_all_but_enabling_it(macie: Any, operation: str) -> None:
    with pytest.raises(ClientError, match=r"AccessDeniedException.*Macie is not enabled"):
        getattr(macie, operation)()


def test_macie_is_enabled_once_and_in_one_region(environment: Any, macie: Any) -> None:
    macie.enable_macie(findingPublishingFrequency="ONE_HOUR")

    session = macie.get_macie_session()

    assert (session["status"], session["findingPublishingFrequency"]) == ("ENABLED", "ONE_HOUR")
    with pytest.raises(ClientError, match="ConflictException"):
        macie.enable_macie()
    with pytest.raises(ClientError, match="Macie is not enabled"):
        environment.session(ACCOUNT).client("macie2", region_name="us-east-1").get_macie_session()


def test_an_update_sets_what_it_names(macie: Any) -> None:
    macie.enable_macie(findingPublishingFrequency="ONE_HOUR")
    macie.update_macie_session(status="PAUSED")

    session = macie.get_macie_session()

    assert (session["status"], session["findingPublishingFrequency"]) == ("PAUSED", "ONE_HOUR")


def test_macie_can_be_enabled_again_after_it_was_disabled(macie: Any) -> None:
    macie.enable_macie()
    macie.disable_macie()
    macie.enable_macie()

    assert macie.get_macie_session()["status"] == "ENABLED"
