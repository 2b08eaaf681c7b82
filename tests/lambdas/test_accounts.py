from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from asr_templates.lambdas.accounts import Members


class Sts:
    """Gives credentials that last for so many minutes."""

    def __init__(self, minutes: int) -> None:
        self.minutes = minutes
        self.assumed: list[str] = []

    def assume_role(self, RoleArn: str, RoleSessionName: str) -> dict[str, Any]:
        self.assumed.append(RoleArn)
        return {"Credentials": {"Expiration": datetime.now(UTC) + timedelta(minutes=self.minutes)}}


@pytest.fixture
def made() -> list[tuple[str, str]]:
    return []


def members(sts: Any, made: list[tuple[str, str]]) -> Members:
    def connect(service: str, region: str, credentials: Any) -> object:
        made.append((service, region))
        return object()

    return Members(sts, "aws-cn", "/security/ASR-Orchestrator-Member", "session", connect)


def test_a_role_is_assumed_once_for_all_regions_and_services(made: list[tuple[str, str]]) -> None:
    sts = Sts(minutes=60)
    reached = members(sts, made)

    reached.client("ssm", "222222222222", "cn-north-1")
    reached.client("ssm", "222222222222", "cn-northwest-1")
    reached.client("ssm", "222222222222", "cn-north-1")

    assert ["arn:aws-cn:iam::222222222222:role/security/ASR-Orchestrator-Member"] == sts.assumed
    assert [("ssm", "cn-north-1"), ("ssm", "cn-northwest-1")] == made


def test_credentials_that_soon_expire_are_not_used_again(made: list[tuple[str, str]]) -> None:
    sts = Sts(minutes=4)
    reached = members(sts, made)

    first = reached.client("ssm", "222222222222", "cn-north-1")

    assert first is not reached.client("ssm", "222222222222", "cn-north-1")
    assert 2 == len(sts.assumed)


def test_clients_act_in_the_member_account(aws: None) -> None:
    real = Members(boto3.client("sts"), "aws", "/ASR-Orchestrator-Member", "session")

    identity = real.client("sts", "222222222222", "eu-west-1").get_caller_identity()

    assert "222222222222" == identity["Account"]
