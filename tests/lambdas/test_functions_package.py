"""What holds for the whole folder that is zipped."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from asr_templates import lambdas, solution
from asr_templates.lambdas import execution, finding, history, notes, runtime, undo
from asr_templates.names import Names
from asr_templates.stacks.orchestrator import tables, tasks

FOLDER = Path(lambdas.__file__).parent
MODULES = {path.stem: ast.parse(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.py"))}
TASKS = tasks.tasks(Names(), ["SC"])


def imports(module: ast.Module) -> Iterator[tuple[int, str]]:
    """The level and the name of each module that is imported."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.level, node.module or ""


@pytest.mark.parametrize("name", MODULES)
def test_deployed_code_imports_only_the_standard_library_boto3_and_itself(name: str) -> None:
    allowed = set(sys.stdlib_module_names) | {"boto3", "botocore"}

    strangers = [
        module
        for level, module in imports(MODULES[name])
        if level > 1 or (level == 0 and module.split(".")[0] not in allowed)
    ]

    assert [] == strangers


@pytest.mark.parametrize(
    ("own", "shared"),
    [
        (finding.PROJECTION_BYTES, solution.FINDING_PROJECTION_BYTES),
        (undo.RECORD_BYTES, solution.UNDO_RECORD_BYTES),
        (notes.NOTE_CHARACTERS, solution.NOTE_CHARACTERS),
    ],
)
def test_limits_that_both_sides_need_are_the_same(own: int, shared: int) -> None:
    assert shared == own


def test_the_index_of_the_history_has_one_name() -> None:
    assert tables.RESOURCE_INDEX == history.INDEX


def reached(name: str) -> set[str]:
    """The module and every module of the folder that it needs."""
    found, left = set(), [name]
    while left:
        module = left.pop()
        if module not in found:
            found.add(module)
            left += [other for level, other in imports(MODULES[module]) if level == 1]
    return found


def settings(name: str) -> set[str]:
    """The environment variables that a function's modules name."""
    return {
        argument.value
        for module in reached(name)
        for node in ast.walk(MODULES[module])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("setting", "table")
        for argument in node.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_a_function_is_a_module_with_a_handler(task: tasks.Task) -> None:
    functions = [node.name for node in MODULES[task.module].body if isinstance(node, ast.FunctionDef)]

    assert "handler" in functions


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_a_function_gets_every_setting_that_it_needs(task: tasks.Task) -> None:
    assert settings(task.module) <= set(task.environment)


def test_every_module_belongs_to_a_function() -> None:
    used = {module for task in TASKS for module in reached(task.module)}

    assert set(MODULES) - {"__init__"} == used


def test_a_setting_that_is_missing_is_named() -> None:
    with pytest.raises(LookupError, match="the variable NO_SUCH_SETTING is missing"):
        runtime.setting("NO_SUCH_SETTING")


def test_an_error_that_is_no_twin_of_a_start_is_not_swallowed(refused: Any) -> None:
    class Busy:
        def start_execution(self, **arguments: str) -> None:
            raise refused("ThrottlingException")

    with pytest.raises(Exception, match="ThrottlingException"):
        execution.start(Busy(), "arn:machine", "name", {})
