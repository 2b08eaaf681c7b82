"""Rules about permissions: real actions, resources as narrow as AWS allows, all that is called and nothing else."""

import re
from collections.abc import Iterator
from typing import Any

from asr_templates.aws_reference import iam, operations
from asr_templates.aws_reference.iam import UnknownActionError
from asr_templates.checks.plans import parsed
from asr_templates.checks.subject import document_problem, plan_problem
from asr_templates.documents.plan_source import Arguments, Call
from asr_templates.model import GROUPS, Group, Permission, Problem, Runbook

ACCOUNT = "${AWS::AccountId}"
PSEUDO_PARAMETERS = ("${AWS::Partition}", ACCOUNT, "${AWS::Region}", "${RolePath}", "${Namespace}")
READ_VERBS = ("Describe", "Get", "List")
NARROWED_BY = {
    "iam:PassRole": "iam:PassedToService",
    "iam:AttachRolePolicy": "iam:PolicyARN",
    "iam:DetachRolePolicy": "iam:PolicyARN",
}
"""Action that its resource does not narrow enough -> the condition key that does."""
NAMING_OPERATORS = ("StringEquals", "StringLike", "ArnEquals", "ArnLike")


def each_permission(runbook: Runbook) -> Iterator[tuple[Group, str, Permission]]:
    """Yield group, place in X.yaml and permission."""
    for group in GROUPS:
        for index, permission in enumerate(runbook.permissions.get(group, ())):
            yield group, f"permissions.{group}[{index}]", permission


def actions_exist(runbook: Runbook) -> Iterator[Problem]:
    """Each action is one of IAM's, in IAM's spelling, without wildcards."""
    for _, place, permission in each_permission(runbook):
        for action in permission.actions:
            if "*" in action or "?" in action:
                hint = "name each action that the plan needs"
                yield document_problem(runbook, place, f"{action} stands for many actions", hint)
                continue
            try:
                right = iam.spelling(action)
            except UnknownActionError:
                near = iam.closest(action)
                hint = f"did you mean {near}?" if near else ""
                yield document_problem(runbook, place, f"unknown IAM action {action}", hint)
                continue
            if right != action:
                yield document_problem(runbook, place, f"{action} is spelled {right}", f"write {right}")


def resources_are_narrow(runbook: Runbook) -> Iterator[Problem]:
    """No action may act on more than AWS lets one say: "*" only where the API knows no resource."""
    for _, place, permission in each_permission(runbook):
        for action in permission.actions:
            if iam.is_action(action):
                yield from _narrowness_problems(runbook, place, permission, action)
        for resource in permission.resources:
            yield from _resource_problems(runbook, place, permission, resource)


def _narrowness_problems(runbook: Runbook, place: str, permission: Permission, action: str) -> Iterator[Problem]:
    types = iam.resource_types(action)
    if not types and permission.resources != ("*",):
        hint = 'give it a permission of its own with resources: ["*"]'
        yield document_problem(runbook, place, f"{action} knows no resources", hint)
    elif types and "*" in permission.resources:
        formats = [each for kind in types for each in iam.arn_formats(action.partition(":")[0], kind)]
        message = f"{action} can be limited to {', '.join(types[:4])}"
        yield document_problem(runbook, place, message, f"instead of * write {_as_resource(formats[0])}")
    elif types and not any(iam.resource_fits(action, resource) for resource in permission.resources):
        message = f"{action} acts on {', '.join(types)}, which none of the resources can be"
        yield document_problem(runbook, place, message)


def _as_resource(arn_format: str) -> str:
    """Return an ARN format of IAM's list as a resource of a template, of any region and name."""
    known = {"${Partition}": "${AWS::Partition}", "${Account}": ACCOUNT}
    return re.sub(r"\$\{\w+\}", lambda match: known.get(match[0], "*"), arn_format)


def _resource_problems(runbook: Runbook, place: str, permission: Permission, resource: str) -> Iterator[Problem]:
    if resource == "*":
        return
    parts = resource.split(":")
    if resource.startswith("arn:aws"):
        message = f"{resource} exists in one partition only"
        yield document_problem(runbook, place, message, "begin with arn:${AWS::Partition}:")
    plain = resource
    for name in PSEUDO_PARAMETERS:
        plain = plain.replace(name, "")
    if "${" in plain:
        hint = f"known: {', '.join(PSEUDO_PARAMETERS)}"
        yield document_problem(runbook, place, f"{resource} has a parameter that is not known", hint)
    if resource.replace("${AWS::Partition}", "aws").replace(ACCOUNT, "1").split(":")[4:5] == ["*"]:
        yield document_problem(runbook, place, f"{resource} reaches into other accounts", f"write {ACCOUNT}")
    known = [action for action in permission.actions if iam.is_action(action) and iam.resource_types(action)]
    if len(parts) > 5 and known and not any(iam.resource_fits(action, resource) for action in known):
        yield document_problem(runbook, place, f"{resource} fits none of the actions", "correct or delete it")


