"""One script of several sources: small, and the same program."""

from __future__ import annotations

import ast
from importlib import resources
from typing import Any

import pytest

from asr_templates.documents.scripts import compact, embedded_imports, embedded_source, join_sources, remediation_script
from asr_templates.loading import load

PLANS = {name: runbook.plan for name, runbook in load().runbooks.items()}
PLAN = '''"""A toy."""
from asr_templates.embedded.runner import Aws, Plan


def plan(aws: Aws, Name: str) -> Plan:
    """Nothing is to do."""
    yield from ()
    return {"Name": Name}  # what it saw
'''


def executed(source: str) -> dict[str, Any]:
    scope: dict[str, Any] = {}
    exec(compile(source, "script", "exec"), scope)
    return scope


def test_compact_drops_docstrings_comments_annotations_and_blank_lines() -> None:
    source = '''"""Module."""

from collections.abc import Mapping
from typing import TypeAlias

Names: TypeAlias = Mapping[str, int]
"""What names are."""

LIMIT: int = 3  # why


def first(names: Names, *, least: int = 0) -> dict[str, int]:
    """Return the first."""

    found: dict[str, int] = {}
    for name in names:
        if names[name] >= least:
            found[name] = names[name]  # the first
            break
    return found


def nothing() -> None:
    """Do nothing."""
'''
    expected = """from typing import TypeAlias
LIMIT = 3
def first(names, *, least = 0):
  found = {}
  for name in names:
    if names[name] >= least:
      found[name] = names[name]
      break
  return found
def nothing():
  pass
"""

    assert expected == compact(source)


def test_compact_keeps_texts_of_several_lines_as_they_are() -> None:
    text = "first   \n\n    # no comment\n        deep\n\n"
    source = f"def text():\n    return '''{text}'''\n\n\nvalue = f'''{{1}}\n\n    {{2}}  \n'''\n"

    scope = executed(compact(source))
    assert (text, "1\n\n    2  \n") == (scope["text"](), scope["value"])


def test_compact_keeps_what_looks_like_a_comment_or_a_docstring() -> None:
    source = 'def names():\n    found = [\'# no\', """x"""]\n    return found, \'ä # ö\'\n'

    assert executed(source)["names"]() == executed(compact(source))["names"]()


def test_compact_keeps_the_fields_of_a_class() -> None:
    source = "from typing import NamedTuple\nclass Pair(NamedTuple):\n    left: int\n    right: int = 2\n"

    assert (1, 2) == executed(compact(source))["Pair"](1)


def test_compact_takes_any_spacing_of_annotations() -> None:
    source = "def f(a:int,b : 'str'='->')->dict[str,\n    int] :\n    return (a, b)\n"

    assert (1, "->") == executed(compact(source))["f"](1)


def test_import_of_several_lines_is_dropped() -> None:
    source = (
        "from asr_templates.embedded.runner import (\n    Aws,  # a client\n    Plan,\n)\n\nx = (\n    1,  # one\n)\n"
    )

    assert "x = (\n  1,\n)\n" == compact(source)


@pytest.mark.parametrize("name", ["runner", "parser", "outcome", "finding", "security_groups", *PLANS])
def test_compact_is_the_same_program(name: str) -> None:
    source = PLANS[name] if name in PLANS else _source(name)

    assert _program(source) == _program(compact(source))


def _source(module: str) -> str:
    return resources.files("asr_templates.embedded").joinpath(f"{module}.py").read_text("utf-8")


def _program(source: str) -> str:
    """The syntax tree without what is only for readers and type checkers."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            node.body = [each for each in node.body if not _is_for_readers(each)] or [ast.Pass()]
    return ast.dump(_WithoutAnnotations().visit(tree))


class _WithoutAnnotations(ast.NodeTransformer):
    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        return ast.Assign([node.target], node.value) if node.value else node


def _is_for_readers(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.AnnAssign):
        return isinstance(statement.annotation, ast.Name) and statement.annotation.id == "TypeAlias"
    if isinstance(statement, ast.ImportFrom):
        return (statement.module or "").startswith(("asr_templates", "collections.abc"))
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


@pytest.mark.parametrize(("module", "most"), [("runner", 6_144), ("parser", 3_072)])
def test_what_every_document_carries_is_small(module: str, most: int) -> None:
    assert len(join_sources(embedded_source(module)).encode()) <= most


def test_script_of_a_plan_brings_what_the_plan_imports_and_nothing_of_ours_is_imported() -> None:
    script = remediation_script(PLANS["RemoveVPCDefaultSecurityGroupRules"])

    assert ["runner", "security_groups"] == embedded_imports(PLANS["RemoveVPCDefaultSecurityGroupRules"])
    assert "def tagged(rules):" in script
    assert "asr_templates" not in script


def test_script_of_a_plan_needs_no_module_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Systems Manager executes a script without putting it into sys.modules."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    handler = executed(remediation_script(PLAN))["handler"]

    output = handler({"Name": "hall", "Mode": "Apply", "Record": ""}, None)

    assert ("NoChange", {"Name": "hall"}) == (output["Status"], output["Before"])


@pytest.mark.parametrize("name", PLANS)
def test_scripts_hold_no_variable_of_systems_manager(name: str) -> None:
    script = remediation_script(PLANS[name])

    assert "{{" not in script
    assert "}}" not in script


@pytest.mark.parametrize("text", ['{"a": {{}}}', "f'{{x'", "'}}'"])
def test_braces_that_systems_manager_would_read_do_not_build(text: str) -> None:
    with pytest.raises(ValueError, match="Systems Manager would take it for a variable"):
        join_sources(f"x = {text}\n" if text.startswith(("f", "'")) else f"x = '{text}'\n")


@pytest.mark.parametrize("defined", ["def run():\n    pass\n", "class Change:\n    pass\n", "SECONDS = 3\n"])
def test_plan_that_defines_a_name_of_the_runner_does_not_build(defined: str) -> None:
    with pytest.raises(ValueError, match="is defined by the runner and again by the plan"):
        remediation_script(f"{PLAN}\n\n{defined}")


@pytest.mark.parametrize("name", PLANS)
def test_scripts_are_the_same_every_time(name: str) -> None:
    assert remediation_script(PLANS[name]).encode() == remediation_script(PLANS[name]).encode()
