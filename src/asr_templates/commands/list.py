"""`asr list`: the controls, with their ids in the standards, what remediates them, and what that risks."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import get_args

from asr_templates.commands.options import add_catalog_options, add_json_option, load_catalog, parser
from asr_templates.commands.report import print_json, print_problems, print_table
from asr_templates.documents.plan_source import undo_reason
from asr_templates.loading import LoadError, nearest
from asr_templates.model import Control, Problem, Risk, Runbook
from asr_templates.names import Names
from asr_templates.playbook import Playbook, numerically

Row = dict[str, object]


@dataclass(frozen=True)
class Listed:
    """A control with its id in each playbook."""

    control: Control
    ids: Mapping[str, str]

    @property
    def service(self) -> str:
        """Return what stands before the dot of the control's id: "EC2"."""
        return self.control.id.partition(".")[0]


def main(argv: Sequence[str]) -> int:
    """Print the controls that the filters leave; return 0, or 1 where a filter names what does not exist."""
    arguments = argument_parser().parse_args(argv)
    try:
        catalog = load_catalog(arguments)
        controls = listed(catalog.select([], [], Names()))
        problems = unknown_names(arguments, controls)
        if problems:
            raise LoadError(problems)
        rows = [json_row(each, catalog.runbooks[each.control.runbook]) for each in controls if passes(arguments, each)]
    except LoadError as error:
        print_problems(error.problems, arguments.json)
        return 1
    if arguments.json:
        print_json(rows)
    else:
        print_table(("CONTROL", "STANDARDS", "REMEDIATION", "SCOPE", "RISK", "UNDO"), map(text_row, rows))
    return 0


def argument_parser() -> argparse.ArgumentParser:
    """Return the parser of the verb's options; a repeated filter passes what any of its values passes."""
    options = parser("list", "List the controls and what remediates them.")
    add = options.add_argument
    add("--standard", metavar="KEY", action="append", default=[], help="controls of this playbook: SC, CIS120")
    add("--service", metavar="NAME", action="append", default=[], help="controls of this service: EC2")
    add("--control", metavar="GLOB", action="append", default=[], help="controls whose id, here or there, matches")
    add("--risk", choices=get_args(Risk), action="append", default=[], help="controls of this risk")
    add_catalog_options(options)
    add_json_option(options)
    return options


def listed(playbooks: Sequence[Playbook]) -> list[Listed]:
    """Return every control once, by service and number."""
    controls = {row.id: row for playbook in playbooks for row in playbook.controls}
    ids: dict[str, dict[str, str]] = {control_id: {} for control_id in controls}
    for playbook in playbooks:
        for row in playbook.controls:
            ids[row.id][playbook.key] = playbook.control_id(row) or ""
    return [Listed(controls[control_id], ids[control_id]) for control_id in sorted(controls, key=numerically)]


def unknown_names(arguments: argparse.Namespace, controls: Sequence[Listed]) -> list[Problem]:
    """Return a problem for each value of a filter that fits no control at all, with the nearest names."""
    standards = {key for each in controls for key in each.ids}
    services = {each.service for each in controls}
    ids = {control_id for each in controls for control_id in (each.control.id, *each.ids.values())}
    problems = [
        Problem(option, f"there is no {noun} {name}", nearest(name, known))
        for option, noun, given, known in (
            ("--standard", "playbook", arguments.standard, standards),
            ("--service", "service with controls", arguments.service, services),
        )
        for name in given
        if name not in known
    ]
    problems += [
        Problem("--control", f"no control matches {glob}", nearest(glob, ids))
        for glob in arguments.control
        if not any(fnmatchcase(control_id, glob) for control_id in ids)
    ]
    return problems


def passes(arguments: argparse.Namespace, each: Listed) -> bool:
    """Return whether a control passes every filter that is given; a glob is tried on the ids of chosen standards."""
    keys = arguments.standard or list(each.ids)
    ids = [each.control.id, *(each.ids[key] for key in keys if key in each.ids)]
    return all(
        (
            not arguments.standard or any(key in each.ids for key in arguments.standard),
            not arguments.service or each.service in arguments.service,
            not arguments.control or any(fnmatchcase(one, glob) for one in ids for glob in arguments.control),
            not arguments.risk or each.control.risk in arguments.risk,
        )
    )


def json_row(each: Listed, runbook: Runbook) -> Row:
    """Return what is printed of a control."""
    control = each.control
    return {
        "control": control.id,
        "standards": dict(each.ids),
        "remediation": control.runbook,
        "scope": control.resource.scope,
        "resource_type": control.resource.type,
        "risk": control.risk,
        "retired": control.retired,
        "undo": undo_reason(runbook) or True,
    }


def text_row(row: Row) -> list[str]:
    """Return the cells of a control in the table."""
    ids = row["standards"]
    standards = [f"{key} {control_id}" for key, control_id in ids.items()] if isinstance(ids, dict) else []
    undo = "yes" if row["undo"] is True else f"no: {row['undo']}"
    name = f"{row['control']} (retired)" if row["retired"] else str(row["control"])
    return [name, ", ".join(standards), str(row["remediation"]), str(row["scope"]), str(row["risk"]), undo]
