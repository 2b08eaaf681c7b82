"""Rules about the shape of a plan: one function that can be read, fed by its document, and undone."""

import ast
import re
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

from asr_templates.checks.subject import document_problem, plan_problem, runbook_file
from asr_templates.documents.plan_source import PlanSource, plan_source
from asr_templates.documents.remediation import EMBEDDED_FOLDER
from asr_templates.documents.scripts import EMBEDDED, defined_names, remediation_script
from asr_templates.documents.validation.parameters import plain_type
from asr_templates.documents.validation.ssm import shape_problems
from asr_templates.loading import nearest
from asr_templates.model import Problem, Runbook

RUNNER_NAMES = ("Aws", "Change", "Gone", "Pending", "Plan", "Record", "Refuse", "Undo")
FED_BY_RUNNER = ("Mode", "Record", "Earlier")
"""Keys of a step's InputPayload that the runner keeps for itself."""

MODES_WITHOUT_RECORD = ("Apply", "Preview")
"""Modes that a step may fix: then it is not an undo, and needs no record."""

IMPORTABLE = frozenset(
    (
        *("base64", "collections", "datetime", "fnmatch", "functools", "hashlib", "ipaddress", "itertools", "json"),
        *("math", "operator", "re", "string", "urllib.parse"),
    )
)
"""Modules of the standard library that a plan may import: it compares what AWS says, and touches nothing else."""

FORBIDDEN_CALLS: Mapping[str, str] = {
    **dict.fromkeys(("compile", "eval", "exec", "__import__", "getattr", "setattr", "globals"), "hides what is called"),
    **dict.fromkeys(("open", "input", "breakpoint"), "reaches outside of the plan"),
    "print": "writes to a log, where secrets have no place",
}
"""Functions that a plan must not call, and why."""

ANNOTATIONS: Mapping[str, tuple[str, ...]] = {
    "String": ("str",),
    "Integer": ("int",),
    "Boolean": ("bool",),
    "StringList": ("list", "list[str]"),
    "StringMap": ("dict", "dict[str, str]", "dict[str, Any]"),
    "MapList": ("list", "list[dict]", "list[dict[str, Any]]"),
}
SENTENCE = re.compile(r"[A-Z].*[.]", re.DOTALL)


def parsed(runbook: Runbook) -> PlanSource | None:
    """Return what is known of a runbook's plan; None where it is not Python (`plan_is_python` says so)."""
    try:
        return plan_source(runbook.name, runbook.plan)
    except SyntaxError:
        return None


def document_has_its_shape(runbook: Runbook) -> Iterator[Problem]:
    """X.yaml's document is made of parameters and steps, so that the other rules can look into it."""
    yield from shape_problems(runbook_file(runbook.name, ".yaml"), runbook.document)
    for step in script_steps(runbook):
        if not isinstance(step["inputs"].get("InputPayload") or {}, dict):
            yield document_problem(runbook, f"step {step.get('name')}: inputs.InputPayload", "is a map")
        if step["inputs"].get("Script") != f"{runbook.name}.py" and not is_embedded(step):
            place = f"step {step.get('name')}: inputs.Script"
            yield document_problem(runbook, place, "is not the plan's file", f"write {runbook.name}.py")


def plan_is_python(runbook: Runbook) -> Iterator[Problem]:
    """X.py compiles on the oldest Python that runs it."""
    try:
        ast.parse(runbook.plan, feature_version=(3, 11))
    except SyntaxError as error:
        yield plan_problem(runbook, error.lineno or 1, f"invalid Python: {error.msg}")


