"""Literals in a plan's source: texts, and the fields of Change and Undo."""

import ast
from typing import TypeGuard

CHANGE_FIELDS = ("service", "operation", "parameters", "undo")
UNDO_FIELDS = ("operation", "parameters")


def is_call_of(node: ast.AST | None, name: str) -> TypeGuard[ast.Call]:
    """Return whether a node calls a function or class by its bare name."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def text(node: ast.expr | None) -> str | None:
    """Return the text of a string literal, else None."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def readable_text(node: ast.expr) -> str | None:
    """Return the text of a literal or of an f-string, in which `{expression}` stays as it is written."""
    if isinstance(node, ast.JoinedStr):
        return "".join(
            f"{{{ast.unparse(part.value)}}}" if isinstance(part, ast.FormattedValue) else text(part) or ""
            for part in node.values
        )
    return text(node)


def fields(call: ast.Call, names: tuple[str, ...]) -> dict[str, ast.expr]:
    """Return the arguments of a Change or an Undo by the names of its fields."""
    positional = dict(zip(names, call.args, strict=False))
    return {**positional, **{keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}}
