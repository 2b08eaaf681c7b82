"""Options that several verbs share, and what they stand for."""

import argparse
from pathlib import Path

from asr_templates import loading


def parser(verb: str, description: str) -> argparse.ArgumentParser:
    """Return the argument parser of one verb; options are never abbreviated, so `--playbook` is not `--playbooks`."""
    return argparse.ArgumentParser(prog=f"asr {verb}", description=description, allow_abbrev=False)


def add_catalog_options(options: argparse.ArgumentParser) -> None:
    """Add --playbooks and --runbooks, the folders of a user's own playbooks and runbooks; both may be repeated."""
    options.add_argument(
        "--playbooks",
        metavar="DIR",
        type=Path,
        action="append",
        default=[],
        help="a folder of your own playbooks (*.py), loaded like ours",
    )
    options.add_argument(
        "--runbooks",
        metavar="DIR",
        type=Path,
        action="append",
        default=[],
        help="a folder of your own runbooks (X.yaml with X.py), loaded like ours",
    )


def add_json_option(options: argparse.ArgumentParser) -> None:
    """Add --json, for output that programs read."""
    options.add_argument("--json", action="store_true", help="print JSON instead of text")


def load_catalog(arguments: argparse.Namespace) -> loading.Catalog:
    """Return our catalog together with the folders of `add_catalog_options`; raises LoadError with every problem."""
    return loading.load(arguments.playbooks, arguments.runbooks)
