"""Steps that run a script (aws:executeScript): it compiles, finds its input, and returns what the outputs take."""

import ast
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from asr_templates.documents.validation.runbook import Runbook, Step
from asr_templates.model import Problem
from asr_templates.solution import SCRIPT_RUNTIME

LONGEST_SECONDS = 600  # Systems Manager ends a script after ten minutes
AVAILABLE = frozenset({"boto3", "botocore"})
"""What the runtime has besides the standard library."""


def script_problems(runbook: Runbook, step: Step) -> Iterator[Problem]:
    """Yield what is wrong with a step that runs a script."""
    inputs = step.get("inputs") or {}
    if inputs.get("Runtime") != SCRIPT_RUNTIME:
        hint = f"write {SCRIPT_RUNTIME}"
        yield runbook.step_problem(step, "inputs.Runtime", f"{inputs.get('Runtime')} is not our runtime", hint)
    seconds = step.get("timeoutSeconds", LONGEST_SECONDS)
    if isinstance(seconds, int) and seconds > LONGEST_SECONDS:
        message = f"a script is ended after {LONGEST_SECONDS} s, whatever is asked for"
        yield runbook.step_problem(step, "timeoutSeconds", message)
    script = str(inputs.get("Script"))
    for braces in ("{{", "}}"):
        if braces in script:
            line = script[: script.index(braces)].count("\n") + 1
            message = f"line {line} has {braces}, which Systems Manager takes for a variable"
            yield runbook.step_problem(step, "inputs.Script", message, "put a space between the braces")
    facts = script_facts(script)
    if facts.error:
        yield runbook.step_problem(step, "inputs.Script", facts.error)
        return
    for name in sorted(facts.imports - sys.stdlib_module_names - AVAILABLE):
        yield runbook.step_problem(step, "inputs.Script", f"imports {name}, which the runtime does not have")
    yield from _handler_problems(runbook, step, facts)


class HandlerFacts(NamedTuple):
    """A handler of a script: how many arguments it has, what it takes of the first, the keys of what it returns."""

    arguments: int
    taken: frozenset[str]
    returned: frozenset[str] | None


class ScriptFacts(NamedTuple):
    """What a script says of itself; `error` where it is not Python."""

    error: str
    imports: frozenset[str]
    functions: Mapping[str, ast.FunctionDef]


@cache
def script_facts(script: str) -> ScriptFacts:
    """Read a script; many documents carry the same one."""
    try:
        module = ast.parse(script, feature_version=(3, 11))
    except SyntaxError as error:
        return ScriptFacts(f"line {error.lineno}: {error.msg}", frozenset(), {})
    functions = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    return ScriptFacts("", frozenset(imported(module)), functions)


@cache
def handler_facts(function: ast.FunctionDef) -> HandlerFacts:
    """Return what is known of a function that may be a handler."""
    names = [argument.arg for argument in function.args.args]
    keys = returned_keys(function)
    return HandlerFacts(
        len(names),
        frozenset(taken(function, names[0]) if names else ()),
        None if keys is None else frozenset(keys),
    )


def _handler_problems(runbook: Runbook, step: Step, facts: ScriptFacts) -> Iterator[Problem]:
    inputs = step.get("inputs") or {}
    name = inputs.get("Handler")
    function = facts.functions.get(str(name))
    if function is None:
        hint = f"functions: {', '.join(facts.functions)}"
        yield runbook.step_problem(step, "inputs.Handler", f"the script has no function {name}", hint)
        return
    handler = handler_facts(function)
    if handler.arguments != 2:
        yield runbook.step_problem(step, "inputs.Handler", f"{name} takes {handler.arguments} arguments, not two")
        return
    payload = inputs.get("InputPayload") or {}
    if not isinstance(payload, dict):
        yield runbook.step_problem(step, "inputs.InputPayload", "is a map")
        return
    for key in sorted(handler.taken - set(payload)):
        yield runbook.step_problem(step, "inputs.InputPayload", f"{name} wants {key}", "hand it over")
    yield from _selector_problems(runbook, step, handler.returned)


def _selector_problems(runbook: Runbook, step: Step, keys: frozenset[str] | None) -> Iterator[Problem]:
    for output in step.get("outputs") or []:
        selector = str(output.get("Selector")) if isinstance(output, dict) else ""
        root, _, path = selector.removeprefix("$.").partition(".")
        key = path.split(".")[0].split("[")[0]
        place = f"outputs.{output.get('Name')}" if isinstance(output, dict) else "outputs"
        if root != "Payload":
            yield runbook.step_problem(step, place, f"{selector} is not under $.Payload, what the script returns")
        elif key and keys is not None and key not in keys:
            hint = f"it returns {', '.join(sorted(keys))}"
            yield runbook.step_problem(step, place, f"the script never returns {key}", hint)


def imported(module: ast.Module) -> set[str]:
    """Return the top-level modules that a script imports anywhere."""
    found: set[str] = set()
    for node in statements(module):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the statements in a node, in whatever depth; what they are made of is left out."""
    for field in ("body", "orelse", "finalbody", "handlers", "cases"):
        for child in getattr(node, field, ()):
            yield child
            yield from statements(child)


def taken(handler: ast.FunctionDef, event: str) -> set[str]:
    """Return the keys that a handler takes from its event and cannot do without: event["key"]."""
    return {
        node.slice.value
        for node in ast.walk(handler)
        if isinstance(node, ast.Subscript)
        and isinstance(node.ctx, ast.Load)
        and isinstance(node.value, ast.Name)
        and node.value.id == event
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, str)
    }


def returned_keys(handler: ast.FunctionDef) -> set[str] | None:
    """Return the keys of the dicts that a handler returns, or None where the source does not tell all of them."""
    inner = {id(node) for function in functions_within(handler) for node in ast.walk(function)}
    values = [node.value for node in ast.walk(handler) if isinstance(node, ast.Return) and id(node) not in inner]
    keys: set[Any] = set()
    for value in values:
        if not isinstance(value, ast.Dict) or not all(isinstance(key, ast.Constant) for key in value.keys):
            return None
        keys |= {key.value for key in value.keys if isinstance(key, ast.Constant)}
    return keys


def functions_within(handler: ast.FunctionDef) -> list[ast.AST]:
    """Return the functions that are defined inside of a handler: what they return is not what it returns."""
    kinds = ast.FunctionDef | ast.Lambda
    return [node for node in ast.walk(handler) if isinstance(node, kinds) and node is not handler]
