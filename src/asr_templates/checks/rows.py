"""Rules about rows: one declaration per control, a runbook that takes what the row gives, ids that do not collide."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import get_args

from asr_templates.checks.subject import Subject, document_problem, row_module, row_problem
from asr_templates.documents.plan_source import plan_calls
from asr_templates.documents.validation.parameters import misfits, plain_type
from asr_templates.loading import nearest
from asr_templates.model import Control, Problem, Risk, Runbook, Scope, Workflow
from asr_templates.names import switch_parameter
from asr_templates.playbook import Playbook, numerically
from asr_templates.solution import NOTE_CHARACTERS

CONTROL_ID = re.compile(r"[A-Z][A-Za-z0-9]*\.[1-9]\d*")
PUBLISHED_KEYS = ("AFSBP", "CIS120", "CIS140", "CIS300", "NIST80053", "PCI321")
"""Keys of the standards that rows list their ids in; SC has every control by its own id."""

FIXED_PARAMETERS = ("AutomationAssumeRole", "Mode", "Record", "UseAwsOwnedRunbook")
"""Parameters of runbooks that the control document fills in by itself."""

RISK_OF_VERB = {
    "delete": ("deletes",),
    "terminate": ("deletes",),
    "revoke": ("interrupts", "deletes"),
    "stop": ("interrupts", "deletes"),
    "reboot": ("interrupts", "deletes"),
}
"""First word of a change's operation -> the risks that a row with such a runbook may state."""


def rows_are_declared_once(subject: Subject) -> Iterator[Problem]:
    """No control has two rows."""
    by_id: dict[str, list[Control]] = defaultdict(list)
    for row in subject.rows:
        by_id[row.id].append(row)
    for control_id, rows in by_id.items():
        if len(rows) > 1:
            first, *others = [row_module(row) or "a playbook" for row in rows]
            message = f"control {control_id} is declared in {first} and again in {' and '.join(others)}"
            yield Problem(f"control {control_id}", message, "delete one of the rows")


def runbooks_exist(subject: Subject) -> Iterator[Problem]:
    """Each row's runbook exists."""
    for row in subject.rows:
        if row.runbook not in subject.runbooks:
            yield row_problem(
                row, "runbook", f"there is no runbook {row.runbook}", nearest(row.runbook, subject.runbooks)
            )


def runbooks_are_used(subject: Subject) -> Iterator[Problem]:
    """Each runbook has a row."""
    used = {row.runbook for row in subject.rows}
    for name, runbook in subject.runbooks.items():
        if name not in used:
            yield document_problem(runbook, "permissions", "no control uses this runbook", "add a row, or delete it")


def values_are_known(subject: Subject) -> Iterator[Problem]:
    """Fields with a closed list of values have one of them; texts fit what AWS takes."""
    for row in subject.rows:
        for key, value, known in (
            ("risk", row.risk, get_args(Risk)),
            ("workflow", row.workflow, get_args(Workflow)),
            ("resource.scope", row.resource.scope, get_args(Scope)),
        ):
            if value not in known:
                yield row_problem(row, key, f"{value!r} is none of {', '.join(known)}")
        if not CONTROL_ID.fullmatch(row.id):
            yield row_problem(row, "id", f"{row.id!r} is no id of a security control", "write EC2.2")
        if not row.note or len(row.note) > NOTE_CHARACTERS:
            yield row_problem(row, "note", f"has {len(row.note)} characters, not 1 to {NOTE_CHARACTERS}")
        if "{{" in row.note or "}}" in row.note:
            yield row_problem(row, "note", "has braces that Systems Manager takes for a variable", "leave them out")


def standards_are_known(subject: Subject) -> Iterator[Problem]:
    """The keys of `ids` are those of playbooks; SC has every control by its own id, unless a row leaves it out."""
    known = {*PUBLISHED_KEYS, *(playbook.key for playbook in subject.playbooks)} - {"SC"}
    for row in subject.rows:
        for key in row.ids:
            if key == "SC":
                if row.ids[key]:
                    hint = 'delete the entry; "" leaves the control out of SC'
                    yield row_problem(row, "ids.SC", "playbook SC has every control by its own id", hint)
            elif key not in known:
                yield row_problem(row, f"ids.{key}", f"there is no playbook {key}", nearest(key, known))


def ids_are_unique(subject: Subject) -> Iterator[Problem]:
    """In one standard no id belongs to two rows."""
    for playbook in subject.playbooks:
        owner: dict[str, Control] = {}
        for row in playbook.controls:
            control_id = playbook.control_id(row) or ""
            other = owner.setdefault(control_id, row)
            if other.id != row.id:
                message = f"{control_id} of {playbook.key} is {other.id}'s already"
                yield row_problem(row, f"ids.{playbook.key}", message, "one of the two ids is wrong")


