"""`asr build` (and `python build.py`): from the catalog to dist/."""

import argparse
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from asr_templates.commands.options import add_catalog_options, add_json_option, parser
from asr_templates.commands.report import counted, print_json, print_problems, print_table
from asr_templates.dist import WriteError, differences, load_manifest, write_dist
from asr_templates.launch import Launch, check_bucket, check_bucket_prefix, launches
from asr_templates.loading import LoadError
from asr_templates.model import Problem
from asr_templates.pipeline import BuildError, Options, Result, build
from asr_templates.solution import DEFAULT_PREFIX, PREFIX_PATTERN, SSM_DOCUMENT_BYTES, VERSION
from asr_templates.stacks.limits import Measure, template_measures
from asr_templates.stacks.nesting import Assets
from asr_templates.stacks.parameters import UNOWNED_BUCKET

DEFAULT_REGION = "us-east-1"
VERSION_PATTERN = r"[0-9A-Za-z][0-9A-Za-z.+-]{0,63}"


def main(argv: Sequence[str]) -> int:
    """Build and write dist/; return 0, or 1 after printing the problems of the input."""
    arguments = argument_parser().parse_args(argv)
    problems = list(check_arguments(arguments))
    if not problems:
        try:
            report = build_and_write(arguments)
        except (LoadError, BuildError) as error:
            problems = list(error.problems)
        except WriteError as error:
            problems = [error.problem]
    if problems:
        print_problems(problems, arguments.json)
        return 1
    print_json(report.content()) if arguments.json else report.print()
    return 0


def argument_parser() -> argparse.ArgumentParser:
    """Return the parser of the verb's options."""
    options = parser("build", "Build the templates, documents, Lambda code and launch page.")
    add = options.add_argument
    add("--output", metavar="DIR", type=Path, default=Path("dist"), help="folder to write (default: dist)")
    add("--playbook", metavar="KEY", action="append", default=[], help="build this playbook only; may be repeated")
    add("--control", metavar="GLOB", action="append", default=[], help="build these controls only; may be repeated")
    add_catalog_options(options)
    add("--bucket", metavar="NAME", help="base name of the bucket of the templates; a region's is NAME-<region>")
    add("--bucket-prefix", metavar="PATH", help="path in the bucket (default: automated-security-response/v<version>)")
    add("--prefix", metavar="NAME", default=DEFAULT_PREFIX, help="first part of every name (default: %(default)s)")
    add("--version", default=VERSION, help="version of the release (default: %(default)s)")
    add("--pretty", action="store_true", help="templates for people instead of compact JSON")
    add("--diff", action="store_true", help="say what changed against the dist that was there")
    add("--no-lint", action="store_true", help="leave out cfn-lint")
    add_json_option(options)
    return options


def check_arguments(arguments: argparse.Namespace) -> Iterator[Problem]:
    """Yield what is wrong with the values of options."""
    if arguments.bucket is not None:
        yield from check_bucket(arguments.bucket)
    if arguments.bucket_prefix is not None:
        yield from check_bucket_prefix(arguments.bucket_prefix)
    if not re.fullmatch(PREFIX_PATTERN, arguments.prefix, re.ASCII):
        hint = "names of roles and custom actions are short"
        yield Problem(
            "--prefix", f"{arguments.prefix!r} is not 1 to 6 letters and digits that start with a letter", hint
        )
    if not re.fullmatch(VERSION_PATTERN, arguments.version, re.ASCII):
        yield Problem("--version", f"{arguments.version!r} is no version", "give one like 1.2.0")


def options_of(arguments: argparse.Namespace) -> Options:
    """Return the build's options."""
    assets = Assets(prefix=arguments.bucket_prefix or f"automated-security-response/v{arguments.version}")
    if arguments.bucket:
        assets = replace(assets, bucket=arguments.bucket)
    return Options(
        keys=arguments.playbook,
        globs=arguments.control,
        playbook_folders=arguments.playbooks,
        runbook_folders=arguments.runbooks,
        assets=assets,
        prefix=arguments.prefix,
        version=arguments.version,
        pretty=arguments.pretty,
    )


