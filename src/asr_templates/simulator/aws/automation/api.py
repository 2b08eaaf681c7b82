"""The Automation operations on moto's SSM, and CreateDocument that refuses invalid Automation documents.

moto looks an operation up as a method of its response class by the operation's name; methods added here are found.
"""

import datetime
import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from unittest import mock

import yaml
from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult, BaseResponse
from moto.ssm.models import SimpleSystemManagerBackend
from moto.ssm.responses import SimpleSystemManagerResponse
from moto.utilities.utils import get_partition

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.automation.automations import Automations
from asr_templates.simulator.aws.automation.documents import (
    InvalidDocumentError,
    load_content,
    load_yaml,
    parse_document,
)
from asr_templates.simulator.aws.automation.executions import FINAL_STATUSES, Execution
from asr_templates.simulator.aws.automation.references import Value
from asr_templates.simulator.aws.automation.requests import AutomationError, Start
from asr_templates.simulator.aws.automation.settings import DEFAULTS
from asr_templates.simulator.aws.errors import NotSimulated
from asr_templates.simulator.aws.sandbox import outside

DOCUMENT_BYTES = 65_536  # quotas of Systems Manager: size of a document
CLIENT_TOKEN = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")  # API reference
_START_FIELDS = ("DocumentName", "DocumentVersion", "Parameters", "ClientToken", "Tags")

Operation = Callable[[Automations, BaseResponse], dict[str, Value]]


def start_automation_execution(automations: Automations, request: BaseResponse) -> dict[str, Value]:
    """StartAutomationExecution."""
    given: dict[str, Value] = json.loads(request.body)
    for name, value in given.items():
        if name not in _START_FIELDS and not (name == "Mode" and value == "Auto"):
            raise NotSimulated("StartAutomationExecution", name)
    token = given.get("ClientToken")
    if token is not None and not CLIENT_TOKEN.fullmatch(token):
        raise AutomationError("ValidationException", f"ClientToken {token!r} is no UUID of 36 characters")
    execution = automations.start(
        Start(
            document_name=given["DocumentName"],
            account=request.current_account,
            region=request.region,
            access_key=request.get_access_key(),
            document_version=given.get("DocumentVersion"),
            parameters=given.get("Parameters") or {},
            client_token=token,
        )
    )
    return {"AutomationExecutionId": execution.id}


def get_automation_execution(automations: Automations, request: BaseResponse) -> dict[str, Value]:
    """GetAutomationExecution."""
    return {"AutomationExecution": _execution(automations, request).description()}


def describe_automation_executions(automations: Automations, request: BaseResponse) -> dict[str, Value]:
    """DescribeAutomationExecutions, newest first."""
    found = [
        execution
        for execution in reversed(automations.executions)
        if (execution.account, execution.region) == (request.current_account, request.region)
    ]
    for condition in request._get_param("Filters") or []:
        matches = _EXECUTION_FILTERS.get(condition["Key"])
        if matches is None:
            raise NotSimulated("DescribeAutomationExecutions", f"filter {condition['Key']}")
        found = [execution for execution in found if any(matches(execution, value) for value in condition["Values"])]
    page, token = _page(request, found)
    metadata = [execution.metadata() | {"AutomationType": "Local"} for execution in page]
    return {"AutomationExecutionMetadataList": metadata, "NextToken": token}


def describe_automation_step_executions(automations: Automations, request: BaseResponse) -> dict[str, Value]:
    """DescribeAutomationStepExecutions."""
    found = [record.description() for record in _execution(automations, request).steps]
    for condition in request._get_param("Filters") or []:
        field = _STEP_FILTERS.get(condition["Key"])
        if field is None:
            raise NotSimulated("DescribeAutomationStepExecutions", f"filter {condition['Key']}")
        found = [step for step in found if step[field] in condition["Values"]]
    if request._get_param("ReverseOrder"):
        found.reverse()
    page, token = _page(request, found)
    return {"StepExecutions": page, "NextToken": token}


def stop_automation_execution(automations: Automations, request: BaseResponse) -> dict[str, Value]:
    """StopAutomationExecution of type Cancel."""
    if (request._get_param("Type") or "Cancel") != "Cancel":
        raise NotSimulated("StopAutomationExecution", f"type {request._get_param('Type')}")
    execution = _execution(automations, request)
    if execution.status in FINAL_STATUSES:
        raise AutomationError(
            "InvalidAutomationStatusUpdateException", f"Automation execution {execution.id} is {execution.status}"
        )
    automations.stop(execution)
    return {}


def get_service_setting(automations: Automations, request: BaseResponse) -> dict[str, Value]:
    """GetServiceSetting."""
    setting = _setting(request)
    partition = get_partition(request.region)
    described = automations.settings.description(request.current_account, request.region, partition, setting)
    return {"ServiceSetting": described}


def update_service_setting(automations: Automations, request: BaseResponse) -> dict[str, Value]:
    """UpdateServiceSetting."""
    principal = identity.principal_of(request.get_access_key())
    user = principal.arn if principal else ""
    value = str(request._get_param("SettingValue"))
    automations.settings.update(request.current_account, request.region, _setting(request), value, user)
    return {}


