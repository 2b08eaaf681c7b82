"""IAM's actions: which exist, how they are spelt, which resources they accept.

Source: the list of actions, resource types and ARN formats that cfn-lint ships (taken by it from AWS's service
authorization reference), and awacs for the spelling, since that list is in lower case. IAM itself ignores the case of
an action; so do these functions.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TypedDict

from asr_templates.aws_reference.arns import glob_matches, patterns_overlap


class _ResourceType(TypedDict):
    ARNFormats: list[str]


class _Service(TypedDict):
    Actions: dict[str, dict[str, list[str]]]
    Resources: dict[str, _ResourceType]


class UnknownActionError(ValueError):
    """IAM has no such action; the message gives the nearest one."""


# Actions whose resource types the list lacks, with the reason.
ADDED_RESOURCE_TYPES: Mapping[str, tuple[str, ...]] = {
    # Step Functions checks the state machine that issued the token: its own console and CDK's grantTaskResponse
    # restrict these three by the state machine's ARN.
    "states:sendtasksuccess": ("statemachine",),
    "states:sendtaskfailure": ("statemachine",),
    "states:sendtaskheartbeat": ("statemachine",),
}

# Formats that the list gives wider than they are: it replaces everything after the first name by `.*`.
NARROWER_FORMATS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("s3", "bucket"): ("arn:${Partition}:s3:::${BucketName}",),
    ("s3", "object"): ("arn:${Partition}:s3:::${BucketName}/*",),
    ("ssm", "automation-definition"): (
        "arn:${Partition}:ssm:${Region}:${Account}:automation-definition/${Name}:${Version}",
    ),
    ("dynamodb", "table"): ("arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}",),
    ("dynamodb", "index"): ("arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}/index/${IndexName}",),
    ("sns", "topic"): ("arn:${Partition}:sns:${Region}:${Account}:${TopicName}",),
    ("sqs", "queue"): ("arn:${Partition}:sqs:${Region}:${Account}:${QueueName}",),
}

# awacs names a module after the prefix, except where Python reserves the word.
_AWACS_MODULES = {"lambda": "awslambda"}


@lru_cache(maxsize=1)
def _services() -> dict[str, _Service]:
    found = importlib.util.find_spec("cfnlint")  # not imported: cfn-lint takes a second to load
    if found is None or not found.submodule_search_locations:
        raise ImportError("cfn-lint is not installed; it holds the list of IAM actions: pip install cfn-lint")

    path = Path(found.submodule_search_locations[0], "data", "AdditionalSpecs", "Policies.json")
    services: dict[str, _Service] = json.loads(path.read_text())

    return services


def _split(action: str) -> tuple[str, str]:
    prefix, _, name = action.partition(":")

    return prefix.lower(), name.lower()


def _entry(action: str) -> dict[str, list[str]]:
    prefix, name = _split(action)
    entry = _services().get(prefix, _Service(Actions={}, Resources={}))["Actions"].get(name)
    if entry is None:
        nearest = closest(action)
        raise UnknownActionError(f"unknown IAM action {action}" + (f"; did you mean {nearest}?" if nearest else ""))

    return entry


def is_prefix(prefix: str) -> bool:
    """Whether IAM has actions that begin with `prefix:`."""
    return prefix.lower() in _services()


def is_action(action: str) -> bool:
    """Whether IAM has this action, in any case; wildcards are none."""
    prefix, name = _split(action)

    return is_prefix(prefix) and name in _services()[prefix]["Actions"]


@lru_cache(maxsize=64)
def actions(prefix: str) -> tuple[str, ...]:
    """All actions of a prefix in IAM's spelling, sorted; none for an unknown prefix."""
    if not is_prefix(prefix):
        return ()

    return tuple(sorted(_spelled(prefix.lower(), name) for name in _services()[prefix.lower()]["Actions"]))


def expand(pattern: str) -> tuple[str, ...]:
    """The actions that a pattern such as `ec2:Describe*` stands for, sorted; `*` stands for all of them."""
    prefix_pattern, _, _ = pattern.lower().partition(":")
    prefixes = [prefix for prefix in _services() if glob_matches(prefix_pattern, prefix)]

    return tuple(
        action
        for prefix in sorted(prefixes)
        for action in actions(prefix)
        if pattern == "*" or glob_matches(pattern.lower(), action.lower())
    )


@lru_cache(maxsize=256)
def _spellings(prefix: str) -> dict[str, str]:
    module_name = "awacs." + _AWACS_MODULES.get(prefix, prefix.replace("-", "_"))
    if importlib.util.find_spec(module_name) is None:
        return {}

    names = [name for name in vars(importlib.import_module(module_name)) if not name.startswith("_")]

    return {name.lower(): name for name in names}


def _spelled(prefix: str, name: str) -> str:
    return f"{prefix}:{_spellings(prefix).get(name.lower(), name)}"


def spelling(action: str) -> str:
    """An action as AWS spells it: `ec2:revokesecuritygroupingress` is ec2:RevokeSecurityGroupIngress.

    Raises UnknownActionError. The few actions that awacs does not know yet keep the spelling they came with.
    """
    _entry(action)
    prefix, _, name = action.partition(":")

    return _spelled(prefix.lower(), name)


def closest(action: str) -> str | None:
    """The existing action that is nearest to a misspelt one, or None if nothing is near."""
    prefix, name = _split(action)
    if not is_prefix(prefix):
        nearest_prefix = difflib.get_close_matches(prefix, _services(), n=1)
        if not nearest_prefix:
            return None
        prefix = nearest_prefix[0]
    nearest = difflib.get_close_matches(name, _services()[prefix]["Actions"], n=1)

    return _spelled(prefix, nearest[0]) if nearest else None


def resource_types(action: str) -> tuple[str, ...]:
    """The types of resources that an action can be restricted to, in lower case; none: only `*` is possible."""
    entry = _entry(action)
    added = ADDED_RESOURCE_TYPES.get(action.lower())
    if added is not None:
        return added

    return tuple(resource_type.lower() for resource_type in entry.get("Resources", ()))


def arn_formats(prefix: str, resource_type: str) -> tuple[str, ...]:
    """The ARN formats of a resource type, with `${Partition}`, `${Region}`, `${Account}` and `*` for any rest."""
    narrower = NARROWER_FORMATS.get((prefix.lower(), resource_type.lower()))
    if narrower is not None:
        return narrower

    resources = _services().get(prefix.lower(), _Service(Actions={}, Resources={})).get("Resources", {})
    if resource_type.lower() not in resources:
        return ()

    return tuple(arn_format.replace(".*", "*") for arn_format in resources[resource_type.lower()]["ARNFormats"])


def resource_fits(action: str, arn_pattern: str) -> bool:
    """Whether a policy's resource can match any resource of an action; `*` always does. Raises UnknownActionError."""
    prefix, _ = _split(action)
    types = resource_types(action)

    return arn_pattern == "*" or any(
        patterns_overlap(arn_pattern, arn_format)
        for resource_type in types
        for arn_format in arn_formats(prefix, resource_type)
    )
