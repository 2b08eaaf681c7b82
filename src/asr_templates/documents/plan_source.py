"""What a plan calls, read from its source: every operation with its group, its line and its parameters.

Plans keep to a small part of Python so that this can be known without running them: clients come from `aws("x")`,
calls are `client.operation(...)` and `client.get_paginator("operation").paginate(...)`, changes are
`Change("x", "operation", {...}, undo=...)`. What does not fit is listed in `PlanSource.offences`.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from asr_templates.documents.plan_literals import CHANGE_FIELDS, UNDO_FIELDS, fields, is_call_of, readable_text, text
from asr_templates.documents.plan_tree import PlanTree, argument_names
from asr_templates.model import Runbook

RETIRE = "retire"
"""The parameter, in a plan or in what it calls, that lets a plan delete what it has replaced."""


@dataclass(frozen=True)
class Arguments:
    """One set of parameters that a call can have, as far as the source tells.

    values: name -> expression. optional: those of them that are not always there. complete: there are no others.
    """

    values: Mapping[str, ast.expr]
    optional: frozenset[str]
    complete: bool


@dataclass(frozen=True)
class Call:
    """One operation that a plan calls, in boto3's spelling.

    group: read, change or undo: which permissions must allow it. file, line: where it stands. paginates: it is called
    through a paginator. arguments: the sets of parameters that it can have (several where branches differ).
    """

    service: str
    operation: str
    group: Literal["read", "change", "undo"]
    line: int
    file: str
    paginates: bool = False
    arguments: tuple[Arguments, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Offence:
    """A part of a plan that cannot be followed, or that a plan must not have."""

    file: str
    line: int
    message: str
    hint: str = ""


@dataclass(frozen=True)
class WayBack:
    """How one Change is undone: `undos` are its Undo literals, `reasons` the texts that say why there is none.

    is_optional: it is made only where the parameter Retire asks for it, which nobody is asked for.
    """

    change: ast.Call
    undos: tuple[ast.Call, ...]
    reasons: tuple[str, ...]
    is_optional: bool


def plan_calls(runbook: Runbook) -> tuple[Call, ...]:
    """Return what a runbook's plan calls, in the order of the source; raises SyntaxError where it is not Python."""
    return plan_source(runbook.name, runbook.plan).calls


def undo_reason(runbook: Runbook) -> str | None:
    """Return why a remediation cannot be undone, or None: it can, but for `undo_exceptions`.

    The text is that of its first Change that never has a way back and needs nobody to ask for it.
    """
    ways = plan_source(runbook.name, runbook.plan).ways_back
    return next((way.reasons[0] for way in ways if way.reasons and not way.undos and not way.is_optional), None)


def undo_exceptions(runbook: Runbook) -> tuple[str, ...]:
    """Return why a remediation that can be undone sometimes cannot."""
    if undo_reason(runbook):
        return ()
    ways = plan_source(runbook.name, runbook.plan).ways_back
    return tuple(dict.fromkeys(reason for way in ways for reason in way.reasons))


def plan_sentence(runbook: Runbook) -> str:
    """Return what is true when a remediation is done: the docstring of its plan, "" without one."""
    function = plan_source(runbook.name, runbook.plan).function
    return (ast.get_docstring(function) or "") if function else ""


@cache
def plan_source(name: str, plan: str) -> "PlanSource":
    """Return what is known of a plan; raises SyntaxError where it is not Python."""
    return PlanSource(name, plan)


