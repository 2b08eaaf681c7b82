"""One script of several sources: what an aws:executeScript step carries."""

import ast
import io
import tokenize
from collections.abc import Iterator
from functools import cache
from importlib import resources
from itertools import accumulate
from typing import NamedTuple

EMBEDDED = "asr_templates.embedded"

HANDLER = """
def handler(event, context):
    import boto3
    from botocore.config import Config
    config = Config(retries={"mode": "standard", "max_attempts": 8}, connect_timeout=10, read_timeout=30)
    clients = {}
    def aws(service):
        if service not in clients:
            clients[service] = boto3.client(service, config=config)
        return clients[service]
    return run(plan, event, aws)
"""


@cache
def embedded_source(module: str) -> str:
    """Return the compact source of a module of asr_templates.embedded."""
    return compact(module_source(module))


def module_source(module: str) -> str:
    """Return the source of a module of asr_templates.embedded as it is written."""
    return resources.files(EMBEDDED).joinpath(f"{module}.py").read_text("utf-8")


@cache
def remediation_script(plan: str) -> str:
    """Return the script of a plan: runner, plan and the handler that joins them."""
    return join_sources(*map(embedded_source, ["runner", *needed_modules(plan)]), compact(plan), compact(HANDLER))


def needed_modules(source: str) -> list[str]:
    """Return the embedded modules that a source needs besides the runner, each behind those that it needs itself."""
    found: dict[str, None] = {}
    for module in embedded_imports(source):
        if module != "runner" and resources.files(EMBEDDED).joinpath(f"{module}.py").is_file():
            found |= dict.fromkeys([*needed_modules(module_source(module)), module])
    return list(found)


def embedded_imports(plan: str) -> list[str]:
    """Return the modules of asr_templates.embedded that a plan imports from, in the order of their first import."""
    names = [node.module or "" for node in ast.parse(plan).body if isinstance(node, ast.ImportFrom)]
    return list(dict.fromkeys(name.removeprefix(f"{EMBEDDED}.") for name in names if name.startswith(f"{EMBEDDED}.")))


@cache
def join_sources(*sources: str) -> str:
    """Return one script of compact sources.

    Raises ValueError where two sources define one name, or where Systems Manager would read a variable.
    """
    owner: dict[str, int] = {}
    for number, source in enumerate(sources):
        for name in (name for node in ast.parse(source).body for name in defined_names(node)):
            if owner.setdefault(name, number) != number:
                raise ValueError(f"{name} is defined by the runner and again by the plan")
    script = "".join(sources)
    for braces in ("{{", "}}"):
        if braces in script:
            raise ValueError(f"a script must not contain {braces!r}: Systems Manager would take it for a variable")
    return script


def is_for_types(node: ast.stmt) -> bool:
    """Return whether a top-level statement only serves type checkers, or imports what is rendered into the script."""
    if isinstance(node, ast.AnnAssign):
        return isinstance(node.annotation, ast.Name) and node.annotation.id == "TypeAlias"
    return isinstance(node, ast.ImportFrom) and (node.module or "").startswith((EMBEDDED, "collections.abc"))


def defined_names(node: ast.stmt) -> list[str]:
    """Return the names that a top-level statement defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return []


class Cut(NamedTuple):
    """Bytes of a source that are replaced."""

    start: int
    end: int
    replacement: bytes = b""


@cache
def compact(source: str) -> str:
    """Return `source` without docstrings, comments, blank lines, annotations and imports for them, indented by two.

    The annotations of a class stay: they are the fields of a NamedTuple.

    Text is cut by position, not written anew, so that every Python version gives the same bytes.
    """
    positions = Positions(source)
    kept = bytearray()
    end = 0
    for cut in sorted({*syntax_cuts(positions), *token_cuts(positions)}, key=lambda cut: (cut.start, -cut.end)):
        if cut.start >= end:  # else it lies within the one before
            kept += positions.data[end : cut.start] + cut.replacement
            end = cut.end
    return without_blank_lines((kept + positions.data[end:]).decode())


def without_blank_lines(source: str) -> str:
    """Return `source` without blank lines and space at the ends of lines, except within texts of several lines."""
    kept = unfinished_lines(source)
    lines = enumerate(io.StringIO(source), 1)
    return "".join(
        line if number in kept else f"{line.rstrip()}\n" for number, line in lines if number in kept or line.strip()
    )


def unfinished_lines(source: str) -> set[int]:
    """Return the numbers of the lines whose end lies within a text of several lines."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {line for token in tokens for line in range(token.start[0], token.end[0])}


class Positions:
    """Where the nodes and tokens of a source lie in its bytes."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.data = source.encode()
        self.lines = list(io.StringIO(source))
        self.starts = list(accumulate((len(line.encode()) for line in self.lines), initial=0))

    def start(self, node: ast.expr | ast.stmt | ast.arg) -> int:
        """Return the offset of a node's first byte."""
        return self.starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt | ast.arg) -> int:
        """Return the offset behind a node's last byte."""
        return self.starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)


def syntax_cuts(positions: Positions) -> Iterator[Cut]:
    """Yield the docstrings and annotations of a source, and what only serves annotations."""
    tree = ast.parse(positions.source)
    fields = {entry for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for entry in node.body}
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            empty = b"pass" if len(node.body) == 1 and not isinstance(node, ast.Module) else b""
            yield from (Cut(positions.start(text), positions.end(text), empty) for text in docstrings(node))
        if isinstance(node, ast.FunctionDef) and node.returns:
            arrow = positions.data.rindex(b"->", 0, positions.start(node.returns))
            yield Cut(len(positions.data[:arrow].rstrip()), positions.end(node.returns))
        elif isinstance(node, ast.arg) and node.annotation:
            yield Cut(positions.start(node) + len(node.arg.encode()), positions.end(node.annotation))
        elif isinstance(node, ast.stmt) and is_for_types(node):
            yield Cut(positions.start(node), positions.end(node))
        elif isinstance(node, ast.AnnAssign) and node.value and node not in fields:
            yield Cut(positions.end(node.target), positions.end(node.annotation))


def token_cuts(positions: Positions) -> Iterator[Cut]:
    """Yield the comments of a source, and half of each line's indentation."""
    unfinished = unfinished_lines(positions.source)
    for token in tokenize.generate_tokens(io.StringIO(positions.source).readline):
        line, column = token.start
        if token.type == tokenize.COMMENT:
            start = positions.starts[line - 1] + len(positions.lines[line - 1][:column].encode())
            yield Cut(start, start + len(token.string.encode()))
    for number, text in enumerate(positions.lines, 1):
        indentation = len(text) - len(text.lstrip(" "))
        if number - 1 not in unfinished and text.strip():
            start = positions.starts[number - 1]
            yield Cut(start, start + indentation // 2)


def docstrings(node: ast.Module | ast.ClassDef | ast.FunctionDef) -> list[ast.Expr]:
    """Return the statements of `node` that are mere text."""
    return [
        statement
        for statement in node.body
        if isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    ]