def plan_is_one_function(runbook: Runbook) -> Iterator[Problem]:
    """There is a generator `plan` that says in its docstring what is true afterwards, and returns what it saw."""
    source = parsed(runbook)
    if source is None:
        return
    function = source.function
    if function is None:
        yield plan_problem(runbook, 1, "there is no function plan", "write def plan(aws: Aws, ...) -> Plan:")
        return
    sentence = ast.get_docstring(function)
    if not sentence or not SENTENCE.fullmatch(sentence):
        hint = 'say what is true when this is done: """A VPC\'s default security group has no rules."""'
        yield plan_problem(runbook, function.lineno, "plan has no sentence as its docstring", hint)
    own = [node for node in ast.walk(function) if isinstance(node, ast.Yield | ast.YieldFrom)]
    if not own:
        yield plan_problem(runbook, function.lineno, "plan yields nothing", "yield Change(...) where something differs")
    returns = [node for node in ast.walk(function) if isinstance(node, ast.Return)]
    if not any(node.value is not None for node in returns):
        hint = "return the fields that the changes touch, as they were found"
        yield plan_problem(runbook, function.lineno, "plan does not return what it saw", hint)
    for node in returns:
        if node.value is None and returned_by(source, node) is function:
            yield plan_problem(runbook, node.lineno, "plan returns nothing here", "return what it saw, or raise Gone")


def returned_by(source: PlanSource, node: ast.Return) -> ast.AST | None:
    """Return the function that a return statement ends."""
    functions = (item for item in source.tree.ancestors(node) if isinstance(item, ast.FunctionDef | ast.Lambda))
    return next(functions, None)


def plan_is_fed_by_its_document(runbook: Runbook) -> Iterator[Problem]:
    """Each script step hands over exactly what `plan` takes, and the types agree with the document's parameters."""
    source = parsed(runbook)
    if source is None or source.function is None:
        return
    first, *others = [*source.function.args.args, *source.function.args.kwonlyargs] or [ast.arg("")]
    if first.arg != "aws":
        hint = "the runner calls plan(aws, ...)"
        yield plan_problem(runbook, source.function.lineno, f"the first parameter is {first.arg or 'missing'}", hint)
    wanted = {argument.arg: argument for argument in others}
    for step in script_steps(runbook):
        if is_embedded(step):
            continue
        payload = step["inputs"].get("InputPayload") or {}
        place = f"step {step['name']}: inputs.InputPayload"
        given = set(payload) - set(FED_BY_RUNNER)
        for name in sorted(set(wanted) - given):
            yield document_problem(runbook, place, f"plan needs {name}", f'write {name}: "{{{{ {name} }}}}"')
        for name in sorted(given - set(wanted)):
            yield document_problem(runbook, place, f"plan takes no {name}", nearest(name, wanted))
        fixed = ("Mode", "Record") if payload.get("Mode") in MODES_WITHOUT_RECORD else ()
        for name in ("Mode", "Record"):
            if name not in fixed and payload.get(name) != f"{{{{ {name} }}}}":
                hint = f'write {name}: "{{{{ {name} }}}}"'
                yield document_problem(runbook, place, f"the runner needs {name}", hint)
    declared = runbook.document["parameters"]
    for name, argument in wanted.items():
        kind = plain_type(str((declared.get(name) or {}).get("type")))
        annotation = ast.unparse(argument.annotation) if argument.annotation else "nothing"
        if kind in ANNOTATIONS and annotation not in ANNOTATIONS[kind]:
            message = f"parameter {name} is annotated with {annotation}, the document has a {kind}"
            yield plan_problem(runbook, argument.lineno, message, f"write {name}: {ANNOTATIONS[kind][0]}")


def is_embedded(step: Mapping[str, Any]) -> bool:
    """Return whether a step runs a module of asr_templates.embedded instead of the plan."""
    name = str(step["inputs"].get("Script"))
    module = name.removeprefix(EMBEDDED_FOLDER).removesuffix(".py")
    return name == f"{EMBEDDED_FOLDER}{module}.py" and resources.files(EMBEDDED).joinpath(f"{module}.py").is_file()


def script_steps(runbook: Runbook) -> list[dict[str, Any]]:
    """Return the steps of a runbook's document that run its plan."""
    steps = [step for step in runbook.document["mainSteps"] if isinstance(step, dict)]
    return [
        step for step in steps if step.get("action") == "aws:executeScript" and isinstance(step.get("inputs"), dict)
    ]


