"""What plans know of the rotation of secrets."""

from __future__ import annotations

from typing import Any

import pytest

from asr_templates.embedded.secret_rotation import days_between, obstacle, schedule

ROTATED: dict[str, Any] = {"RotationLambdaARN": "arn:aws:lambda:eu-west-1:111111111111:function:rotation"}


@pytest.mark.parametrize(
    ("secret", "expected"),
    [
        (ROTATED, ""),
        ({**ROTATED, "PrimaryRegion": "eu-west-1"}, ""),
        ({**ROTATED, "PrimaryRegion": "us-east-1"}, "the secret is a replica: it is rotated in us-east-1"),
        ({**ROTATED, "DeletedDate": "2026-01-01"}, "the secret is scheduled for deletion"),
        ({**ROTATED, "OwningService": "rds"}, "the secret is managed by rds, which rotates it"),
        ({}, "the secret has no rotation function: give it one, since only that can change what the secret opens"),
    ],
)
def test_what_keeps_a_secret_from_being_rotated_is_named(secret: dict[str, Any], expected: str) -> None:
    assert expected == obstacle(secret, "eu-west-1")


@pytest.mark.parametrize(
    ("rules", "days", "settable"),
    [
        ({"AutomaticallyAfterDays": 30}, 30, {"AutomaticallyAfterDays": 30}),
        (
            {"AutomaticallyAfterDays": 30, "Duration": "3h"},
            30,
            {"AutomaticallyAfterDays": 30, "Duration": "3h"},
        ),
        ({"ScheduleExpression": "rate(10 days)"}, 10, {"ScheduleExpression": "rate(10 days)"}),
        ({"ScheduleExpression": "rate(1 day)"}, 1, {"ScheduleExpression": "rate(1 day)"}),
        ({"ScheduleExpression": "rate(12 hours)"}, 0.5, {"ScheduleExpression": "rate(12 hours)"}),
        (
            {"ScheduleExpression": "cron(0 16 1,15 * ? *)", "AutomaticallyAfterDays": 15},
            15,
            {"ScheduleExpression": "cron(0 16 1,15 * ? *)"},
        ),
        (
            {"ScheduleExpression": "cron(0 8 1 1 ? *)", "AutomaticallyAfterDays": 0},
            None,
            {"ScheduleExpression": "cron(0 8 1 1 ? *)"},
        ),
        ({}, None, {}),
    ],
)
def test_schedule_is_read_as_days_and_as_what_can_be_set_again(
    rules: dict[str, Any], days: float | None, settable: dict[str, Any]
) -> None:
    assert (days, settable) == (days_between({"RotationRules": rules}), schedule({"RotationRules": rules}))


def test_secret_that_was_never_rotated_has_no_schedule() -> None:
    assert (None, {}) == (days_between({}), schedule({}))