def reset_service_setting(automations: Automations, request: BaseResponse) -> dict[str, Value]:
    """ResetServiceSetting."""
    automations.settings.reset(request.current_account, request.region, _setting(request))
    return get_service_setting(automations, request)


OPERATIONS: tuple[Operation, ...] = (
    start_automation_execution,
    get_automation_execution,
    describe_automation_executions,
    describe_automation_step_executions,
    stop_automation_execution,
    get_service_setting,
    update_service_setting,
    reset_service_setting,
)


@contextmanager
def installed(automations: Automations) -> Iterator[Automations]:
    """Serve the operations of `OPERATIONS` from moto's SSM, and check Automation documents when they are made."""
    patches = [
        mock.patch.object(SimpleSystemManagerResponse, operation.__name__, _method(automations, operation), create=True)
        for operation in OPERATIONS
    ]
    backend = SimpleSystemManagerBackend
    patches.append(mock.patch.object(backend, "create_document", _checked_creation(backend.create_document)))
    patches.append(mock.patch.object(backend, "update_document", _checked_update(backend.update_document)))
    for patch in patches:
        patch.start()
    try:
        # moto reads every document again, and in plain Python: a third of the time that a launch takes.
        fast = SimpleNamespace(safe_load=load_yaml, dump=yaml.dump, YAMLError=yaml.YAMLError)
        with mock.patch("moto.ssm.models.yaml", fast):
            yield automations
    finally:
        for patch in reversed(patches):
            patch.stop()


def _method(automations: Automations, operation: Operation) -> Callable[[BaseResponse], ActionResult]:
    def respond(self: BaseResponse) -> ActionResult:
        try:
            with outside():
                return ActionResult(operation(automations, self))
        except AutomationError as error:
            raise JsonRESTError(error.code, error.message) from error

    return respond


def _checked_creation(create: Callable[..., Value]) -> Callable[..., Value]:
    @functools.wraps(create)
    def create_document(self: SimpleSystemManagerBackend, **given: Value) -> Value:
        if given["document_type"] == "Automation":
            check_document(given["name"], given["content"], given["document_format"])
        return create(self, **given)

    return create_document


def _checked_update(update: Callable[..., Value]) -> Callable[..., Value]:
    @functools.wraps(update)
    def update_document(self: SimpleSystemManagerBackend, **given: Value) -> Value:
        documents = self._documents.get(given["name"])
        if documents is not None and documents.get_default_version().document_type == "Automation":
            check_document(given["name"], given["content"], given["document_format"])
        return update(self, **given)

    return update_document


def check_document(name: str, content: str, document_format: str) -> None:
    """Raises moto's JsonRESTError, as CreateDocument does, for a document that is too large or invalid."""
    size = len(content.encode())
    if size > DOCUMENT_BYTES:
        raise JsonRESTError("MaxDocumentSizeExceeded", f"Document {name} has {size} bytes of {DOCUMENT_BYTES}")
    try:
        loaded = load_content(content, document_format)
        if document_format == "JSON" and _has_script(loaded):
            # User guide, aws:executeScript: scripts are not supported in JSON runbooks.
            raise InvalidDocumentError("a document with aws:executeScript needs DocumentFormat YAML")
        parse_document(name, "1", loaded)
    except InvalidDocumentError as error:
        raise JsonRESTError("InvalidDocumentContent", f"Document {name}: {error}") from error


def _has_script(content: Value) -> bool:
    steps = content.get("mainSteps") if isinstance(content, dict) else None
    return any(isinstance(step, dict) and step.get("action") == "aws:executeScript" for step in steps or [])


def _execution(automations: Automations, request: BaseResponse) -> Execution:
    return automations.find(request.current_account, request.region, request._get_param("AutomationExecutionId"))


def _setting(request: BaseResponse) -> str:
    """The setting's id; its ARN is accepted too."""
    setting = re.sub(r"^arn:[^/]*:servicesetting(?=/)", "", str(request._get_param("SettingId")))
    if setting not in DEFAULTS:
        if setting.startswith("/ssm/"):
            raise NotSimulated("service settings", setting)
        raise AutomationError("ServiceSettingNotFound", f"Service setting {setting} does not exist")
    return setting


def _page(request: BaseResponse, items: list[Value]) -> tuple[list[Value], str | None]:
    start = int(request._get_param("NextToken") or 0)
    end = start + int(request._get_param("MaxResults") or 50)
    return items[start:end], str(end) if end < len(items) else None


def _moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


_EXECUTION_FILTERS: Mapping[str, Callable[[Execution, str], bool]] = {
    "DocumentNamePrefix": lambda execution, value: execution.document.name.startswith(value),
    "ExecutionStatus": lambda execution, value: execution.status == value,
    "ExecutionId": lambda execution, value: execution.id == value,
    "ParentExecutionId": lambda execution, value: execution.parent_id == value,
    "CurrentAction": lambda execution, value: execution.metadata().get("CurrentAction") == value,
    "StartTimeBefore": lambda execution, value: execution.started <= _moment(value),
    "StartTimeAfter": lambda execution, value: execution.started >= _moment(value),
}
_STEP_FILTERS: Mapping[str, str] = {
    "StepExecutionStatus": "StepStatus",
    "StepExecutionId": "StepExecutionId",
    "StepName": "StepName",
    "Action": "Action",
}
