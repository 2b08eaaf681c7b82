"""What the system is made of. Frozen data, no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Risk = Literal["low", "interrupts", "costs", "deletes"]
Scope = Literal["regional", "global"]
Workflow = Literal["RESOLVED", "NOTIFIED"]
Group = Literal["read", "change", "undo", "dependencies"]
GROUPS: tuple[Group, ...] = ("read", "change", "undo", "dependencies")

Document = dict[str, Any]
"""The content of an SSM document, as a dict that YAML and JSON can hold."""


@dataclass(frozen=True)
class ResourceId:
    """How a control's resource is found in a finding.

    `pattern` matches the whole of Resources[0].Id; its group 1 (or all of it, without a group) is handed to the
    runbook's `parameter`. An empty parameter hands over nothing: the account itself is the resource. `type` is
    CloudFormation's name of the resource type. `good` and `bad` are samples that the tests try.
    """

    type: str
    pattern: str
    parameter: str
    scope: Scope = "regional"
    good: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()


@dataclass(frozen=True)
class Control:
    """One Security Hub control, declared once for every standard.

    id: the security control id, "EC2.2".
    runbook: the name of a pair of files in runbook_yaml.
    resource: how the finding names the resource.
    ids: playbook key -> the control's id in that standard, {"CIS120": "4.3"}; the SC playbook has every control.
    note: what the finding's note says after a remediation.
    inputs: parameter of the runbook -> its value unless the finding carries the customer's own.
    family: controls of one family share a document in each standard.
    risk: what a remediation can do besides fixing; anything but "low" is never switched on by a pattern.
    retired: Security Hub no longer checks it.
    workflow: the status that the finding gets; NOTIFIED where a person must still do something.
    """

    id: str
    runbook: str
    resource: ResourceId
    ids: Mapping[str, str]
    note: str
    inputs: Mapping[str, bool | int | str | list[str]] = field(default_factory=dict)
    family: str | None = None
    risk: Risk = "low"
    retired: bool = False
    workflow: Workflow = "RESOLVED"


@dataclass(frozen=True)
class Permission:
    """IAM actions on resources; a dependency says `because` of what it is needed.

    conditions: operator -> condition key -> value, as IAM has them, for what a resource alone does not narrow enough.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    because: str = ""
    conditions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Runbook:
    """One remediation: what it may do, its SSM document, and its plan.

    document: as written in X.yaml, where a script is a file name. plan: the source text of X.py.
    """

    name: str
    permissions: Mapping[Group, tuple[Permission, ...]]
    document: Document
    plan: str


@dataclass(frozen=True)
class Problem:
    """Something wrong in the input: `place` is file and key, `hint` says what to do."""

    place: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" + (f"\n    hint: {self.hint}" if self.hint else "")
