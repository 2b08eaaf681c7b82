"""EnableAutoSecretRotation: the rotation is switched on, with a schedule that is frequent enough."""

from __future__ import annotations

import runpy
from types import SimpleNamespace
from typing import Any

import pytest

from asr_templates.embedded.runner import run
from asr_templates.loading import OWN_RUNBOOKS, package_folder

RUNBOOK = "EnableAutoSecretRotation"
ARN = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders-AbCd12"
FUNCTION = "arn:aws:lambda:eu-west-1:111111111111:function:rotation"


def look(secret: dict[str, Any], maximum: int = 0) -> Any:
    """What a preview says of a secret that DescribeSecret gives so; moto knows no rotation without its being done."""
    client = SimpleNamespace(
        describe_secret=lambda SecretId: secret, exceptions=SimpleNamespace(ResourceNotFoundException=KeyError)
    )
    plan = runpy.run_path(str(package_folder(OWN_RUNBOOKS) / f"{RUNBOOK}.py"))["plan"]
    asked = {"SecretARN": ARN, "maximumAllowedRotationFrequency": maximum, "DaysBetweenRotations": 90}
    return run(plan, {"Mode": "Preview", **asked}, lambda service: client)


def wanted_rules(output: Any) -> list[Any]:
    return [change["parameters"]["RotationRules"] for change in output["Changes"]]


def test_secret_is_not_rotated_at_once() -> None:
    output = look({"RotationLambdaARN": FUNCTION})

    assert [False] == [change["parameters"]["RotateImmediately"] for change in output["Changes"]]
    assert [{"AutomaticallyAfterDays": 90}] == wanted_rules(output)


def test_former_schedule_stays() -> None:
    rules = {"ScheduleExpression": "cron(0 16 1 * ? *)", "AutomaticallyAfterDays": 31, "Duration": "3h"}
    output = look({"RotationLambdaARN": FUNCTION, "RotationRules": rules, "RotationEnabled": False}, maximum=40)

    assert [{"ScheduleExpression": "cron(0 16 1 * ? *)", "Duration": "3h"}] == wanted_rules(output)
    assert ["cancel_rotate_secret"] == [change["undo"]["operation"] for change in output["Changes"]]


@pytest.mark.parametrize(("maximum", "days"), [(30, 30), (180, 90)])
def test_schedule_that_is_too_rare_for_the_customer_is_replaced(maximum: int, days: int) -> None:
    rules = {"AutomaticallyAfterDays": 365, "Duration": "3h"}
    output = look({"RotationLambdaARN": FUNCTION, "RotationRules": rules, "RotationEnabled": True}, maximum)

    assert [{"AutomaticallyAfterDays": days, "Duration": "3h"}] == wanted_rules(output)
    assert [rules] == [change["undo"]["parameters"]["RotationRules"] for change in output["Changes"]]


def test_any_schedule_will_do_without_a_limit() -> None:
    secret = {"RotationLambdaARN": FUNCTION, "RotationRules": {"AutomaticallyAfterDays": 365}, "RotationEnabled": True}

    assert [] == look(secret)["Changes"]


def test_schedule_that_does_not_say_how_often_is_refused_where_there_is_a_limit() -> None:
    rules = {"ScheduleExpression": "cron(0 8 1 1 ? *)"}
    output = look({"RotationLambdaARN": FUNCTION, "RotationRules": rules, "RotationEnabled": True}, maximum=90)

    expected = "the schedule cron(0 8 1 1 ? *) does not say how often it rotates the secret"
    assert ("Refused", expected) == (output["Status"], output["Message"])


def test_secret_without_rotation_function_is_refused() -> None:
    output = look({"RotationEnabled": False})

    assert "Refused" == output["Status"]
    assert output["Message"].startswith("the secret has no rotation function")
