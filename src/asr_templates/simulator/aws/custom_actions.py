"""Security Hub's custom actions, which its API calls action targets, and what all of its operations get.

Source: Security Hub API reference, CreateActionTarget; User Guide, "Creating a custom action".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from moto.securityhub.exceptions import SecurityHubClientError
from moto.utilities.utils import get_partition

JSON: TypeAlias = Any

ACTION_TARGETS = 50
ACTION_ID = re.compile(r"[A-Za-z0-9]{1,20}")
ACTION_NAME_CHARACTERS = 19


@dataclass(frozen=True)
class Request:
    """A call of the Security Hub API."""

    account: str
    region: str
    is_administrator: bool
    """The harness calls: it may import findings in Security Hub's own name."""
    parameters: Mapping[str, JSON]

    def arn(self, resource: str) -> str:
        """The ARN of a Security Hub resource of the caller."""
        return f"arn:{get_partition(self.region)}:securityhub:{self.region}:{self.account}:{resource}"


@dataclass(frozen=True)
class ActionTarget:
    """A custom action."""

    arn: str
    name: str
    description: str


class CustomActions:
    """The custom actions of all accounts and regions, by ARN."""

    def __init__(self) -> None:
        self.targets: dict[str, ActionTarget] = {}

    def create(self, request: Request) -> dict[str, JSON]:
        """A custom action; its Id has at most 20 letters and digits, its Name under 20 characters."""
        action_id, name = request.parameters["Id"], request.parameters["Name"]
        if not ACTION_ID.fullmatch(action_id):
            raise invalid_input("CreateActionTarget", f"Id {action_id} must have 1 to 20 letters and digits")
        _check_action_name("CreateActionTarget", name)
        arn = request.arn(f"action/custom/{action_id}")
        if arn in self.targets:
            raise SecurityHubClientError("ResourceConflictException", f"Action target {arn} exists already.")
        if len(self._own(request)) >= ACTION_TARGETS:
            raise SecurityHubClientError(
                "LimitExceededException", f"There are {ACTION_TARGETS} action targets already."
            )
        self.targets[arn] = ActionTarget(arn, name, request.parameters["Description"])
        return {"ActionTargetArn": arn}

    def describe(self, request: Request) -> dict[str, JSON]:
        """The caller's custom actions, all or those that are named."""
        wanted = request.parameters.get("ActionTargetArns")
        return {
            "ActionTargets": [
                {"ActionTargetArn": target.arn, "Name": target.name, "Description": target.description}
                for target in self._own(request)
                if not wanted or target.arn in wanted
            ]
        }

    def update(self, request: Request) -> dict[str, JSON]:
        """Change the name or the description of a custom action."""
        target = self._target("UpdateActionTarget", request)
        name = request.parameters.get("Name", target.name)
        _check_action_name("UpdateActionTarget", name)
        description = request.parameters.get("Description", target.description)
        self.targets[target.arn] = ActionTarget(target.arn, name, description)
        return {}

    def delete(self, request: Request) -> dict[str, JSON]:
        """Remove a custom action."""
        target = self._target("DeleteActionTarget", request)
        del self.targets[target.arn]
        return {"ActionTargetArn": target.arn}

    def _own(self, request: Request) -> list[ActionTarget]:
        prefix = request.arn("action/custom/")
        return [target for arn, target in self.targets.items() if arn.startswith(prefix)]

    def _target(self, operation: str, request: Request) -> ActionTarget:
        arn = request.parameters["ActionTargetArn"]
        for target in self._own(request):
            if target.arn == arn:
                return target
        raise SecurityHubClientError("ResourceNotFoundException", f"{operation}: there is no action target {arn}.")


def invalid_input(operation: str, message: str) -> SecurityHubClientError:
    """The error for a parameter that an operation refuses."""
    return SecurityHubClientError("InvalidInputException", f"{operation}: {message}")


def _check_action_name(operation: str, name: str) -> None:
    if not 1 <= len(name) <= ACTION_NAME_CHARACTERS:
        raise invalid_input(operation, f"Name '{name}' must have fewer than 20 characters")