def roles_are_confined(runbook: Runbook) -> Iterator[Problem]:
    """Who passes a role says to which service, and who attaches a policy to one or detaches it says which policy."""
    for _, place, permission in each_permission(runbook):
        for key in dict.fromkeys(NARROWED_BY[action] for action in permission.actions if action in NARROWED_BY):
            if not any(_names_something(value) for value in _conditions_on(permission, key)):
                needing = ", ".join(action for action in permission.actions if NARROWED_BY.get(action) == key)
                hint = f"add a condition of {' or '.join(NAMING_OPERATORS)} on {key}"
                yield document_problem(runbook, place, f"{needing} without {key}", hint)


def _conditions_on(permission: Permission, key: str) -> Iterator[str]:
    """Yield what a condition key has to be; IAM reads keys without regard to case."""
    for operator in NAMING_OPERATORS:
        for name, value in permission.conditions.get(operator, {}).items():
            if name.lower() == key.lower():
                yield value


def _names_something(pattern: str) -> bool:
    """Return whether a pattern begins with what it means: "*" and "*.amazonaws.com" are for every service."""
    return bool(pattern) and pattern[0] not in "*?"


def dependencies_have_reasons(runbook: Runbook) -> Iterator[Problem]:
    """What is granted without being called by name says why."""
    for group, place, permission in each_permission(runbook):
        if group == "dependencies" and not permission.because.strip():
            hint = "add because: what AWS does with it"
            yield document_problem(runbook, place, f"{', '.join(permission.actions)} without a reason", hint)
        if not permission.actions or not permission.resources:
            yield document_problem(runbook, place, "grants nothing", "it needs actions and resources")


def granted(runbook: Runbook, group: Group) -> set[str]:
    """Return the actions that a group grants."""
    return {action for permission in runbook.permissions.get(group, ()) for action in permission.actions}


def needed(runbook: Runbook) -> Iterator[tuple[Group, str, str, Problem]]:
    """Yield group, action, what needs it, and the problem to report if it is not granted."""
    source = parsed(runbook)
    for call in source.calls if source else ():
        for action in call_actions(call):
            caller = f"{call.service}:{call.operation}"
            message, hint = _missing(runbook, call.group, action, caller)
            yield call.group, action, caller, plan_problem(runbook, call.line, message, hint, call.file)
    for step in runbook.document["mainSteps"]:
        for group, action in step_actions(step):
            caller = f"step {step['name']}"
            message, hint = _missing(runbook, group, action, caller)
            yield group, action, caller, document_problem(runbook, caller, message, hint)


def _missing(runbook: Runbook, group: Group, action: str, caller: str) -> tuple[str, str]:
    """Return message and hint for an action that its group does not grant."""
    elsewhere = [other for other in GROUPS if action in granted(runbook, other)]
    hint = f"it is granted by {elsewhere[0]}" if elsewhere else "add it there"
    return f"{caller} needs {action}, which permissions.{group} does not grant", hint


def calls_are_permitted(runbook: Runbook) -> Iterator[Problem]:
    """Each call of the plan and of the document's steps is granted by the group that it belongs to."""
    reported: set[tuple[str, str, str]] = set()
    for group, action, caller, problem in needed(runbook):
        if action not in granted(runbook, group) and (group, action, caller) not in reported:
            reported.add((group, action, caller))
            yield problem


def permissions_are_needed(runbook: Runbook) -> Iterator[Problem]:
    """Each action that a group grants is called for; a dependency is not called by name."""
    if parsed(runbook) is None:
        return
    used = {(group, action) for group, action, _, _ in needed(runbook)}
    named = {action for other, action in used if other != "dependencies"}
    for group, place, permission in each_permission(runbook):
        for action in permission.actions:
            if group == "dependencies" and action in named:
                home = next(other for other, each in sorted(used) if each == action)
                yield document_problem(runbook, place, f"{action} is called by name", f"move it to {home}")
            elif group != "dependencies" and iam.is_action(action) and (group, action) not in used:
                hint = "delete it, or move it to dependencies and say because"
                yield document_problem(runbook, place, f"nothing of this group calls {action}", hint)


def call_actions(call: Call) -> tuple[str, ...]:
    """Return the IAM actions that a call may need; none for an operation that does not exist."""
    if not operations.is_operation(call.service, call.operation):
        return ()
    name = operations.operation_name(call.service, call.operation)
    sets: tuple[Arguments | None, ...] = call.arguments or (None,)
    if (call.service, name) in operations.BY_PARAMETERS:
        sets = (None,)
    found = [
        action
        for arguments in sets
        for action in operations.iam_actions(
            call.service, call.operation, dict.fromkeys(arguments.values, True) if arguments else None
        )
    ]
    return tuple(dict.fromkeys(found))


def step_actions(step: dict[str, Any]) -> Iterator[tuple[Group, str]]:
    """Yield group and IAM action of what a document's step calls by itself."""
    inputs = step.get("inputs") or {}
    if step["action"] == "aws:executeAutomation":
        yield "dependencies", "ssm:StartAutomationExecution"
    elif "Api" in inputs and operations.is_operation(str(inputs.get("Service")), str(inputs["Api"])):
        group: Group = "read" if str(inputs["Api"]).startswith(READ_VERBS) else "change"
        for action in operations.iam_actions(inputs["Service"], inputs["Api"], inputs):
            yield group, action
