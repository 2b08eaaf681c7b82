"""API operations: their names, their parameters, and the IAM actions that a call needs.

An operation may be named as the API does (`DescribeSecurityGroups`) or as boto3's method (`describe_security_groups`).
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache

from botocore import xform_name
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from asr_templates.aws_reference import iam
from asr_templates.aws_reference.aliases import ALIASES, WITHOUT_PERMISSION
from asr_templates.aws_reference.services import iam_prefix, is_service, model, paginated_operations

Parameters = Mapping[str, object]


class UnknownOperationError(ValueError):
    """The service has no such operation; the message gives the nearest one."""


@lru_cache(maxsize=64)
def _operations_by_method(service: str) -> dict[str, str]:
    return {xform_name(name): name for name in model(service).operation_names}


def operation_names(service: str) -> tuple[str, ...]:
    """All operations of a service, as the API names them, sorted."""
    return tuple(sorted(model(service).operation_names))


def is_operation(service: str, operation: str) -> bool:
    """Whether a service has this operation, named either way; False for an unknown service."""
    if not is_service(service):
        return False

    by_method = _operations_by_method(service)

    return operation in by_method or operation in by_method.values()


def operation_name(service: str, operation: str) -> str:
    """The API's name of an operation: `DescribeSecurityGroups`. Raises UnknownOperationError."""
    by_method = _operations_by_method(service)
    if operation in by_method:
        return by_method[operation]
    if operation in by_method.values():
        return operation

    known = list(by_method) if operation.islower() else list(by_method.values())
    nearest = difflib.get_close_matches(operation, known, n=1)
    suggestion = f"; did you mean {nearest[0]}?" if nearest else ""
    raise UnknownOperationError(f"{service} has no operation {operation}{suggestion}")


def method_name(service: str, operation: str) -> str:
    """boto3's name of an operation: `describe_security_groups`. Raises UnknownOperationError."""
    return xform_name(operation_name(service, operation))


def can_paginate(service: str, operation: str) -> bool:
    """Whether botocore has a paginator for an operation. Raises UnknownOperationError."""
    return operation_name(service, operation) in paginated_operations(service)


def operation_model(service: str, operation: str) -> OperationModel:
    """botocore's model of an operation. Raises UnknownOperationError."""
    return model(service).operation_model(operation_name(service, operation))


def input_shape(service: str, operation: str) -> StructureShape | None:
    """The structure of an operation's parameters, or None if it takes none."""
    return operation_model(service, operation).input_shape


def output_shape(service: str, operation: str) -> StructureShape | None:
    """The structure of an operation's response, or None if it has none."""
    return operation_model(service, operation).output_shape


def parameter_names(service: str, operation: str) -> tuple[str, ...]:
    """The names of an operation's parameters, in the order of the API."""
    shape = input_shape(service, operation)

    return tuple(shape.members) if shape else ()


def unknown_parameters(service: str, operation: str, names: Iterable[str]) -> tuple[str, ...]:
    """Which of some names are no parameters of an operation."""
    known = set(parameter_names(service, operation))

    return tuple(name for name in names if name not in known)


def missing_parameters(service: str, operation: str, names: Iterable[str]) -> tuple[str, ...]:
    """Which required parameters of an operation are not among some names."""
    shape = input_shape(service, operation)
    given = set(names)

    return tuple(name for name in (shape.required_members if shape else ()) if name not in given)


def shape_at(shape: Shape | None, path: Iterable[str | int]) -> Shape | None:
    """The shape that a path of member names, map keys and list indices leads to, or None if it leads nowhere."""
    for step in path:
        shape = _member(shape, step)

    return shape


def _member(shape: Shape | None, step: str | int) -> Shape | None:
    if isinstance(shape, StructureShape):
        return shape.members.get(str(step))
    if isinstance(shape, MapShape):
        return shape.value
    if isinstance(shape, ListShape) and (isinstance(step, int) or step == "*"):
        return shape.member

    return None


def iam_actions(service: str, operation: str, parameters: Parameters | None = None) -> tuple[str, ...]:
    """The IAM actions that a call needs, in IAM's spelling; none if it needs no permission.

    Without parameters: what a call may need at most by its operation's name; with them, what this call needs, tags and
    versions included. Passing a role (iam:PassRole) is not among them. Raises UnknownOperationError. An operation that
    is newer than the list of actions gives the action that its name stands for (see iam.is_action).
    """
    name = operation_name(service, operation)
    if name in WITHOUT_PERMISSION.get(service, ()):
        return ()

    actions = _base_actions(service, name, parameters)
    added = _added_actions(service, name, parameters or {})

    return tuple(dict.fromkeys(_spelled(action) for action in (*actions, *added)))


def _spelled(action: str) -> str:
    return iam.spelling(action) if iam.is_action(action) else action


def _base_actions(service: str, name: str, parameters: Parameters | None) -> tuple[str, ...]:
    by_parameters = BY_PARAMETERS.get((service, name))
    if by_parameters is not None:
        return by_parameters(parameters)
    if service == "s3" and name in _VERSIONED and parameters and parameters.get("VersionId"):
        return (_VERSIONED[name],)
    if name in ALIASES.get(service, ()):
        return ALIASES[service][name]

    action = f"{iam_prefix(service)}:{name}"
    if iam_prefix(service) == "apigateway" and not iam.is_action(action):
        return (f"apigateway:{model(service).operation_model(name).http['method']}",)

    return (action,)


