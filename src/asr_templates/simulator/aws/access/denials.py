"""AccessDenied as each service words it.

Source: IAM user guide, "Troubleshoot access denied error messages". SNS and SQS write their actions in a case of
their own (`SNS:Publish`, `sqs:sendmessage`); here every action has IAM's spelling, so that it can be searched for.
"""

from __future__ import annotations

from botocore.model import OperationModel

from asr_templates.simulator.aws.access.decisions import PolicyKind, Verdict
from asr_templates.simulator.aws.access.trust import ACTION as ASSUME_ROLE

_CODES = {"ec2": "UnauthorizedOperation", "sns": "AuthorizationError", "sqs": "AccessDenied"}
_CODES_BY_PROTOCOL = {"json": "AccessDeniedException", "rest-json": "AccessDeniedException"}
_UNKNOWN_KEY_CODES = {"ec2": "AuthFailure", "s3": "InvalidAccessKeyId"}
UNKNOWN_KEY = "The security token included in the request is invalid."
_INDEFINITE = {"identity-based policy": "an", "resource-based policy": "a"}


def error_code(operation: OperationModel) -> str:
    """The error code of a refused call: AccessDenied, AccessDeniedException, UnauthorizedOperation ..."""
    service = operation.service_model
    by_protocol = _CODES_BY_PROTOCOL.get(str(service.metadata["protocol"]), "AccessDenied")

    return _CODES.get(service.service_name, by_protocol)


def unknown_key_code(operation: OperationModel) -> str:
    """The error code of a call whose access key AWS does not know."""
    service = operation.service_model
    is_json = str(service.metadata["protocol"]) in _CODES_BY_PROTOCOL
    by_protocol = "UnrecognizedClientException" if is_json else "InvalidClientTokenId"

    return _UNKNOWN_KEY_CODES.get(service.service_name, by_protocol)


def message(caller_arn: str, action: str, resource: str | None, verdict: Verdict, service: str) -> str:
    """The error message of a refused call; it names the caller, the action and the resource."""
    text = f"User: {caller_arn} is not authorized to perform: {action}"
    if resource and resource != "*":
        text += f" on resource: {resource}"
    if action != ASSUME_ROLE and verdict.refused_by:
        text += _because(verdict.refused_by, action, verdict.explicitly)
    if service == "ec2":
        return f"You are not authorized to perform this operation. {text}"

    return text


def _because(kind: PolicyKind, action: str, explicitly: bool) -> str:
    if explicitly:
        return f" with an explicit deny in {_INDEFINITE.get(kind, 'a')} {kind}"

    return f" because no {kind} allows the {action} action"
