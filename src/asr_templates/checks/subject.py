"""What is checked, and where it stands."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from asr_templates import catalog
from asr_templates.loading import OWN_RUNBOOKS, package_folder
from asr_templates.model import Control, Document, Problem, Runbook
from asr_templates.names import Names
from asr_templates.playbook import Playbook

CATALOG = f"{catalog.__name__}."


@dataclass(frozen=True)
class Subject:
    """Playbooks, runbooks and rows that belong together.

    rows: all rows, also those of no chosen playbook. names: of the installation that is built.
    """

    playbooks: tuple[Playbook, ...]
    runbooks: Mapping[str, Runbook]
    names: Names
    rows: tuple[Control, ...]

    @cached_property
    def rendered(self) -> Mapping[str, Document]:
        """Return every document of the playbooks by name; of two with one name the first."""
        documents: dict[str, Document] = {}
        for playbook in self.playbooks:
            for name, document in {**playbook.remediation_documents(), **playbook.control_documents()}.items():
                documents.setdefault(name, document)
        return documents

    def rows_with_runbook(self) -> Iterator[tuple[Control, Runbook]]:
        """Yield each row whose runbook exists, with its runbook."""
        for row in self.rows:
            if row.runbook in self.runbooks:
                yield row, self.runbooks[row.runbook]


def row_module(row: Control) -> str:
    """Return the name of the module that declares a row: "ec2", or a playbook's; "" where none is found."""
    for name, module in list(sys.modules.items()):
        if name.startswith(CATALOG) and any(each is row for each in getattr(module, "CONTROLS", ())):
            return name.removeprefix(CATALOG)
        kinds = [kind for kind in list(vars(module or object).values()) if is_playbook(kind, name)]
        if any(each is row for kind in kinds for each in kind.own_controls):
            return name.rpartition(".")[2]
    return ""


def is_playbook(kind: object, module: str) -> bool:
    """Return whether an object is a playbook that a module defines."""
    return isinstance(kind, type) and issubclass(kind, Playbook) and kind.__module__ == module


def row_problem(row: Control, key: str, message: str, hint: str = "") -> Problem:
    """Return a problem of a row; its place is the module that declares it, the control, and the key."""
    module = row_module(row)
    place = f"{module}.py: control {row.id}" if module else f"control {row.id}"
    return Problem(f"{place}: {key}" if key else place, message, hint)


def runbook_file(name: str, suffix: str) -> str:
    """Return how a file of a runbook is named to people: with the folder where it is one of ours."""
    file = f"{name}{suffix}"
    folder = package_folder(OWN_RUNBOOKS)
    return str(Path("runbook_yaml", file)) if (folder / file).is_file() else file


def document_problem(runbook: Runbook, key: str, message: str, hint: str = "") -> Problem:
    """Return a problem in X.yaml."""
    return Problem(f"{runbook_file(runbook.name, '.yaml')}: {key}", message, hint)


def plan_problem(runbook: Runbook, line: int, message: str, hint: str = "", file: str = "") -> Problem:
    """Return a problem at a line of X.py, or of an embedded module that it imports."""
    name = runbook_file(runbook.name, ".py") if file in ("", f"{runbook.name}.py") else f"src/asr_templates/{file}"
    return Problem(f"{name}:{line}", message, hint)
