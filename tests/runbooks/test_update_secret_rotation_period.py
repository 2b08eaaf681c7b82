"""UpdateSecretRotationPeriod: a secret is rotated that was not for too long."""

from __future__ import annotations

import datetime
import runpy
from types import SimpleNamespace
from typing import Any

import pytest

from asr_templates.embedded.runner import run
from asr_templates.loading import OWN_RUNBOOKS, package_folder

RUNBOOK = "UpdateSecretRotationPeriod"
ARN = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders-AbCd12"
FUNCTION = "arn:aws:lambda:eu-west-1:111111111111:function:rotation"


def secret(age: int, **properties: Any) -> dict[str, Any]:
    """A secret with rotation that was rotated so many days ago."""
    rotated = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=age)
    rules = {"AutomaticallyAfterDays": 30}
    return {
        "RotationEnabled": True,
        "RotationLambdaARN": FUNCTION,
        "RotationRules": rules,
        "LastRotatedDate": rotated,
        **properties,
    }


def look(described: dict[str, Any]) -> Any:
    """What a preview says of a secret that DescribeSecret gives so."""
    client = SimpleNamespace(
        describe_secret=lambda SecretId: described, exceptions=SimpleNamespace(ResourceNotFoundException=KeyError)
    )
    plan = runpy.run_path(str(package_folder(OWN_RUNBOOKS) / f"{RUNBOOK}.py"))["plan"]
    return run(plan, {"Mode": "Preview", "SecretARN": ARN, "maxDaysSinceRotation": 90}, lambda service: client)


def parameters(output: Any) -> list[tuple[Any, bool]]:
    return [
        (each["parameters"]["RotationRules"], each["parameters"]["RotateImmediately"]) for each in output["Changes"]
    ]


def test_old_secret_is_rotated_for_good_and_its_schedule_stays() -> None:
    output = look(secret(91))

    assert [({"AutomaticallyAfterDays": 30}, True)] == parameters(output)
    assert ["the secret has a new value, and what it opens knows only that"] == [c["undo"] for c in output["Changes"]]


def test_secret_that_was_never_rotated_is_rotated() -> None:
    assert [({"AutomaticallyAfterDays": 30}, True)] == parameters(look({**secret(1), "LastRotatedDate": None}))


def test_schedule_alone_can_be_too_rare() -> None:
    rules = {"ScheduleExpression": "rate(120 days)", "Duration": "3h"}
    output = look(secret(89, RotationRules=rules))

    assert [({"AutomaticallyAfterDays": 90, "Duration": "3h"}, False)] == parameters(output)
    assert [rules] == [change["undo"]["parameters"]["RotationRules"] for change in output["Changes"]]


def test_secret_that_was_rotated_in_time_is_left_alone() -> None:
    stages = {"a": ["AWSPENDING", "AWSCURRENT"], "b": ["AWSPREVIOUS"]}

    assert [] == look(secret(89, VersionIdsToStages=stages))["Changes"]


def test_rotation_that_is_under_way_is_not_started_again() -> None:
    stages = {"a": ["AWSCURRENT"], "b": ["AWSPENDING"]}

    assert [] == look(secret(91, VersionIdsToStages=stages))["Changes"]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"RotationEnabled": False}, "automatic rotation of the secret is off: switch it on first (SecretsManager.1)"),
        ({"OwningService": "rds"}, "the secret is managed by rds, which rotates it"),
    ],
)
def test_secret_that_cannot_be_rotated_is_refused(properties: dict[str, Any], expected: str) -> None:
    output = look(secret(91, **properties))

    assert ("Refused", expected) == (output["Status"], output["Message"])