class PlanSource:
    """A plan as its source tells; raises SyntaxError where it is not Python.

    changes: the Change literals. ways_back: how each of them is undone. calls: everything that the plan calls.
    offences: what of it cannot be followed. All are in the order of the source.
    """

    def __init__(self, name: str, plan: str) -> None:
        self.tree = PlanTree(name, plan)
        self.offences: list[Offence] = []
        self.changes = self.literals("Change")
        self.ways_back = [self._way_back(change) for change in self.changes]
        found = [*self._reads(), *self._changes(), *self._undos()]
        self.calls = tuple(sorted(found, key=lambda call: (call.file, call.line, call.service, call.operation)))
        self._check_leftovers()

    @property
    def function(self) -> ast.FunctionDef | None:
        """Return the function `plan`."""
        return self.tree.functions.get("plan")

    def literals(self, name: str) -> list[ast.Call]:
        """Return the calls of a class of the runner: Change, Undo, Pending."""
        found = [node for node in self.tree.nodes if is_call_of(node, name)]
        return sorted(found, key=lambda node: (self.tree.file(node), node.lineno, node.col_offset))

    def _note(self, node: ast.AST, message: str, hint: str = "") -> None:
        """Note that `node` cannot be followed."""
        self.offences.append(Offence(self.tree.file(node), getattr(node, "lineno", 0), message, hint))

    def service_of(self, expression: ast.expr, depth: int = 0) -> str | None:
        """Return the service whose client an expression is, else None."""
        for each in self.tree.resolve(expression):
            if is_call_of(each, "aws"):
                service = text(each.args[0]) if len(each.args) == 1 else None
                if service:
                    return service
            if isinstance(each, ast.Name) and depth < 4:
                given = self._given(each)
                found = [service for value in given if (service := self.service_of(value, depth + 1))]
                if found:
                    return found[0]
        return None

    def _given(self, name: ast.Name) -> Iterator[ast.expr]:
        """Yield what callers hand over for a parameter of one of the plan's functions."""
        functions = [item for item in self.tree.ancestors(name) if isinstance(item, ast.FunctionDef)]
        for function in functions:
            parameters = argument_names(function)
            if name.id not in parameters:
                continue
            at = parameters.index(name.id)
            for call in self.tree.calls_of(function.name):
                yield from call.args[at : at + 1]
                yield from (keyword.value for keyword in call.keywords if keyword.arg == name.id)

    def _reads(self) -> Iterator[Call]:
        for node in self.tree.nodes:
            if not isinstance(node, ast.Attribute) or node.attr == "exceptions":
                continue
            service = self.service_of(node.value)
            if service is None:
                continue
            call = self.tree.parent(node)
            if not isinstance(call, ast.Call) or call.func is not node:
                self._note(node, f"{ast.unparse(node)} is not called", "write client.operation(...)")
            elif node.attr == "get_paginator":
                yield from self._paginated(call, service)
            else:
                yield self._read(call, call, service, node.attr, False)

    def _paginated(self, call: ast.Call, service: str) -> Iterator[Call]:
        operation = text(call.args[0]) if len(call.args) == 1 else None
        attribute = self.tree.parent(call)
        paginate = self.tree.parent(attribute) if attribute else None
        is_chained = isinstance(attribute, ast.Attribute) and attribute.attr == "paginate"
        if operation and is_chained and isinstance(paginate, ast.Call):
            yield self._read(call, paginate, service, operation, True)
        else:
            hint = 'write client.get_paginator("operation").paginate(...)'
            self._note(call, f"{ast.unparse(call)} cannot be followed", hint)

    def _read(self, node: ast.Call, called: ast.Call, service: str, operation: str, paginates: bool) -> Call:
        if called.args:
            self._note(called, f"{operation} has a parameter without a name", "boto3 takes names only")
        pairs: list[tuple[ast.expr | None, ast.expr]] = [
            (ast.Constant(keyword.arg) if keyword.arg else None, keyword.value) for keyword in called.keywords
        ]
        arguments = (self._collected(pairs),)
        return Call(service, operation, "read", node.lineno, self.tree.file(node), paginates, arguments)

    def _changes(self) -> Iterator[Call]:
        for node in self.changes:
            given = fields(node, CHANGE_FIELDS)
            service, operation = text(given.get("service")), text(given.get("operation"))
            if not service or not operation:
                self._note(node, "Change without literal service and operation", "write both as texts")
                continue
            arguments = self._arguments(given.get("parameters"))
            yield Call(service, operation, "change", node.lineno, self.tree.file(node), arguments=arguments)

    def _undos(self) -> Iterator[Call]:
        """Yield the inverse of each Change; an Undo is an operation of its Change's service."""
        for way in self.ways_back:
            service = text(fields(way.change, CHANGE_FIELDS).get("service"))
            for node in way.undos:
                given = fields(node, UNDO_FIELDS)
                operation = text(given.get("operation"))
                if not operation:
                    self._note(node, "Undo without a literal operation", "write it as a text")
                elif service:
                    arguments = self._arguments(given.get("parameters"))
                    yield Call(service, operation, "undo", node.lineno, self.tree.file(node), arguments=arguments)

    def _way_back(self, change: ast.Call) -> WayBack:
        undo = fields(change, CHANGE_FIELDS).get("undo")
        found = self._inverses(undo) if undo is not None else []
        undos = [node for node in found if is_call_of(node, "Undo")]
        reasons = [reason for node in found if (reason := readable_text(node))]
        if undo is None:
            hint = 'say undo=Undo("operation", {...}), or undo="why there is no way back"'
            self._note(change, "Change without undo", hint)
        elif len(undos) + len(reasons) < len(found) or not found:
            hint = "an Undo, a function that returns one, or a text"
            self._note(change, f"undo={ast.unparse(undo)} cannot be followed", hint)
        return WayBack(change, tuple(undos), tuple(reasons), self._is_optional(change))

    def _is_optional(self, change: ast.Call) -> bool:
        """Return whether a change stands below an `if` that asks for Retire."""
        conditions = [node.test for node in self.tree.ancestors(change) if isinstance(node, ast.If)]
        names = [node.id for test in conditions for node in ast.walk(test) if isinstance(node, ast.Name)]
        return RETIRE in map(str.lower, names)

    def _inverses(self, undo: ast.expr) -> list[ast.expr]:
        """Return what `undo=` can be in the end: functions give what they return."""
        found: list[ast.expr] = []
        for each in self.tree.resolve(undo):
            if isinstance(each, ast.Lambda):
                found += self.tree.resolve(each.body)
            elif isinstance(each, ast.Name) and each.id in self.tree.functions:
                found += self.tree.resolve(ast.copy_location(ast.Call(each, [], []), each))
            else:
                found.append(each)
        return found

    def _arguments(self, expression: ast.expr | None) -> tuple[Arguments, ...]:
        """Return the sets of parameters that an expression can stand for."""
        if expression is None:
            return ()
        found = self.tree.resolve(expression)
        return tuple(
            self._collected(list(zip(each.keys, each.values, strict=True)))
            if isinstance(each, ast.Dict)
            else Arguments({}, frozenset(), complete=False)
            for each in found
        )

    def _collected(self, pairs: list[tuple[ast.expr | None, ast.expr]]) -> Arguments:
        """Return the entries of a dict; a pair without a key is `**value`."""
        values: dict[str, ast.expr] = {}
        optional: set[str] = set()
        complete = True
        for key, value in pairs:
            name = text(key)
            if name:
                values[name] = value
                optional.discard(name)
            elif key is None:
                for part in self._arguments(value):
                    optional |= set(part.values) - set(values)
                    values = {**part.values, **values}
                    complete = complete and part.complete
            else:
                complete = False
        return Arguments(values, frozenset(optional), complete)

    def _check_leftovers(self) -> None:
        """Note the Undos of no Change, and the uses of `aws` and of clients that are no calls."""
        undone = {undo for way in self.ways_back for undo in way.undos}
        for undo in self.literals("Undo"):
            if undo not in undone:
                self._note(undo, "this Undo belongs to no Change", "give it to a Change as undo=")
        for node in self.tree.nodes:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                self._check_use(node)

    def _check_use(self, node: ast.Name) -> None:
        parent = self.tree.parent(node)
        is_handed_over = isinstance(parent, ast.keyword) or (
            isinstance(parent, ast.Call)
            and isinstance(parent.func, ast.Name)
            and parent.func is not node
            and parent.func.id in self.tree.functions
        )
        if node.id == "aws":
            if not is_handed_over and not (is_call_of(parent, "aws") and self._is_named(parent)):
                self._note(node, f"{ast.unparse(parent or node)} cannot be followed", 'write aws("service")')
        elif not is_handed_over and not isinstance(parent, ast.Attribute) and self.service_of(node):
            self._note(node, f"client {node.id} is used as a value", "write client.operation(...)")

    def _is_named(self, call: ast.Call) -> bool:
        return len(call.args) == 1 and text(call.args[0]) is not None
