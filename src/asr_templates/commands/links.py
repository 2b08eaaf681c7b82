"""`asr links`: the quick-create link of each root stack, with parameters filled in, for any region and partition."""

import argparse
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from asr_templates.commands.options import add_json_option, parser
from asr_templates.commands.report import print_json, print_problems
from asr_templates.launch import (
    PARTITIONS,
    Launch,
    check_bucket,
    check_bucket_prefix,
    launches,
    partition_of,
)
from asr_templates.loading import nearest
from asr_templates.model import Problem
from asr_templates.solution import DEFAULT_PREFIX
from asr_templates.stacks.nesting import ROOTS, Assets
from asr_templates.stacks.parameters import UNOWNED_BUCKET

FIRST_REGIONS = {"aws": "us-east-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"}
"""The region of the links where only the partition is given."""

Parameters = Mapping[str, Mapping[str, Any]]
"""Name -> declaration of a template's parameters."""


class LinksError(Exception):
    """No links can be made; `problems` says why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def main(argv: Sequence[str]) -> int:
    """Print the links; return 0, or 1 after printing what is wrong with the values given."""
    arguments = argument_parser().parse_args(argv)
    try:
        found = links(arguments)
    except LinksError as error:
        print_problems(error.problems, arguments.json)
        return 1
    if arguments.json:
        print_json([asdict(launch) for launch in found])
    else:
        print_links(found)
    return 0


def argument_parser() -> argparse.ArgumentParser:
    """Return the parser of the verb's options."""
    options = parser("links", "Print the links that launch the three stacks.")
    add = options.add_argument
    add("--dist", metavar="DIR", type=Path, default=Path("dist"), help="what was built (default: dist)")
    add("--bucket", metavar="NAME", help="base name of the bucket (default: as built); a region's is NAME-<region>")
    add("--bucket-prefix", metavar="PATH", help="path in the bucket (default: as built)")
    add("--region", help="region of the launch (default: the partition's first)")
    add("--partition", choices=[partition.name for partition in PARTITIONS], help="default: the region's")
    add("--admin-account", metavar="ID", help="account of the Security Hub administrator")
    add("--param", metavar="NAME=VALUE", action="append", default=[], help="another parameter; may be repeated")
    add_json_option(options)
    return options


def links(arguments: argparse.Namespace) -> list[Launch]:
    """Return how each stack is launched; raises LinksError with all problems."""
    templates = {root: load_parameters(arguments.dist, root) for root in ROOTS}
    declared = {name: row for parameters in templates.values() for name, row in parameters.items()}
    built = Assets(declared["TemplateBucket"]["Default"], declared["TemplatePrefix"]["Default"])
    assets = Assets(arguments.bucket or built.bucket, arguments.bucket_prefix or built.prefix)
    region = arguments.region or FIRST_REGIONS[arguments.partition or "aws"]
    problems = [*check_bucket_prefix(assets.prefix)]
    if assets.bucket == UNOWNED_BUCKET:
        problems.append(Problem("--bucket", "the links need a bucket of yours", "give its base name, --bucket NAME"))
    else:
        problems += check_bucket(assets.bucket)
    problems += check_region(region, arguments.partition)
    values = {"TemplateBucket": assets.bucket, "TemplatePrefix": assets.prefix, "OrchestratorRegion": region}
    if arguments.admin_account is not None:
        values["SecHubAdminAccount"] = arguments.admin_account
    for text in arguments.param:
        name, equals, value = text.partition("=")
        if equals:
            values[name] = value
        else:
            problems.append(Problem("--param", f"{text!r} is not NAME=VALUE"))
    problems += check_values(values, declared)
    if problems:
        raise LinksError(problems)
    names = {root: list(parameters) for root, parameters in templates.items()}
    return launches(assets, load_prefix(arguments.dist), region, names, values)


def load_parameters(dist: Path, root: str) -> Parameters:
    """Return the parameters of a root template that was built; raises LinksError where it was not."""
    path = dist / "templates" / f"{root}.template"
    try:
        parameters: Parameters = json.loads(path.read_text("utf-8"))["Parameters"]
    except (OSError, ValueError, KeyError) as error:
        hint = "build first: python build.py"
        raise LinksError([Problem(str(path), "is no template that was built", hint)]) from error
    return parameters


def load_prefix(dist: Path) -> str:
    """Return the prefix of the installation that was built: what the names of its documents start with."""
    try:
        rows = json.loads((dist / "supported-controls.json").read_text("utf-8"))
        return str(rows[0]["document"].partition("-")[0])
    except (OSError, ValueError, LookupError):
        return DEFAULT_PREFIX


def check_region(region: str, partition: str | None) -> list[Problem]:
    """Return what is wrong with the region and the partition together."""
    try:
        actual = partition_of(region).name
    except ValueError as error:
        return [Problem("--region", str(error))]
    if partition not in (None, actual):
        return [
            Problem("--partition", f"{region} is in partition {actual}, not in {partition}", "leave one of them out")
        ]
    return []


def check_values(values: Mapping[str, str], declared: Parameters) -> list[Problem]:
    """Return what a launch with these values would refuse, in the words of the parameters."""
    problems = []
    for name, value in values.items():
        if name not in declared:
            problems.append(Problem("--param", f"no stack has a parameter {name}", nearest(name, declared)))
        elif not is_allowed(value, declared[name]):
            text = f"{name} {declared[name]['ConstraintDescription']}, not {value!r}"
            problems.append(Problem("--param", text, declared[name]["Description"]))
    return problems


def is_allowed(value: str, parameter: Mapping[str, Any]) -> bool:
    """Return whether CloudFormation takes the value: each item of a list, the number, the text."""
    items = value.split(",") if parameter["Type"] == "CommaDelimitedList" else [value]
    if parameter["Type"] == "Number":
        if not re.fullmatch(r"\d+", value, re.ASCII):
            return False
        if not parameter.get("MinValue", 0) <= int(value) <= parameter.get("MaxValue", int(value)):
            return False
    allowed = [str(item) for item in parameter.get("AllowedValues", items)]
    pattern = parameter.get("AllowedPattern", ".*")
    return all(item in allowed and re.fullmatch(pattern, item, re.ASCII) for item in items)


def print_links(found: Sequence[Launch]) -> None:
    """Print the links, then the commands that make StackSets of the member stacks."""
    for launch in found:
        print(f"{launch.name}\n  {launch.url}")
    print("\nMany accounts: a StackSet each (not for the management account, which needs the links)")
    for launch in found:
        if launch.stack_set:
            print(f"  {launch.stack_set}")
