"""What the verbs print: problems and tables, as text for people or as JSON for programs."""

import dataclasses
import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import TextIO

from asr_templates.model import Problem

RED = "31"
BOLD = "1"


def colored(text: str, code: str, stream: TextIO) -> str:
    """Return `text` in a color of ANSI where `stream` is a terminal and NO_COLOR is not set (no-color.org)."""
    if os.environ.get("NO_COLOR") or not stream.isatty():
        return text
    return f"\033[{code}m{text}\033[0m"


def print_json(content: object) -> None:
    """Print `content` as JSON on standard output."""
    print(json.dumps(content, indent=2))


def print_problems(problems: Sequence[Problem], as_json: bool) -> None:
    """Print every problem: as text on standard error, or as a JSON list on standard output."""
    if as_json:
        print_json([dataclasses.asdict(problem) for problem in problems])
        return
    for problem in problems:
        print(colored(str(problem), RED, sys.stderr), file=sys.stderr)
    if problems:
        print(f"{counted(len(problems), 'problem')} found", file=sys.stderr)


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows in columns as wide as their longest cell."""
    lines = [tuple(headings), *map(tuple, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for number, line in enumerate(lines):
        text = "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        print(colored(text, BOLD, sys.stdout) if number == 0 else text)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: "1 problem", "2 problems"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
