"""A stack as it is, finished or not, and the error of one that failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Status = Literal["CREATE_IN_PROGRESS", "CREATE_COMPLETE", "CREATE_FAILED"]


class Created(NamedTuple):
    """A created resource: what Ref gives, and what Fn::GetAtt gives."""

    physical_id: str
    attributes: Mapping[str, Any]


class StackEvent(NamedTuple):
    """One line of a stack's history, oldest first; the reason is empty unless something failed."""

    logical_id: str
    type: str
    status: Status
    reason: str = ""


@dataclass
class Stack:
    """One stack of an account and region; a nested one is a child of the stack that declares it.

    path: the names from the root, `root/Logical/Logical`. resources, children: by logical id.
    """

    id: str
    name: str
    path: str
    account: str
    region: str
    status: Status = "CREATE_IN_PROGRESS"
    outputs: dict[str, str] = field(default_factory=dict)
    resources: dict[str, Created] = field(default_factory=dict)
    children: dict[str, Stack] = field(default_factory=dict)
    events: list[StackEvent] = field(default_factory=list)


class StackFailed(Exception):  # noqa: N818 - named as the outcome is
    """A stack was refused or could not be completed.

    stack: the stack that failed, nested stacks included. logical_id: the resource that failed in it, None where the
    template or its parameters were refused before anything was created. The text starts with the whole path.
    """

    def __init__(self, stack: Stack, logical_id: str | None, reason: str) -> None:
        super().__init__(stack, logical_id, reason)
        self.stack = stack
        self.logical_id = logical_id
        self.reason = reason

    def __str__(self) -> str:
        place = self.stack.path if self.logical_id is None else f"{self.stack.path}/{self.logical_id}"
        return f"{place}: {self.reason}"
