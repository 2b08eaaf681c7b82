"""`asr list`: the controls, with their ids in the standards, what remediates them, and what that risks."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import get_args

from asr_templates.commands.options import add_catalog_options, add_json_option, load_catalog, parser
from asr_templates.commands.report import print_json, print_problems, print_table
from asr_templates.loading import LoadError, nearest
from asr_templates.model import Problem, Risk
from asr_templates.names import Names
from asr_templates.playbook import numerically
from asr_templates.supported_controls import supported_controls

Row = Mapping[str, object]
"""A control of a standard, as in supported-controls.json."""


def main(argv: Sequence[str]) -> int:
    """Print the controls that the filters leave; return 0, or 1 where a filter names what does not exist."""
    arguments = argument_parser().parse_args(argv)
    try:
        rows = supported_controls(load_catalog(arguments).select([], [], Names()))
        problems = unknown_names(arguments, rows)
        if problems:
            raise LoadError(problems)
    except LoadError as error:
        print_problems(error.problems, arguments.json)
        return 1
    rows = [row for row in rows if passes(arguments, row)]
    if arguments.json:
        print_json(rows)
    else:
        print_table(("CONTROL", "STANDARDS", "REMEDIATION", "SCOPE", "RISK", "UNDO"), text_rows(rows))
    return 0


def argument_parser() -> argparse.ArgumentParser:
    """Return the parser of the verb's options; a repeated filter passes what any of its values passes."""
    options = parser("list", "List the controls and what remediates them.")
    add = options.add_argument
    add("--standard", metavar="KEY", action="append", default=[], help="controls of this playbook: SC, CIS120")
    add("--service", metavar="NAME", action="append", default=[], help="controls of this service: EC2")
    add("--control", metavar="GLOB", action="append", default=[], help="controls whose id, here or there, matches")
    add("--risk", choices=get_args(Risk), action="append", default=[], help="controls of this risk")
    add("--reversible", choices=("yes", "no"), help="controls whose remediation can be undone, or cannot")
    add_catalog_options(options)
    add_json_option(options)
    return options


def service(row: Row) -> str:
    """Return what stands before the dot of a control's id: "EC2"."""
    return str(row["security_control_id"]).partition(".")[0]


def ids(row: Row) -> tuple[str, str]:
    """Return the control's id in its standard and its own."""
    return str(row["control_id"]), str(row["security_control_id"])


def unknown_names(arguments: argparse.Namespace, rows: Sequence[Row]) -> list[Problem]:
    """Return a problem for each value of a filter that fits no control at all, with the nearest names."""
    standards = {str(row["standard"]) for row in rows}
    services = {service(row) for row in rows}
    every_id = {control_id for row in rows for control_id in ids(row)}
    problems = [
        Problem("--standard", f"there is no playbook {name}", nearest(name, standards))
        for name in arguments.standard
        if name not in standards
    ]
    problems += [
        Problem("--service", f"there is no service with controls {name}", nearest(name, services))
        for name in arguments.service
        if name.lower() not in map(str.lower, services)
    ]
    problems += [
        Problem("--control", f"no control matches {glob}", nearest(glob, every_id))
        for glob in arguments.control
        if not any(fnmatchcase(control_id, glob) for control_id in every_id)
    ]
    return problems


def passes(arguments: argparse.Namespace, row: Row) -> bool:
    """Return whether a row passes every filter that is given."""
    return all(
        (
            not arguments.standard or row["standard"] in arguments.standard,
            # Security Hub itself spells a service in more than one way: AutoScaling.3, Autoscaling.5.
            not arguments.service or service(row).lower() in map(str.lower, arguments.service),
            not arguments.control or any(fnmatchcase(one, glob) for one in ids(row) for glob in arguments.control),
            not arguments.risk or row["risk"] in arguments.risk,
            not arguments.reversible or (row["undo"] is True) == (arguments.reversible == "yes"),
        )
    )


def text_rows(rows: Sequence[Row]) -> Iterator[list[str]]:
    """Yield the cells of each control, once for all its standards, by service and number."""
    controls: dict[str, list[Row]] = {}
    for row in rows:
        controls.setdefault(str(row["security_control_id"]), []).append(row)
    for control_id in sorted(controls, key=numerically):
        first = controls[control_id][0]
        yield [
            f"{control_id} (retired)" if first["retired"] else control_id,
            ", ".join(f"{row['standard']} {row['control_id']}" for row in controls[control_id]),
            str(first["remediation"]),
            str(first["scope"]),
            str(first["risk"]),
            "yes" if first["undo"] is True else f"no: {first['undo']}",
        ]
