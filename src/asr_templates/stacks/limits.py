"""AWS's limits on what the stacks hold, measured on the rendered templates.

A value that only the launch knows (namespace, path) counts with its longest text.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import troposphere

from asr_templates.model import Problem
from asr_templates.solution import (
    ROLE_INLINE_POLICY_CHARACTERS,
    TEMPLATE_BYTES,
    TEMPLATE_PARAMETERS,
    TEMPLATE_RESOURCES,
)

TEMPLATE_OUTPUTS = 200  # CloudFormation quotas
DESCRIPTION_BYTES = 1_024  # CloudFormation quotas
EVENT_PATTERN_CHARACTERS = 4_096  # EventBridge API, PutRule
ROLE_NAME_CHARACTERS = 64  # IAM quotas
NAMESPACE_CHARACTERS = 9  # the stack parameter's pattern
REGION_CHARACTERS = 14  # ap-northeast-1

# troposphere would raise a bare error at the first excess; `check_limits` tells all of them, with their places.
troposphere.MAX_OUTPUTS = troposphere.MAX_PARAMETERS = troposphere.MAX_RESOURCES = sys.maxsize


@dataclass(frozen=True)
class Measure:
    """How much of a limit is used: `what` is measured, in its own unit."""

    what: str
    value: int
    limit: int


def template_measures(text: str) -> list[Measure]:
    """Return the measures of a template against CloudFormation's limits."""
    template = json.loads(text)
    return [
        Measure("bytes", len(text.encode()), TEMPLATE_BYTES),
        Measure("resources", len(template.get("Resources", {})), TEMPLATE_RESOURCES),
        Measure("parameters", len(template.get("Parameters", {})), TEMPLATE_PARAMETERS),
        Measure("outputs", len(template.get("Outputs", {})), TEMPLATE_OUTPUTS),
        Measure("bytes of description", len(template.get("Description", "").encode()), DESCRIPTION_BYTES),
    ]


def resource_measures(resource: Mapping[str, Any]) -> list[Measure]:
    """Return the measures of one resource against the limits of its service."""
    properties = resource.get("Properties", {})
    if resource["Type"] == "AWS::IAM::Role":
        policies = sum(policy_characters(policy) for policy in properties.get("Policies", ()))
        name = longest_text(properties.get("RoleName", ""))
        return [
            Measure("characters of inline policies", policies, ROLE_INLINE_POLICY_CHARACTERS),
            Measure("characters of role name", len(name), ROLE_NAME_CHARACTERS),
        ]
    if resource["Type"] == "AWS::Events::Rule":
        pattern = json.dumps(properties.get("EventPattern", {}), separators=(",", ":"))
        return [Measure("characters of event pattern", len(pattern), EVENT_PATTERN_CHARACTERS)]
    return []


def policy_characters(policy: Mapping[str, Any]) -> int:
    """Return the length of an inline policy, also of a conditional one; IAM does not count white space."""
    if "Fn::If" in policy:
        policy = policy["Fn::If"][1]
    text = json.dumps(policy["PolicyDocument"], default=str, separators=(",", ":"))
    return sum(not character.isspace() for character in text)


def longest_text(value: str | Mapping[str, str]) -> str:
    """Return the text of a plain or substituted value with the longest namespace and region."""
    text = value if isinstance(value, str) else value["Fn::Sub"]
    return text.replace("${Namespace}", "n" * NAMESPACE_CHARACTERS).replace("${AWS::Region}", "r" * REGION_CHARACTERS)


def check_limits(templates: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a problem for each limit that a template (path -> JSON text) or a resource in it exceeds."""
    for path, text in templates.items():
        yield from exceeded(path, template_measures(text))
        for logical_id, resource in json.loads(text).get("Resources", {}).items():
            yield from exceeded(f"{path}: {logical_id}", resource_measures(resource))


def exceeded(place: str, measures: Sequence[Measure]) -> Iterator[Problem]:
    """Yield a problem for each measure over its limit."""
    for measure in measures:
        if measure.value > measure.limit:
            yield Problem(
                place,
                f"{measure.value:,} {measure.what}, AWS allows {measure.limit:,}",
                hint="choose fewer controls or playbooks, or split the runbook",
            )
