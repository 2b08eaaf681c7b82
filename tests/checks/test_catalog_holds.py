"""Every rule against everything that we ship: `pytest -k SetIAMPasswordPolicy` runs all about one runbook."""

import pytest

from asr_templates.checks import (
    CATALOG_CHECKS,
    CHECKS,
    DOCUMENT_CHECKS,
    RUNBOOK_CHECKS,
    SHAPE_CHECKS,
    RunbookCheck,
    subject_of,
)
from asr_templates.checks.subject import Subject
from asr_templates.loading import load
from asr_templates.model import Runbook
from asr_templates.names import Names

CATALOG = load()
RUNBOOKS = list(CATALOG.runbooks.values())
OVER_ALL = (*CATALOG_CHECKS, *DOCUMENT_CHECKS)


@pytest.fixture(scope="module")
def subject() -> Subject:
    names = Names()
    return subject_of(CATALOG.select([], [], names), CATALOG.runbooks, names, CATALOG.controls)


@pytest.mark.parametrize("runbook", RUNBOOKS, ids=lambda runbook: runbook.name)
@pytest.mark.parametrize("check", [*SHAPE_CHECKS, *RUNBOOK_CHECKS], ids=lambda check: check.__name__)
def test_runbook_holds(check: RunbookCheck, runbook: Runbook) -> None:
    problems = [str(problem) for problem in check(runbook)]

    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("number", range(len(OVER_ALL)), ids=[check.__name__ for check in OVER_ALL])
def test_catalog_holds(number: int, subject: Subject) -> None:
    problems = [str(problem) for problem in OVER_ALL[number](subject)]

    assert not problems, "\n".join(problems)


def test_every_rule_says_in_a_docstring_what_it_demands() -> None:
    silent = [check.__name__ for check in CHECKS if not check.__doc__]

    assert not silent
