"""The syntax tree of a plan, and which expressions a name in it can stand for.

A plan is data as much as code: what it calls must be known without running it. So names are followed to their
assignments and calls of the plan's own functions to what they return. Where that leads nowhere the expression itself
stands, and whoever asked takes it for unknown.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import NamedTuple, Self

from asr_templates.documents.scripts import module_source, needed_modules

DEEPEST = 12
"""How many steps a name is followed: more than any plan needs, and an end for names that lead to each other."""

Loop = ast.For | ast.While
Block = list[ast.stmt]


class Binding(NamedTuple):
    """What gives a name its value; `value` is None where it cannot be known (a parameter, a loop's variable)."""

    value: ast.expr | None
    is_final: bool
    """Whether no earlier binding can reach past this one."""


class Source(NamedTuple):
    """A file that a plan is made of: its name, its syntax tree, and what each node of it is a part of."""

    file: str
    module: ast.Module
    parents: Mapping[ast.AST, ast.AST]

    @classmethod
    def parse(cls, file: str, text: str) -> Self:
        """Return what is known of a file; raises SyntaxError where it is not Python."""
        module = ast.parse(text, file)
        parents = {child: parent for parent in ast.walk(module) for child in ast.iter_child_nodes(parent)}
        return cls(file, module, parents)


@cache
def embedded(module: str) -> Source:
    """Return an embedded module; the runner is no part of a plan, so nobody asks for it."""
    return Source.parse(f"embedded/{module}.py", module_source(module))


class PlanTree:
    """X.py together with the embedded modules that it imports, as far as `plan` reaches into them.

    functions: name -> definition, of those that `plan` can call. Raises SyntaxError where the plan is not Python.
    """

    def __init__(self, name: str, plan: str) -> None:
        own = Source.parse(f"{name}.py", plan)
        self.module = own.module
        self._parents: dict[ast.AST, ast.AST] = {}
        self._files: dict[ast.Module, str] = {}
        known: dict[str, ast.FunctionDef] = {}
        for source in [*map(embedded, needed_modules(plan)), own]:
            self._files[source.module] = source.file
            self._parents |= source.parents
            known |= {node.name: node for node in source.module.body if isinstance(node, ast.FunctionDef)}
        self.functions = reachable("plan", known)

    def parent(self, node: ast.AST) -> ast.AST | None:
        """Return the node that `node` is a part of."""
        return self._parents.get(node)

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield what `node` is a part of, from the inside to the whole module."""
        parent = self.parent(node)
        while parent is not None:
            yield parent
            parent = self.parent(parent)

    def file(self, node: ast.AST) -> str:
        """Return the name of the file that `node` is in."""
        return self._files[next(item for item in self.ancestors(node) if isinstance(item, ast.Module))]

    @cached_property
    def nodes(self) -> Sequence[ast.AST]:
        """Every node of the functions that `plan` reaches."""
        return [node for function in self.functions.values() for node in ast.walk(function)]

    def calls_of(self, function: str) -> Sequence[ast.Call]:
        """Return the calls of one of the plan's own functions."""
        return self._calls.get(function, ())

    @cached_property
    def _calls(self) -> Mapping[str, Sequence[ast.Call]]:
        found: dict[str, list[ast.Call]] = {}
        for node in self.nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                found.setdefault(node.func.id, []).append(node)
        return found

    def resolve(self, expression: ast.expr, depth: int = 0) -> list[ast.expr]:
        """Return the expressions that `expression` can stand for; at least itself."""
        if depth > DEEPEST:
            return [expression]
        if isinstance(expression, ast.Name):
            bindings = [binding.value for binding in self.bindings(expression)]
            found = [each for value in bindings if value is not None for each in self.resolve(value, depth + 1)]
            return [*found, *([expression] if None in bindings or not bindings else [])]
        if isinstance(expression, ast.IfExp):
            branches = (expression.body, expression.orelse)
            return [each for branch in branches for each in self.resolve(branch, depth + 1)]
        if isinstance(expression, ast.Call) and isinstance(expression.func, ast.Name):
            function = self.functions.get(expression.func.id)
            if function:
                return [each for value in returned(function) for each in self.resolve(value, depth + 1)] or [expression]
        return [expression]

    def bindings(self, name: ast.Name) -> Iterator[Binding]:
        """Yield what can have given `name` its value where it is read, the nearest first."""
        node: ast.AST = name
        for parent in self.ancestors(name):
            if isinstance(parent, ast.Lambda | ast.FunctionDef) and name.id in argument_names(parent):
                yield Binding(None, is_final=True)
                return
            if isinstance(parent, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
                targets = [generator.target for generator in parent.generators]
                if any(binds(target, name.id) for target in targets):
                    yield Binding(None, is_final=True)
                    return
            for block in blocks(parent):
                if node in block:
                    at = block.index(node)
                    for binding in self._in_block(block, at, parent, name.id):
                        yield binding
                        if binding.is_final:
                            return
            if isinstance(parent, ast.For) and binds(parent.target, name.id):
                yield Binding(None, is_final=True)
                return
            node = parent

    def _in_block(self, block: Block, at: int, parent: ast.AST, name: str) -> Iterator[Binding]:
        """Yield the bindings before a statement, backwards; in a loop those behind it, too."""
        if isinstance(parent, Loop):
            for statement in block[at:]:
                values = [*own_bindings(statement, name), *bound_within(statement, name)]
                yield from (Binding(value, is_final=False) for value in values)
        before = block if isinstance(parent, ast.Module) else block[:at]
        for statement in reversed(before):
            final = always_binds(statement, name)
            yield from (Binding(value, is_final=False) for value in bound_within(statement, name))
            if final:
                yield Binding(final[-1], is_final=True)
                return


def reachable(start: str, known: dict[str, ast.FunctionDef]) -> dict[str, ast.FunctionDef]:
    """Return the functions whose names occur in `start` or in a function that occurs there, and so on."""
    found: dict[str, ast.FunctionDef] = {}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in known and name not in found:
            found[name] = known[name]
            waiting += [node.id for node in ast.walk(known[name]) if isinstance(node, ast.Name)]
    return found


def returned(function: ast.FunctionDef) -> list[ast.expr]:
    """Return the values that a function's own return statements give."""
    return [node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value is not None]


def argument_names(function: ast.Lambda | ast.FunctionDef) -> list[str]:
    """Return the names of a function's parameters."""
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return [argument.arg for argument in every if argument]


def blocks(node: ast.AST) -> list[Block]:
    """Return the lists of statements that a node holds."""
    found = [getattr(node, field, None) for field in ("body", "orelse", "finalbody")]
    return [block for block in found if isinstance(block, list)]


def binds(target: ast.AST, name: str) -> bool:
    """Return whether an assignment's target contains a name."""
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(target))


def own_bindings(statement: ast.stmt, name: str) -> list[ast.expr | None]:
    """Return the values that a statement itself (not one inside of it) gives to a name."""
    if isinstance(statement, ast.Assign):
        targets, value = statement.targets, statement.value
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        targets, value = [statement.target], statement.value
    elif isinstance(statement, ast.AugAssign | ast.For | ast.With):
        return [None] if binds(assigned_target(statement), name) else []
    else:
        return []
    whole = [value for target in targets if isinstance(target, ast.Name) and target.id == name]
    part = [None for target in targets if not isinstance(target, ast.Name) and binds_part(target, name)]
    return [*whole, *part]


def binds_part(target: ast.expr, name: str) -> bool:
    """Return whether a target gives a name a part of the value: `a, b = ...`; `a["x"] = ...` gives it none."""
    return isinstance(target, ast.Tuple | ast.List | ast.Starred) and binds(target, name)


def assigned_target(statement: ast.AugAssign | ast.For | ast.With) -> ast.AST:
    """Return what a statement binds besides by a plain assignment."""
    if isinstance(statement, ast.With):
        return ast.Tuple([item.optional_vars for item in statement.items if item.optional_vars], ast.Store())
    return statement.target


def bound_within(statement: ast.stmt, name: str) -> list[ast.expr | None]:
    """Return the values that statements inside of a compound statement give to a name."""
    return [value for node in inner_statements(statement) for value in own_bindings(node, name)]


def inner_statements(statement: ast.stmt) -> Iterator[ast.stmt]:
    """Yield the statements inside of a compound statement, in whatever depth; a definition has none of them."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return
    for child in ast.iter_child_nodes(statement):
        for node in child.body if isinstance(child, ast.ExceptHandler | ast.match_case) else [child]:
            if isinstance(node, ast.stmt):
                yield node
                yield from inner_statements(node)


def always_binds(statement: ast.stmt, name: str) -> list[ast.expr | None]:
    """Return the values of a name after a statement that binds it whatever happens, else nothing."""
    own = own_bindings(statement, name)
    if own and not isinstance(statement, ast.For | ast.AugAssign):
        return own
    if isinstance(statement, ast.If) and statement.orelse:
        ways = [
            [value for each in branch for value in always_binds(each, name)]
            for branch in (statement.body, statement.orelse)
        ]
        return [value for way in ways for value in way] if all(ways) else []
    return []
