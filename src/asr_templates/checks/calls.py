"""Rules about what a plan calls: the operation exists, takes these parameters, and reveals no secret."""

import ast
from collections.abc import Iterator
from dataclasses import replace

from asr_templates.aws_reference import operations
from asr_templates.aws_reference.operations import UnknownOperationError
from asr_templates.aws_reference.services import UnknownServiceError, is_service, model
from asr_templates.checks.plans import parsed
from asr_templates.checks.subject import plan_problem
from asr_templates.documents.plan_literals import is_call_of, text
from asr_templates.documents.plan_source import Arguments, Call, PlanSource
from asr_templates.documents.validation.api_shapes import REST, UNKNOWN, misfits, secret_paths
from asr_templates.loading import nearest
from asr_templates.model import Problem, Runbook


def operations_exist(runbook: Runbook) -> Iterator[Problem]:
    """Each call is an operation of its service, in boto3's spelling; a paginated one can be paginated."""
    source = parsed(runbook)
    for call in source.calls if source else ():
        try:
            name = operations.method_name(call.service, call.operation)
        except (UnknownServiceError, UnknownOperationError) as error:
            yield plan_problem(runbook, call.line, str(error), file=call.file)
            continue
        if name != call.operation:
            message = f"{call.operation} is the API's name, boto3's is {name}"
            yield plan_problem(runbook, call.line, message, f"write {name}", call.file)
        if call.paginates and not operations.can_paginate(call.service, name):
            message = f"{call.service}:{call.operation} has no paginator"
            yield plan_problem(runbook, call.line, message, "call the operation itself", call.file)


def parameters_fit(runbook: Runbook) -> Iterator[Problem]:
    """Each call has the parameters that its operation needs, and none that it does not know."""
    for call, arguments in _known_calls(runbook):
        for misfit in misfits(operations.input_shape(call.service, call.operation), arguments_value(arguments)):
            place = f" at {misfit.path}" if misfit.path else ""
            message = f"{call.service}:{call.operation}{place}: {misfit.message}"
            yield plan_problem(runbook, call.line, message, misfit.hint, call.file)


def secrets_stay_out(runbook: Runbook) -> Iterator[Problem]:
    """No parameter of a change or an undo that AWS marks as sensitive is recorded: it is left out, or Hidden."""
    for call, arguments in _known_calls(runbook):
        if call.group == "read":
            continue
        shown = {name: value for name, value in arguments.values.items() if not is_call_of(value, "Hidden")}
        value = arguments_value(replace(arguments, values=shown))
        for path in secret_paths(operations.input_shape(call.service, call.operation), value):
            message = f"{path} of {call.service}:{call.operation} is a secret, and changes are recorded"
            yield plan_problem(runbook, call.line, message, "let AWS make or keep it", call.file)


def services_and_errors_exist(runbook: Runbook) -> Iterator[Problem]:
    """Each aws("x") is a service, each client.exceptions.X an error that it knows."""
    source = parsed(runbook)
    for node in source.tree.nodes if source else ():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "aws" and node.args:
            service = text(node.args[0])
            if service and not is_service(service):
                message = _unknown_service(service)
                yield plan_problem(runbook, node.lineno, message)
        elif source and isinstance(node, ast.Attribute) and is_exceptions(node.value):
            yield from _error_problems(runbook, source, node)


def is_exceptions(node: ast.expr) -> bool:
    """Return whether an expression is `client.exceptions`."""
    return isinstance(node, ast.Attribute) and node.attr == "exceptions"


def _error_problems(runbook: Runbook, source: PlanSource, node: ast.Attribute) -> Iterator[Problem]:
    client = node.value.value if isinstance(node.value, ast.Attribute) else None
    service = source.service_of(client) if client else None
    if not service or not is_service(service) or node.attr == "ClientError":
        return
    known = [shape.name for shape in model(service).error_shapes]
    if node.attr not in known:
        message = f"{service} has no error {node.attr}"
        yield plan_problem(runbook, node.lineno, message, nearest(node.attr, known), source.tree.file(node))


def _unknown_service(service: str) -> str:
    try:
        model(service)
    except UnknownServiceError as error:
        return str(error)
    return ""


def _known_calls(runbook: Runbook) -> Iterator[tuple[Call, Arguments]]:
    """Yield the calls of operations that exist, once for each set of parameters."""
    source = parsed(runbook)
    for call in source.calls if source else ():
        if operations.is_operation(call.service, call.operation):
            for arguments in call.arguments:
                yield call, arguments


def arguments_value(arguments: Arguments) -> dict[str, object]:
    """Return the parameters as far as they are literals; what else may be there is REST."""
    rest = {} if arguments.complete else {REST: UNKNOWN}
    return {**{name: literal(value) for name, value in arguments.values.items()}, **rest}


def literal(node: ast.expr) -> object:
    """Return the value of an expression, with UNKNOWN for whatever only the run knows."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.List) and not any(isinstance(item, ast.Starred) for item in node.elts):
        return [literal(item) for item in node.elts]
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return {(text(key) or REST) if key else REST: literal(value) if key else UNKNOWN for key, value in pairs}
    return UNKNOWN