def build_and_write(arguments: argparse.Namespace) -> "Report":
    """Build, lint and write; raises LoadError, BuildError or WriteError, and then nothing has been written."""
    options = options_of(arguments)
    result = build(options)
    if not arguments.no_lint:
        from asr_templates.lint import lint

        if problems := lint(result.templates):
            raise BuildError(problems)
    changes = differences(load_manifest(arguments.output), result.files) if arguments.diff else None
    write_dist(arguments.output, result.files)
    return Report(options, result, arguments.output, not arguments.no_lint, changes)


class Report:
    """What was built, for people and for programs."""

    def __init__(
        self, options: Options, result: Result, output: Path, linted: bool, changes: list[tuple[str, str]] | None
    ) -> None:
        self.options = options
        self.result = result
        self.output = output
        self.linted = linted
        self.changes = changes

    def launches(self) -> list[Launch]:
        """Return the three links, for the default region."""
        parameters = {stack.name: list(stack.template.parameters) for stack in self.result.stacks}
        values = {"TemplateBucket": self.options.assets.bucket, "TemplatePrefix": self.options.assets.prefix}
        return launches(self.options.assets, self.options.prefix, DEFAULT_REGION, parameters, values)

    def controls(self) -> dict[str, int]:
        """Return playbook key -> number of its controls."""
        return {playbook.key: len(playbook.controls) for playbook in self.result.source.playbooks}

    def largest_document(self) -> tuple[str, int]:
        """Return the name and size of the largest SSM document."""
        sizes = {name: len(self.result.files[f"documents/{name}.yaml"]) for name in self.result.documents}
        return max(sizes.items(), key=lambda item: item[1])

    def content(self) -> dict[str, object]:
        """Return the report for programs."""
        return {
            "output": str(self.output),
            "version": self.options.version,
            "files": len(self.result.files),
            "templates": {
                path: {measure.what: {"used": measure.value, "limit": measure.limit} for measure in measures}
                for path, measures in self.measures().items()
            },
            "documents": len(self.result.documents),
            "controls": self.controls(),
            "lint": "no problems" if self.linted else "not run",
            "links": {launch.name: launch.url for launch in self.launches()},
            **({} if self.changes is None else {"changes": [list(change) for change in self.changes]}),
        }

    def measures(self) -> dict[str, list[Measure]]:
        """Return template's path -> its measures against CloudFormation's limits."""
        return {path: template_measures(text) for path, text in self.result.templates.items()}

    def print(self) -> None:
        """Print the report for people."""
        rows = []
        for path, measures in self.measures().items():
            used = {measure.what: measure for measure in measures}
            name = path.removeprefix("templates/").removesuffix(".template")
            cells = [f"{used[what].value:,} of {used[what].limit:,}" for what in ("resources", "parameters", "bytes")]
            rows.append((name, *cells))
        print_table(("template", "resources", "parameters", "bytes"), rows)
        name, size = self.largest_document()
        controls = ", ".join(f"{key} {number}" for key, number in self.controls().items())
        print(f"\ncontrols    {controls}")
        print(
            f"documents   {len(self.result.documents)}; the largest, {name}, {size:,} of {SSM_DOCUMENT_BYTES:,} bytes"
        )
        print(f"cfn-lint    {'no problems' if self.linted else 'not run (--no-lint)'}")
        print(f"written     {counted(len(self.result.files), 'file')} to {self.output}")
        self.print_changes()
        print(f"\nlaunch in {DEFAULT_REGION} (`asr links` fills in other regions and parameters):")
        for launch in self.launches():
            print(f"  {launch.name}\n    {launch.url}")
        if self.options.assets.bucket == UNOWNED_BUCKET:
            print(
                "These links need a bucket of yours: build with --bucket NAME and upload the folder to NAME-<region>."
            )

    def print_changes(self) -> None:
        """Print what --diff asks for."""
        if self.changes is not None:
            print(f"changes     {counted(len(self.changes), 'file')}" if self.changes else "changes     none")
            for kind, path in self.changes:
                print(f"  {kind:<8} {path}")
