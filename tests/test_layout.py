"""Every file has its place, and a stage imports only from earlier stages."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from asr_templates.catalog import CONTROLS
from asr_templates.loading import load

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "asr_templates"
STAGES: tuple[frozenset[str], ...] = tuple(
    map(
        frozenset,
        (
            {"", "libyaml", "solution", "model", "embedded", "lambdas", "aws_reference"},
            {"names", "simulator.aws"},
            {"catalog"},
            {"documents"},
            {"stacks"},
            {"playbook"},
            {"playbooks", "loading", "simulator"},
            {"checks", "dist", "launch", "lint"},
            {"page"},
            {"supported_controls"},
            {"documentation"},
            {"pipeline"},
            {"commands"},
            {"cli"},
        ),
    )
)
"""Parts of the package, in the order in which data go through them; "" is the package's own __init__."""

ISLANDS = {
    "embedded": set[str](),
    "lambdas": set[str](),
    "aws_reference": set[str](),
    "simulator.aws": {"aws_reference"},
}
"""Parts that could be published, or are deployed, alone -> what else of ours they may import."""

DEPLOYED = {"embedded": {"boto3", "botocore"}, "lambdas": {"boto3", "botocore"}}
"""Parts that run on AWS -> what they find there besides the standard library."""

VERBS = [
    "Attach",
    "Block",
    "Configure",
    "Create",
    "Disable",
    "Enable",
    "Encrypt",
    "Enforce",
    "Limit",
    "Make",
    "Remove",
    "Replace",
    "Revoke",
    "Set",
    "Tag",
    "Terminate",
    "Update",
]
EXCEPTION = "S3BlockDenylist"


def module_name(path: Path) -> str:
    """A file of ours as the module that it is, without "asr_templates."."""
    if path.is_relative_to(SOURCE):
        parts = path.relative_to(SOURCE).with_suffix("").parts
    else:
        parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def part(module: str) -> str:
    """The part of the package that a module belongs to."""
    return "simulator.aws" if f"{module}.".startswith("simulator.aws.") else module.partition(".")[0]


def sources() -> list[Path]:
    return sorted([*SOURCE.rglob("*.py"), *(ROOT / "playbooks").glob("*.py"), *(ROOT / "runbook_yaml").glob("*.py")])


MODULES = {module_name(path): path for path in sources()}
each_module = pytest.mark.parametrize("module", MODULES)


def for_type_checkers(tree: ast.Module) -> set[ast.AST]:
    """Everything under `if TYPE_CHECKING`."""
    guarded = [
        node for node in ast.walk(tree) if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    return {inner for node in guarded for statement in node.body for inner in ast.walk(statement)}


def imports(module: str) -> Iterator[str]:
    """The full names of the modules that a module imports, ours and others."""
    path = MODULES[module]
    tree = ast.parse(path.read_text("utf-8"))
    skipped = for_type_checkers(tree)
    package = ["asr_templates", *module.split(".")] if module else ["asr_templates"]
    package = package if path.name == "__init__.py" else package[:-1]
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                inner = f"{origin}.{alias.name}"
                yield inner if inner.removeprefix("asr_templates.") in MODULES else origin


def own_imports(module: str) -> set[str]:
    """The parts of ours that a module imports from, besides its own."""
    names = {name for name in imports(module) if name.partition(".")[0] == "asr_templates"}
    return {part(name.removeprefix("asr_templates").lstrip(".")) for name in names} - {part(module)}


@each_module
def test_module_belongs_to_a_stage_and_imports_only_from_earlier_ones(module: str) -> None:
    own = "runbook_yaml" if module.startswith("runbook_yaml") else part(module)
    if own == "runbook_yaml":
        assert own_imports(module) <= {"embedded"}
        return
    [stage] = [number for number, parts in enumerate(STAGES) if own in parts]
    earlier = frozenset[str]().union(*STAGES[:stage])

    assert set() == own_imports(module) - earlier


@each_module
def test_island_imports_nothing_else_of_ours(module: str) -> None:
    if part(module) in ISLANDS:
        assert own_imports(module) <= ISLANDS[part(module)]


@each_module
def test_deployed_code_imports_only_what_it_finds_on_aws(module: str) -> None:
    if part(module) in DEPLOYED:
        others = {name.partition(".")[0] for name in imports(module)} - {"asr_templates", *sys.stdlib_module_names}
        assert others <= DEPLOYED[part(module)]


@each_module
def test_module_has_at_most_500_lines(module: str) -> None:
    assert len(MODULES[module].read_text("utf-8").splitlines()) <= 500


@each_module
def test_module_says_what_it_is(module: str) -> None:
    """A plan says it in the docstring of its function."""
    tree = ast.parse(MODULES[module].read_text("utf-8"))
    plans = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "plan"]

    assert ast.get_docstring(tree) or any(ast.get_docstring(plan) for plan in plans)


@each_module
def test_module_has_a_name_that_says_something(module: str) -> None:
    assert not {"utils", "util", "common", "misc", "helpers", "helper"} & set(module.split("."))


# Runbooks


def snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def test_runbooks_have_a_row_and_rows_a_runbook() -> None:
    own = {row.runbook for playbook in load().playbooks.values() for row in playbook.own_controls}

    assert set(load().runbooks) == {control.runbook for control in CONTROLS} | own


def test_runbooks_are_pairs_of_files_and_nothing_else_is_there() -> None:
    expected = {f"{name}{suffix}" for name in load().runbooks for suffix in (".yaml", ".py")} | {"__init__.py"}

    assert expected == {path.name for path in (ROOT / "runbook_yaml").iterdir() if path.name != "__pycache__"}


def test_playbooks_are_modules_and_nothing_else_is_there() -> None:
    found = {path.name for path in (ROOT / "playbooks").iterdir() if path.name != "__pycache__"}
    expected = {f"{kind.__module__.rpartition('.')[2]}.py" for kind in load().playbooks.values()} | {"__init__.py"}

    assert expected == found


@pytest.mark.parametrize("runbook", sorted(load().runbooks))
def test_runbook_has_a_test_of_its_name(runbook: str) -> None:
    assert (ROOT / "tests" / "runbooks" / f"test_{snake_case(runbook)}.py").is_file()


@pytest.mark.parametrize("runbook", sorted(load().runbooks))
def test_runbook_is_called_by_a_verb_and_an_object(runbook: str) -> None:
    assert runbook == EXCEPTION or any(re.match(rf"{verb}[A-Z]", runbook) for verb in VERBS)


def test_tests_of_runbooks_belong_to_a_runbook() -> None:
    expected = {f"test_{snake_case(runbook)}.py" for runbook in load().runbooks}

    assert expected == {path.name for path in (ROOT / "tests" / "runbooks").glob("test_*.py")}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("EnableEncryptionForSNSTopic", "enable_encryption_for_sns_topic"),
        ("EnableMultiAZOnRDSInstance", "enable_multi_az_on_rds_instance"),
        ("ConfigureS3PublicAccessBlock", "configure_s3_public_access_block"),
    ],
)
def test_tests_are_called_as_their_runbook_in_snake_case(name: str, expected: str) -> None:
    assert expected == snake_case(name)