def plan_imports_little(runbook: Runbook) -> Iterator[Problem]:
    """A plan imports the runner's names, other embedded modules, and a few modules of the standard library."""
    source = parsed(runbook)
    if source is None:
        return
    for node in ast.walk(source.tree.module):
        if isinstance(node, ast.Import):
            yield from _module_problems(runbook, node.lineno, [alias.name for alias in node.names])
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if not module.startswith(f"{EMBEDDED}."):
                yield from _module_problems(runbook, node.lineno, [module])
                continue
            yield from _embedded_problems(runbook, node, module.removeprefix(f"{EMBEDDED}."))


def _module_problems(runbook: Runbook, line: int, modules: list[str]) -> Iterator[Problem]:
    for module in modules:
        if module not in IMPORTABLE and module.partition(".")[0] not in IMPORTABLE:
            hint = f"a plan may import {', '.join(sorted(IMPORTABLE))}"
            yield plan_problem(runbook, line, f"imports {module}", hint)


def _embedded_problems(runbook: Runbook, node: ast.ImportFrom, module: str) -> Iterator[Problem]:
    file = resources.files(EMBEDDED).joinpath(f"{module}.py")
    if not file.is_file():
        known = [item.name.removesuffix(".py") for item in resources.files(EMBEDDED).iterdir()]
        yield plan_problem(runbook, node.lineno, f"there is no module {EMBEDDED}.{module}", nearest(module, known))
        return
    body = ast.parse(file.read_text("utf-8")).body
    offered = RUNNER_NAMES if module == "runner" else [name for each in body for name in defined_names(each)]
    for alias in node.names:
        if alias.asname:
            yield plan_problem(runbook, node.lineno, f"renames {alias.name}", "import it under its own name")
        if alias.name not in offered:
            message = f"{EMBEDDED}.{module} offers no {alias.name}"
            yield plan_problem(runbook, node.lineno, message, nearest(alias.name, offered))


def plan_can_be_followed(runbook: Runbook) -> Iterator[Problem]:
    """Every call can be read off the source, every Change has a way back or says why not."""
    source = parsed(runbook)
    if source is None:
        return
    for offence in source.offences:
        yield plan_problem(runbook, offence.line, offence.message, offence.hint, offence.file)
    for node in source.tree.nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS:
            message = f"calls {node.func.id}, which {FORBIDDEN_CALLS[node.func.id]}"
            yield plan_problem(runbook, node.lineno, message, file=source.tree.file(node))


def plan_can_be_rendered(runbook: Runbook) -> Iterator[Problem]:
    """The script of runner and plan has no name twice and nothing that Systems Manager takes for a variable."""
    source = parsed(runbook)
    if source is None:
        return
    try:
        remediation_script(runbook.plan)
    except (ValueError, OSError) as error:
        lines = [number for number, line in enumerate(runbook.plan.splitlines(), 1) if "{{" in line or "}}" in line]
        hint = "put a space between the braces" if lines else "give it another name"
        yield plan_problem(runbook, lines[0] if lines else 1, str(error), hint)


def pending_is_verified(runbook: Runbook) -> Iterator[Problem]:
    """What a plan reports as pending is waited for: the document ends with a step Verify that looks again."""
    source = parsed(runbook)
    if source is None:
        return
    verify = [step for step in script_steps(runbook) if step.get("name") == "Verify"]
    for node in source.literals("Pending"):
        if not verify:
            hint = 'add wait steps and a script step Verify with Earlier: "{{ Remediation.Output }}"'
            message = "yields Pending, but the document has no step Verify"
            yield plan_problem(runbook, node.lineno, message, hint, source.tree.file(node))
    for step in verify:
        if "Earlier" not in (step["inputs"].get("InputPayload") or {}):
            place = "step Verify: inputs.InputPayload"
            yield document_problem(runbook, place, "Earlier is missing", 'write Earlier: "{{ Remediation.Output }}"')
    if verify and "Verify.Output" not in (runbook.document.get("outputs") or []):
        yield document_problem(runbook, "outputs", "do not hold what Verify found", "write outputs: [Verify.Output]")
