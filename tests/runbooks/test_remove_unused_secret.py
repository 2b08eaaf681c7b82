"""RemoveUnusedSecret: a secret that nobody reads is scheduled for deletion."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from moto.secretsmanager.models import FakeSecret, secretsmanager_backends

from asr_templates.simulator.scenarios.past import DAY, days_ago

RUNBOOK = "RemoveUnusedSecret"


class Secrets:
    """Secrets of one region."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.client = boto3.client("secretsmanager")

    def create(self, age: int, **properties: Any) -> str:
        with days_ago(age):
            return str(self.client.create_secret(Name="prod/orders", SecretString="x", **properties)["ARN"])

    def is_scheduled(self) -> bool:
        return "DeletedDate" in self.client.describe_secret(SecretId="prod/orders")


@pytest.fixture
def secrets(account: str) -> Secrets:
    return Secrets(account)


def test_secret_that_was_never_read_can_be_restored(prove: Callable[..., Any], secrets: Secrets) -> None:
    arn = secrets.create(age=91)

    def drift() -> None:
        secrets.client.restore_secret(SecretId=arn)

    applied = prove(RUNBOOK, secrets.is_scheduled, drift=drift, SecretARN=arn, unusedForDays=90)

    assert {"SecretId": arn, "RecoveryWindowInDays": 30} == applied["Changes"][0]["parameters"]


def test_young_secret_is_refused_with_its_day(remediation: Callable[[str], Any], secrets: Secrets) -> None:
    arn = secrets.create(age=89)

    output = remediation(RUNBOOK)(SecretARN=arn, unusedForDays=90)

    assert "Refused" == output["Status"]
    assert "within the last 90 days" in output["Message"]
    assert not secrets.is_scheduled()


def test_secret_that_was_read_lately_is_refused(
    remediation: Callable[[str], Any], secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn = secrets.create(age=300)
    describe = FakeSecret.to_dict
    today = int(time.time()) // DAY * DAY
    monkeypatch.setattr(FakeSecret, "to_dict", lambda self: {**describe(self), "LastAccessedDate": today})

    assert "Refused" == remediation(RUNBOOK)(SecretARN=arn, unusedForDays=90)["Status"]


def test_managed_secret_is_refused(remediation: Callable[[str], Any], secrets: Secrets) -> None:
    with days_ago(91):
        secret = secretsmanager_backends[secrets.account]["us-east-1"].create_managed_secret("rds", "rds!db-1", "x")

    output = remediation(RUNBOOK)(SecretARN=secret.arn, unusedForDays=90)

    assert "the secret is managed by rds: remove it there" == output["Message"]


def test_secret_with_replicas_and_its_replicas_are_refused(remediation: Callable[[str], Any], secrets: Secrets) -> None:
    arn = secrets.create(age=91, AddReplicaRegions=[{"Region": "us-west-2"}, {"Region": "eu-west-1"}])

    output = remediation(RUNBOOK)(SecretARN=arn, unusedForDays=90)

    expected = "the secret has replicas, which may be in use: remove those in eu-west-1, us-west-2 first"
    assert ("Refused", expected) == (output["Status"], output["Message"])


def test_secret_that_is_gone_is_no_change(remediation: Callable[[str], Any], secrets: Secrets) -> None:
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:gone-AbCd12"
    output = remediation(RUNBOOK)(SecretARN=arn, unusedForDays=90)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
