"""Broken resources of Amazon CloudWatch."""

import uuid
from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario


def group_that_forgets(place: Place) -> str:
    """A log group that keeps its events for a month, beside one whose name is longer."""
    logs = place.client("logs")
    name = f"/orders/{uuid.uuid4().hex[:8]}"
    for group in (name, f"{name}/audit"):
        logs.create_log_group(logGroupName=group, tags={"team": "orders"})
        logs.put_retention_policy(logGroupName=group, retentionInDays=30)
    return place.arn("logs", f"log-group:{name}:*")


def group_name(resource_id: str) -> str:
    """Return the name in a log group's ARN."""
    return resource_id.split(":log-group:", 1)[1].removesuffix(":*")


def log_groups(place: Place, resource_id: str) -> list[dict[str, Any]]:
    """Return the group and those whose names begin with its own."""
    pages = place.client("logs").get_paginator("describe_log_groups")
    return [
        group for page in pages.paginate(logGroupNamePrefix=group_name(resource_id)) for group in page["logGroups"]
    ]


def remembers(place: Place, resource_id: str) -> bool:
    """The group keeps events for a year; its neighbour is as it was."""
    return [365, 30] == [group["retentionInDays"] for group in log_groups(place, resource_id)]


def keep_otherwise(place: Place, resource_id: str) -> None:
    """Someone chooses another time."""
    place.client("logs").put_retention_policy(logGroupName=group_name(resource_id), retentionInDays=400)


SCENARIOS = {"CloudWatch.16": Scenario(group_that_forgets, remembers, log_groups, keep_otherwise)}
