"""A playbook is one standard: it emits its SSM documents and its part of the three stacks."""

import copy
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import ClassVar, NamedTuple, Self

from troposphere import Template

from asr_templates.catalog import CONTROLS
from asr_templates.documents.control import control_document
from asr_templates.documents.remediation import remediation_document
from asr_templates.model import Control, Document, Runbook
from asr_templates.names import Names
from asr_templates.stacks.member import control_documents_template
from asr_templates.stacks.member_roles import roles_template
from asr_templates.stacks.playbook_admin import playbook_admin_template


class Templates(NamedTuple):
    """What a playbook adds to each of the three stacks."""

    admin: Template
    member_roles: Template
    member: Template


class Playbook:
    """Subclass it once per standard: class attributes say what it is, a method is overridden only for what is special.

    key: "CIS120": on the command line, in Control.ids, in JSON and in stack parameters (LoadCIS120).
    short: "CIS": in document names only.
    version: "1.2.0".
    standard: "cis-aws-foundations-benchmark": in the ids of findings.
    own_controls: rows that only this playbook has.
    """

    key: ClassVar[str]
    short: ClassVar[str]
    version: ClassVar[str]
    standard: ClassVar[str]
    own_controls: ClassVar[tuple[Control, ...]] = ()

    def __init__(
        self, runbooks: Mapping[str, Runbook], controls: Iterable[Control] = CONTROLS, names: Names | None = None
    ) -> None:
        self.names = names or Names()
        self._choose((control for control in (*controls, *self.own_controls) if self.control_id(control)), runbooks)
        self._lowest = {control.id: self.expected(control)[0] for control in self.controls}

    def only(self, controls: Iterable[Control]) -> Self:
        """Return this playbook with some of its controls; their documents keep the names that they have in it."""
        part = copy.copy(self)
        part._choose(controls, self.runbooks)
        return part

    def _choose(self, controls: Iterable[Control], runbooks: Mapping[str, Runbook]) -> None:
        """Set what the playbook has: controls, the runbooks that they need, and which controls are of one family."""
        self.controls = tuple(controls)
        self.runbooks = {name: runbooks[name] for name in sorted({control.runbook for control in self.controls})}
        self._families: dict[str, list[Control]] = {}
        for control in self.controls:
            if control.family:
                self._families.setdefault(control.family, []).append(control)

    @property
    def finding_prefix(self) -> str:
        """Return what stands in a finding's id between the account and the control."""
        return f"subscription/{self.standard}/v/{self.version}"

    def control_id(self, control: Control) -> str | None:
        """Return the control's id in this standard; None: the standard does not have it."""
        return control.ids.get(self.key)

    def served(self, control: Control) -> dict[str, Control]:
        """Return what the control's document serves: control id here -> row, the lowest id first."""
        family = self._families.get(control.family or "", [])
        ids = {self.control_id(row) or "": row for row in (control, *family)}
        return {control_id: ids[control_id] for control_id in sorted(ids, key=numerically)}

    def expected(self, control: Control) -> list[str]:
        """Return the ids that the control's document serves."""
        return list(self.served(control))

    def document_name(self, control: Control) -> str:
        """Return the name of the control's document; it bears the lowest id of its family."""
        return self.names.control_document(self.short, self.version, self._lowest[control.id])

    def documents(self) -> dict[str, dict[str, Control]]:
        """Return document name -> what it serves, in the order of the controls' numbers."""
        leaders = sorted(self.controls, key=lambda control: numerically(self.control_id(control) or ""))
        return {self.document_name(control): self.served(control) for control in leaders}

    def control_documents(self) -> dict[str, Document]:
        """Return the control runbooks by name."""
        return {
            name: control_document(
                self.names, self.finding_prefix, served, self.runbooks[next(iter(served.values())).runbook]
            )
            for name, served in self.documents().items()
        }

    def remediation_documents(self) -> dict[str, Document]:
        """Return the remediation runbooks that the controls need, by name."""
        return {
            self.names.remediation_document(name): remediation_document(runbook)
            for name, runbook in self.runbooks.items()
        }

    def admin_template(self) -> Template:
        """Return the rule that brings this standard's findings to the orchestrator."""
        return playbook_admin_template(self)

    def member_roles_template(self) -> Template:
        """Return the roles of the remediations."""
        return roles_template(self.names, self.runbooks)

    def member_template(self) -> Template:
        """Return the control runbooks."""
        return control_documents_template(self)

    def templates(self) -> Templates:
        """Return all three."""
        return Templates(self.admin_template(), self.member_roles_template(), self.member_template())


@cache
def numerically(control_id: str) -> tuple[tuple[int, int | str], ...]:
    """Return a sort key that compares numbers as numbers: 1.9 before 1.10, EC2.2 before EC2.13."""
    parts = re.findall(r"\d+|\D+", control_id)
    return tuple((0, int(part)) if part.isdigit() else (1, part) for part in parts)
