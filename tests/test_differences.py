"""docs/differences.md answers every known mistake once, and cites what exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from asr_templates.checks import CHECKS

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "differences.md").read_text("utf-8")
SECTIONS = {title: body for title, _, body in (part.partition("\n") for part in PAGE.split("\n## ")[1:])}
TABLES = {"IAM": ("D", 11), "Control runbooks": ("E", 18), "Remediations": ("F", 44)}
"""Section -> letter of its mistakes and how many there are."""

LIMIT = "(Limit)"


def table(section: str) -> list[list[str]]:
    """The cells of a section's table, its head and the line below among them."""
    lines = [line for line in SECTIONS[section].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


ROWS = [row for section in TABLES for row in table(section)[2:]]
CITED = sorted(set(re.findall(r"(tests/[\w/]+\.py)::(\w+)", PAGE)))
FILES = sorted(set(re.findall(r"`([\w./]+\.(?:py|yaml))`", PAGE)))
RULES = sorted(set(re.findall(r"[Rr]ule `(\w+)`", PAGE)))


@cache
def names_in(file: str) -> frozenset[str]:
    """The names of the tests in a file."""
    body = ast.parse((ROOT / file).read_text("utf-8")).body
    return frozenset(each.name for each in body if isinstance(each, ast.FunctionDef) and each.name.startswith("test_"))


@pytest.mark.parametrize("section", TABLES)
def test_every_mistake_is_answered_once_in_its_table_and_in_order(section: str) -> None:
    letter, last = TABLES[section]
    head, _, *rows = table(section)

    assert ["id", "mistake", "answer"] == head
    assert [f"{letter}{number}" for number in range(1, last + 1)] == [row[0] for row in rows]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_answer_cites_a_test_a_rule_or_a_file(row: list[str]) -> None:
    _, mistake, answer = row

    assert mistake.endswith(".")
    assert re.search(r"tests/[\w/]+\.py::\w|[Rr]ule `\w|`[\w./]+\.(?:py|yaml)`", answer)


@pytest.mark.parametrize(("file", "name"), CITED, ids=[name for _, name in CITED])
def test_test_that_is_cited_exists(file: str, name: str) -> None:
    assert (ROOT / file).is_file()
    assert name in names_in(file)


def test_no_test_is_cited_in_a_form_that_is_not_checked() -> None:
    assert PAGE.count("::") == len(re.findall(r"`tests/[\w/]+\.py::\w+`", PAGE))


@pytest.mark.parametrize("file", FILES)
def test_file_that_is_cited_exists(file: str) -> None:
    assert (ROOT / file).is_file()


@pytest.mark.parametrize("rule", RULES)
def test_rule_that_is_cited_is_among_the_checks(rule: str) -> None:
    assert rule in {check.__name__ for check in CHECKS}


def test_last_section_says_how_far_the_rows_go_that_point_to_it() -> None:
    assert "Limits" == list(SECTIONS)[-1]
    assert [row[0] for row in ROWS if row[2].endswith(LIMIT)] == re.findall(r"(?m)^- (\w+): ", SECTIONS["Limits"])
