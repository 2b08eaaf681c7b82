"""SetLogGroupRetentionDays: events are kept for at least the days that are asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest

RUNBOOK = "SetLogGroupRetentionDays"
ARN = "arn:aws:logs:us-east-1:123456789012:log-group:/orders"


class Groups:
    """Log groups of one region."""

    def __init__(self) -> None:
        self.logs = boto3.client("logs")

    def create(self, name: str, days: int | None = None) -> None:
        self.logs.create_log_group(logGroupName=name)
        if days:
            self.logs.put_retention_policy(logGroupName=name, retentionInDays=days)

    def describe(self) -> dict[str, int | None]:
        pages = self.logs.get_paginator("describe_log_groups").paginate()
        return {each["logGroupName"]: each.get("retentionInDays") for page in pages for each in page["logGroups"]}


@pytest.fixture
def groups(account: str) -> Groups:
    return Groups()


def test_only_the_group_itself_keeps_its_events_longer_whatever_begins_with_its_name(
    prove: Callable[..., Any], groups: Groups
) -> None:
    for number in range(60):  # more than one page
        groups.create(f"/orders-{number:02}", 1)
    groups.create("/orders", 30)

    def drift() -> None:
        groups.logs.put_retention_policy(logGroupName="/orders", retentionInDays=400)

    prove(RUNBOOK, groups.describe, drift, LogGroupArn=ARN, MinRetentionTime=365)


@pytest.mark.parametrize("days", [None, 365, 3653])
def test_group_that_keeps_events_long_enough_or_for_ever_is_left_alone(
    remediation: Callable[[str], Any], groups: Groups, days: int | None
) -> None:
    groups.create("/orders", days)
    output = remediation(RUNBOOK)(LogGroupArn=ARN, MinRetentionTime=365)

    assert ("NoChange", {"/orders": days}) == (output["Status"], groups.describe())


@pytest.mark.parametrize(("asked", "expected"), [(365, 365), (366, 400), (1000, 1096), (31, 60), (3653, 3653)])
def test_next_longer_time_that_cloudwatch_logs_knows_is_set(
    remediation: Callable[[str], Any], groups: Groups, asked: int, expected: int
) -> None:
    groups.create("/orders", 1)
    remediation(RUNBOOK)(LogGroupArn=ARN, MinRetentionTime=asked)

    assert {"/orders": expected} == groups.describe()


def test_time_that_is_too_long_for_cloudwatch_logs_is_refused(
    remediation: Callable[[str], Any], groups: Groups
) -> None:
    groups.create("/orders", 1)
    output = remediation(RUNBOOK)(LogGroupArn=ARN, MinRetentionTime=4000)

    expected = "CloudWatch Logs has no retention of 4000 days, at most 3653"
    assert ("Refused", expected) == (output["Status"], output["Message"])


def test_group_that_is_gone_is_no_change(remediation: Callable[[str], Any], groups: Groups) -> None:
    groups.create("/orders/audit", 1)
    output = remediation(RUNBOOK)(LogGroupArn=ARN, MinRetentionTime=365)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