def inputs_fit_the_runbook(subject: Subject) -> Iterator[Problem]:
    """The runbook has the row's parameters, of fitting types, and the row gives all that the runbook needs."""
    for row, runbook in subject.rows_with_runbook():
        declared = runbook.document["parameters"]
        for name, value in row.inputs.items():
            yield from _input_problems(row, runbook, name, value)
        name = row.resource.parameter
        if name and name not in declared:
            message = f"runbook {row.runbook} has no parameter {name}"
            yield row_problem(row, "resource.parameter", message, nearest(name, declared))
        elif name and plain_type(str(declared[name].get("type"))) != "String":
            yield row_problem(row, "resource.parameter", f"{name} of {row.runbook} is no String")
        given = {*FIXED_PARAMETERS, *row.inputs, name}
        for parameter, declaration in declared.items():
            if "default" not in declaration and parameter not in given:
                yield row_problem(row, "inputs", f"runbook {row.runbook} needs {parameter}", "give it a value")


def _input_problems(row: Control, runbook: Runbook, name: str, value: object) -> Iterator[Problem]:
    declared, place = runbook.document["parameters"], f"inputs.{name}"
    if name in FIXED_PARAMETERS:
        yield row_problem(row, place, f"{name} is filled in by the control document", "delete it")
    elif name not in declared:
        yield row_problem(row, place, f"runbook {row.runbook} has no parameter {name}", nearest(name, declared))
    else:
        for message in misfits(declared[name], value):
            yield row_problem(row, place, message)
        if "default" not in declared[name]:
            hint = f"give {name} a default in {row.runbook}.yaml: the value that asks for nothing"
            yield row_problem(row, place, "other controls of the family could not leave it out", hint)


def families_agree(subject: Subject) -> Iterator[Problem]:
    """Rows of one family share runbook, resource and workflow, since they share a document."""
    first: dict[str, Control] = {}
    for row in subject.rows:
        if row.family is None:
            continue
        leader = first.setdefault(row.family, row)
        for key, of_leader, own in (
            ("runbook", leader.runbook, row.runbook),
            # Their types may differ: one document takes filters and detectors.
            ("resource", replace(leader.resource, type=""), replace(row.resource, type="")),
            ("workflow", leader.workflow, row.workflow),
        ):
            if of_leader != own:
                message = f"differs from {leader.id}'s, which is of the same family {row.family!r}"
                yield row_problem(row, key, message, "a family shares one document")


def documents_bear_the_lowest_id(subject: Subject) -> Iterator[Problem]:
    """A document is named by its family's lowest id, and no other family's has its name.

    The lowest id need not be served: a build of some controls keeps the names that their documents have in the whole.
    """
    for playbook in subject.playbooks:
        owner: dict[str, Control] = {}
        for row in playbook.controls:
            name = playbook.document_name(row)
            lowest = min(playbook.expected(row), key=numerically)
            wanted = playbook.names.control_document(playbook.short, playbook.version, lowest)
            if numerically(name) > numerically(wanted):
                yield row_problem(row, f"ids.{playbook.key}", f"its document is called {name}, not {wanted}")
            other = owner.setdefault(name, row)
            if not _shares_document(playbook, other, row):
                yield row_problem(row, f"ids.{playbook.key}", f"document {name} is {other.id}'s already")


def _shares_document(playbook: Playbook, left: Control, right: Control) -> bool:
    return left is right or playbook.expected(left) == playbook.expected(right)


def switches_differ(subject: Subject) -> Iterator[Problem]:
    """No two controls have one switch in the member stack."""
    owner: dict[str, str] = {}
    for row in subject.rows:
        parameter = switch_parameter(row.id)
        other = owner.setdefault(parameter, row.id)
        if other != row.id:
            yield row_problem(row, "id", f"its stack parameter {parameter} is {other}'s already", "rename one of them")


def risks_are_stated(subject: Subject) -> Iterator[Problem]:
    """A row whose runbook deletes or interrupts something says so: such a control is never switched on by a pattern."""
    for row, runbook in subject.rows_with_runbook():
        try:
            calls = [call for call in plan_calls(runbook) if call.group == "change"]
        except SyntaxError:
            continue
        for call in calls:
            verb = call.operation.partition("_")[0]
            if row.risk not in RISK_OF_VERB.get(verb, (row.risk,)):
                message = f"{row.risk!r}, but the plan calls {call.service}:{call.operation}"
                yield row_problem(row, "risk", message, f"write risk={RISK_OF_VERB[verb][0]!r}")
                break