_TRANSACTION_ACTIONS = {
    "ConditionCheck": "dynamodb:ConditionCheckItem",
    "Delete": "dynamodb:DeleteItem",
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
}

_PARTIQL_ACTIONS = {
    "DELETE": "dynamodb:PartiQLDelete",
    "EXISTS": "dynamodb:PartiQLSelect",
    "INSERT": "dynamodb:PartiQLInsert",
    "SELECT": "dynamodb:PartiQLSelect",
    "UPDATE": "dynamodb:PartiQLUpdate",
}


def _entries(parameters: Parameters, key: str) -> Iterator[Mapping[str, object]]:
    value = parameters.get(key, ())
    if isinstance(value, list | tuple):
        yield from (entry for entry in value if isinstance(entry, Mapping))


def _transaction_actions(parameters: Parameters | None) -> tuple[str, ...]:
    if parameters is None:
        return tuple(_TRANSACTION_ACTIONS.values())

    kinds = sorted({kind for item in _entries(parameters, "TransactItems") for kind in item})

    return tuple(_TRANSACTION_ACTIONS[kind] for kind in kinds if kind in _TRANSACTION_ACTIONS)


def _partiql_actions(parameters: Parameters | None) -> tuple[str, ...]:
    if parameters is None:
        return tuple(dict.fromkeys(_PARTIQL_ACTIONS.values()))

    texts = [parameters.get("Statement")]
    for key in ("Statements", "TransactStatements"):
        texts += [entry.get("Statement") for entry in _entries(parameters, key)]
    verbs = sorted({str(text).split()[0].upper().partition("(")[0] for text in texts if text})

    return tuple(_PARTIQL_ACTIONS[verb] for verb in verbs if verb in _PARTIQL_ACTIONS)


# Operations whose actions depend on what they are asked to do.
BY_PARAMETERS: Mapping[tuple[str, str], Callable[[Parameters | None], tuple[str, ...]]] = {
    ("dynamodb", "BatchExecuteStatement"): _partiql_actions,
    ("dynamodb", "ExecuteStatement"): _partiql_actions,
    ("dynamodb", "ExecuteTransaction"): _partiql_actions,
    ("dynamodb", "TransactWriteItems"): _transaction_actions,
}

# Actions that a parameter adds, whatever its value: (service, operation, parameter).
# Source: "Dependent actions" of the service authorization reference; S3 user guide, "Required permissions".
ADDED_BY_PARAMETER: Mapping[tuple[str, str, str], str] = {
    ("cloudtrail", "CreateTrail", "TagsList"): "cloudtrail:AddTags",
    ("cloudwatch", "PutMetricAlarm", "Tags"): "cloudwatch:TagResource",
    ("ecs", "RegisterTaskDefinition", "tags"): "ecs:TagResource",
    ("elbv2", "CreateListener", "Tags"): "elasticloadbalancing:AddTags",
    ("events", "PutRule", "Tags"): "events:TagResource",
    ("guardduty", "CreateDetector", "Tags"): "guardduty:TagResource",
    ("iam", "CreateInstanceProfile", "Tags"): "iam:TagInstanceProfile",
    ("iam", "CreateRole", "PermissionsBoundary"): "iam:PutRolePermissionsBoundary",
    ("iam", "CreateRole", "Tags"): "iam:TagRole",
    ("kms", "CreateKey", "Tags"): "kms:TagResource",
    ("lambda", "CreateFunction", "Tags"): "lambda:TagResource",
    ("logs", "CreateLogGroup", "tags"): "logs:TagResource",
    ("rds", "CopyDBClusterSnapshot", "Tags"): "rds:AddTagsToResource",
    ("rds", "CopyDBSnapshot", "Tags"): "rds:AddTagsToResource",
    ("s3", "PutObject", "ACL"): "s3:PutObjectAcl",
    ("s3", "PutObject", "Tagging"): "s3:PutObjectTagging",
    ("secretsmanager", "CreateSecret", "Tags"): "secretsmanager:TagResource",
    ("sns", "CreateTopic", "Tags"): "sns:TagResource",
    ("sqs", "CreateQueue", "tags"): "sqs:TagQueue",
    ("ssm", "PutParameter", "Tags"): "ssm:AddTagsToResource",
    ("ssm", "StartAutomationExecution", "Tags"): "ssm:AddTagsToResource",
    ("stepfunctions", "CreateStateMachine", "tags"): "states:TagResource",
}

# For a given version of an object S3 wants another action instead.
_VERSIONED = {
    "DeleteObject": "s3:DeleteObjectVersion",
    "DeleteObjectTagging": "s3:DeleteObjectVersionTagging",
    "GetObject": "s3:GetObjectVersion",
    "GetObjectAcl": "s3:GetObjectVersionAcl",
    "GetObjectTagging": "s3:GetObjectVersionTagging",
    "HeadObject": "s3:GetObjectVersion",
    "PutObjectAcl": "s3:PutObjectVersionAcl",
    "PutObjectTagging": "s3:PutObjectVersionTagging",
}


def _added_actions(service: str, name: str, parameters: Parameters) -> Iterator[str]:
    for parameter in parameters:
        added = ADDED_BY_PARAMETER.get((service, name, parameter))
        if added:
            yield added
    if service == "ec2" and parameters.get("TagSpecifications"):
        yield "ec2:CreateTags"
