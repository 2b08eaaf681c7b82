"""CloudFormation: an update of whom a stack notifies takes its time, and keeps the rest of the stack.

Source: CloudFormation API reference, UpdateStack. moto passes over NotificationARNs, forgets the role of a stack, and
knows no value of a parameter that was left to its default. What a person changes is settled at once.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest import mock

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import Stack
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult
from moto.core.utils import utcnow

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.aws.errors import NotSimulated

UPDATE_SECONDS = 90.0
"""How long an update without a change of resources takes. Really half a minute to a few minutes."""


@contextmanager
def installed() -> Iterator[None]:
    """Mend moto's UpdateStack."""
    respond = CloudFormationResponse.update_stack

    def update_stack(self: CloudFormationResponse) -> ActionResult:
        return _update(self, respond)

    with mock.patch.object(CloudFormationResponse, "update_stack", update_stack):
        yield


def _update(request: CloudFormationResponse, respond: Callable[[CloudFormationResponse], ActionResult]) -> ActionResult:
    stack = request.cloudformation_backend.get_stack(request._get_param("StackName"))
    if stack.status.endswith("_IN_PROGRESS"):
        raise ValidationError(
            stack.stack_id, message=f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated."
        )
    principal = identity.principal_of(request.get_access_key())
    by_person = principal is not None and principal.kind == "administrator"
    topics = request._get_param("NotificationARNs") or []
    if _changes_resources(request):
        if not by_person:
            raise NotSimulated("UpdateStack", "a change of template, parameters, tags or role by a runbook")
        role = stack.role_arn
        answer = respond(request)
        stack.role_arn = stack.role_arn or role
        if any(name.startswith("NotificationARNs") for name in request.querystring):
            stack.notification_arns = topics
        return answer
    if topics == stack.notification_arns:
        raise ValidationError(stack.name, message="No updates are to be performed.")
    stack.notification_arns = topics
    if by_person:
        _finish(stack)
    else:
        stack.status = "UPDATE_IN_PROGRESS"
        scheduler.spawn(_finish, stack, name=f"update {stack.name}", delay=UPDATE_SECONDS)
    return ActionResult({"StackId": stack.stack_id})


def _changes_resources(request: CloudFormationResponse) -> bool:
    """Whether an update is about anything but notifications."""
    parameters = request._get_param("Parameters", []) or []
    is_kept = request._get_bool_param("UsePreviousTemplate", False) and all(
        parameter.get("UsePreviousValue") for parameter in parameters
    )
    return not is_kept or bool(request._get_param("Tags")) or bool(request._get_param("RoleARN"))


def _finish(stack: Stack) -> None:
    stack.status = "UPDATE_COMPLETE"
    stack.last_updated_time = utcnow()
