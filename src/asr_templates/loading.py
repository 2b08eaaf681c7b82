"""Stage 1: reads playbooks and runbooks from folders, ours and a user's alike."""

import importlib
import importlib.util
import inspect
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from importlib import resources
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from asr_templates.catalog import CONTROLS
from asr_templates.libyaml import Loader
from asr_templates.model import GROUPS, Control, Group, Permission, Problem, Runbook
from asr_templates.names import Names
from asr_templates.playbook import Playbook

OWN_PLAYBOOKS = "asr_templates.playbooks"
OWN_RUNBOOKS = "asr_templates.runbook_yaml"
PERMISSION_KEYS = {"actions", "resources", "because", "conditions"}
PLAYBOOK_ATTRIBUTES = ("key", "short", "version", "standard")


class LoadError(Exception):
    """The input cannot be read; `problems` says where and what to do."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class Catalog:
    """All that there is to build from."""

    playbooks: Mapping[str, type[Playbook]]
    runbooks: Mapping[str, Runbook]
    controls: tuple[Control, ...]

    def select(self, keys: Sequence[str], globs: Sequence[str], names: Names) -> list[Playbook]:
        """Return the playbooks of these keys (none given: all) with the controls that match a glob (none given: all).

        A glob is compared with the security control id and with the id in the standard. Raises LoadError for an
        unknown key, and for a glob that matches nothing.
        """
        problems = [
            Problem("--playbook", f"there is no playbook {key}", nearest(key, self.playbooks))
            for key in keys
            if key not in self.playbooks
        ]
        if problems:
            raise LoadError(problems)
        chosen = [self.playbooks[key] for key in (keys or self.playbooks)]
        rows = (*self.controls, *(row for playbook in chosen for row in playbook.own_controls))
        known = {row.id for row in rows} | {i for row in rows for i in row.ids.values() if i}
        problems = [
            Problem("--control", f"no control matches {glob}", nearest(glob, known))
            for glob in globs
            if not any(fnmatchcase(control_id, glob) for control_id in known)
        ]
        if problems:
            raise LoadError(problems)
        return [playbook for kind in chosen if (playbook := self._selected(kind, globs, names)).controls]

    def _selected(self, kind: type[Playbook], globs: Sequence[str], names: Names) -> Playbook:
        whole = kind(self.runbooks, self.controls, names)
        if not globs:
            return whole
        return whole.only(row for row in whole.controls if matches(whole, row, globs))


def matches(playbook: Playbook, control: Control, globs: Sequence[str]) -> bool:
    """Return whether a control's security control id, or its id in the playbook, matches one of the globs."""
    ids = (control.id, playbook.control_id(control) or "")
    return any(fnmatchcase(control_id, glob) for control_id in ids for glob in globs)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint with the names nearest to an unknown one."""
    close = get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f"did you mean {', '.join(close)}?" if close else f"known: {', '.join(sorted(known)[:20])}"


def load(playbook_folders: Sequence[Path] = (), runbook_folders: Sequence[Path] = ()) -> Catalog:
    """Return our own playbooks and runbooks together with those of the folders.

    Raises LoadError with every problem found: a missing folder, YAML or Python that cannot be read, a name used twice.
    """
    problems: list[Problem] = []
    runbooks: dict[str, Runbook] = {}
    for folder in (package_folder(OWN_RUNBOOKS), *runbook_folders):
        for path in files(folder, "*.yaml", problems):
            runbook = load_runbook(path, problems)
            if runbook and runbook.name in runbooks:
                problems.append(Problem(str(path), f"runbook {runbook.name} exists already", "give it another name"))
            elif runbook:
                runbooks[runbook.name] = runbook
    playbooks: dict[str, type[Playbook]] = {}
    for folder in (package_folder(OWN_PLAYBOOKS), *playbook_folders):
        for path in files(folder, "*.py", problems):
            for kind in load_playbooks(path, problems):
                if kind.key in playbooks:
                    problems.append(Problem(str(path), f"playbook {kind.key} exists already", "give it another key"))
                else:
                    playbooks[kind.key] = kind
    own = {id(row): row for kind in playbooks.values() for row in kind.own_controls}
    missing = sorted({row.runbook for row in (*CONTROLS, *own.values())} - set(runbooks))
    for name in missing:
        rows = [row.id for row in (*CONTROLS, *own.values()) if row.runbook == name]
        problems.append(Problem(f"control {', '.join(rows)}", f"there is no runbook {name}", nearest(name, runbooks)))
    if problems:
        raise LoadError(problems)
    return Catalog(playbooks, runbooks, CONTROLS)


def package_folder(package: str) -> Path:
    """Return the folder of a package of data, wherever it is installed."""
    return Path(str(resources.files(package)))


def files(folder: Path, pattern: str, problems: list[Problem]) -> list[Path]:
    """Return the files of a folder in order of their names; __init__.py is none of them."""
    if not folder.is_dir():
        problems.append(Problem(str(folder), "there is no such folder", "name an existing folder"))
    return sorted(path for path in folder.glob(pattern) if path.name != "__init__.py")


def load_runbook(path: Path, problems: list[Problem]) -> Runbook | None:
    """Return the runbook of X.yaml and X.py, or None after adding to `problems`."""
    before = len(problems)
    plan = path.with_suffix(".py")
    if not plan.is_file():
        problems.append(Problem(str(path), f"its plan {plan.name} is missing", f"write {plan}"))
    try:
        parts = list(yaml.load_all(path.read_text("utf-8"), Loader=Loader))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark else str(path)
        problems.append(Problem(place, f"invalid YAML: {getattr(error, 'problem', None) or error}"))
        return None
    if len(parts) != 2 or not all(isinstance(part, dict) for part in parts):
        hint = "first the permissions, then --- and the SSM document"
        problems.append(Problem(str(path), f"has {len(parts)} YAML documents, not 2 mappings", hint))
        return None
    permissions = load_permissions(path, parts[0], problems)
    if not isinstance(parts[1].get("mainSteps"), list) or not isinstance(parts[1].get("parameters"), dict):
        problems.append(Problem(str(path), "its SSM document has no parameters or no mainSteps"))
    source = load_plan(plan, problems) if plan.is_file() else ""
    if len(problems) > before:
        return None
    return Runbook(path.stem, permissions, parts[1], source)


def load_plan(path: Path, problems: list[Problem]) -> str:
    """Return the text of a plan; whether it is Python is checked with the rest of it."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        problems.append(Problem(str(path), f"is not UTF-8: {error}", "save it as UTF-8"))
        return ""


def load_permissions(
    path: Path, head: Mapping[str, Any], problems: list[Problem]
) -> dict[Group, tuple[Permission, ...]]:
    """Return group -> permissions; groups that are not given are empty."""
    given = head.get("permissions")
    if not isinstance(given, dict) or set(head) != {"permissions"}:
        problems.append(Problem(str(path), "its first YAML document must hold `permissions` and nothing else"))
        return {}
    for group in sorted(set(given) - set(GROUPS)):
        problems.append(Problem(f"{path}: permissions", f"unknown group {group}", nearest(group, GROUPS)))
    found: dict[Group, tuple[Permission, ...]] = {}
    for group in GROUPS:
        entries = []
        for index, entry in enumerate(given.get(group) or []):
            place = f"{path}: permissions.{group}[{index}]"
            if not is_permission(entry):
                hint = "actions and resources are lists of texts, conditions a map of operator to keys to texts"
                problems.append(Problem(place, "needs actions and resources, may have because and conditions", hint))
                continue
            because, conditions = entry.get("because", ""), entry.get("conditions", {})
            entries.append(Permission(tuple(entry["actions"]), tuple(entry["resources"]), because, conditions))
        found[group] = tuple(entries)
    return found


def is_permission(entry: object) -> bool:
    """Return whether an entry of a group has the keys and types of a Permission."""
    if not isinstance(entry, dict) or not {"actions", "resources"} <= set(entry) <= PERMISSION_KEYS:
        return False
    lists = (entry["actions"], entry["resources"])
    texts = all(isinstance(items, list) and items and all(isinstance(item, str) for item in items) for items in lists)
    return texts and are_conditions(entry.get("conditions", {})) and isinstance(entry.get("because", ""), str)


def are_conditions(conditions: object) -> bool:
    """Return whether a value maps operators to keys to texts; YAML takes `yes:` for a boolean, `1:` for a number."""
    if not isinstance(conditions, dict) or not all(isinstance(keys, dict) for keys in conditions.values()):
        return False
    texts = [*conditions, *(text for keys in conditions.values() for pair in keys.items() for text in pair)]
    return all(isinstance(text, str) for text in texts)


def load_playbooks(path: Path, problems: list[Problem]) -> list[type[Playbook]]:
    """Return the playbook classes that a module defines."""
    try:
        module = import_module(path)
    except SyntaxError as error:
        problems.append(Problem(f"{error.filename}:{error.lineno}", f"invalid Python: {error.msg}"))
        return []
    except Exception as error:
        problems.append(Problem(str(path), f"cannot be imported: {type(error).__name__}: {error}"))
        return []
    found = []
    for _, kind in inspect.getmembers(module, inspect.isclass):
        if issubclass(kind, Playbook) and kind.__module__ == module.__name__:
            absent = [name for name in PLAYBOOK_ATTRIBUTES if not isinstance(getattr(kind, name, None), str)]
            if absent:
                problems.append(Problem(f"{path}: {kind.__name__}", f"lacks {', '.join(absent)}", "set them as texts"))
            else:
                found.append(kind)
    return found


def import_module(path: Path) -> ModuleType:
    """Return a playbook's module: our own by its name, a user's from its file."""
    if path.parent == package_folder(OWN_PLAYBOOKS):
        return importlib.import_module(f"{OWN_PLAYBOOKS}.{path.stem}")
    name = f"asr_playbook_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
