"""All automation executions of the embedded AWS: starting, queueing, events, stopping.

Sources: API reference, StartAutomationExecution and StopAutomationExecution; user guide, "Setting up Automation" (its
roles) and "Running automations with adaptive concurrency"; quotas of Systems Manager; "Amazon EventBridge event
examples for Systems Manager".
"""

import datetime
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import boto3
from botocore.exceptions import ClientError
from moto.ssm.models import ssm_backends
from moto.utilities.utils import get_partition

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.automation.actions import parent_id
from asr_templates.simulator.aws.automation.executions import Execution, now
from asr_templates.simulator.aws.automation.interpreter import Interpreter
from asr_templates.simulator.aws.automation.parameters import InvalidParametersError, parameter_values
from asr_templates.simulator.aws.automation.references import as_text, resolve
from asr_templates.simulator.aws.automation.requests import AutomationError, Start
from asr_templates.simulator.aws.automation.runbooks import find_runbook
from asr_templates.simulator.aws.automation.settings import ADAPTIVE_CONCURRENCY, ServiceSettings
from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.aws.errors import NotSimulated
from asr_templates.simulator.aws.event_bus import EventBus, envelope

CONCURRENT_EXECUTIONS = 100
"""Quota per account and region, children included."""
ADAPTIVE_EXECUTIONS = 500
"""The same with adaptive concurrency on."""
QUEUED_EXECUTIONS = 1000
"""Executions that may wait for their turn; documentation says 1,000 or 5,000. To be confirmed on a real account."""

SERVICE = "ssm.amazonaws.com"
DETAIL_TYPE = "EC2 Automation Execution Status-change Notification"


@dataclass
class _Lane:
    """The executions of one account and region that run and that wait."""

    running: int = 0
    waiting: list[Execution] = field(default_factory=list)


PassRole = Callable[[str, str, str], None]
"""(access key, role ARN, service): raises ClientError AccessDenied unless the caller may pass the role."""


class Automations:
    """SSM Automation in every account and region. `executions` has all that were started, in order."""

    def __init__(self, bus: EventBus, require_pass_role: PassRole) -> None:
        self.executions: list[Execution] = []
        self.settings = ServiceSettings()
        self._bus = bus
        self._require_pass_role = require_pass_role
        self._lanes: dict[tuple[str, str], _Lane] = {}
        self._tokens: dict[tuple[str, str, str], tuple[Start, Execution]] = {}
        self._sessions: dict[tuple[str, str], boto3.Session] = {}

    # --- the API

    def start(self, request: Start) -> Execution:
        """Start an automation, or queue it. Raises AutomationError as AWS refuses, NotSimulated for gaps."""
        token = (request.account, request.region, request.client_token or "")
        if request.client_token and token in self._tokens:
            former, execution = self._tokens[token]
            if not request.asks_the_same(former):
                raise AutomationError(
                    "IdempotentParameterMismatch", f"ClientToken {request.client_token} was used for another request"
                )
            return execution
        execution = self._new_execution(request)
        lane = self._lane(execution)
        if len(lane.waiting) >= QUEUED_EXECUTIONS:
            raise AutomationError(
                "AutomationExecutionLimitExceededException",
                f"{QUEUED_EXECUTIONS} automations wait already in {request.account} {request.region}",
            )
        self.executions.append(execution)
        if request.client_token:
            self._tokens[token] = (request, execution)
        lane.waiting.append(execution)
        self._admit(lane, execution.account, execution.region)
        return execution

    def find(self, account: str, region: str, execution_id: str) -> Execution:
        """The execution. Raises AutomationError where the account and region have none of this id."""
        for execution in self.executions:
            if (execution.account, execution.region, execution.id) == (account, region, execution_id):
                return execution
        raise AutomationError(
            "AutomationExecutionNotFoundException",
            f"Automation execution {execution_id} does not exist in {account} {region}",
        )

    def stop(self, execution: Execution) -> None:
        """Cancel: a waiting step ends at once, a running script at its own end. Children are cancelled too."""
        lane = self._lane(execution)
        if execution in lane.waiting:
            lane.waiting.remove(execution)
            execution.status = "Cancelled"
            self._end(execution)
        elif not execution.is_final:
            execution.status = "Cancelling"
            for child in self.executions:
                if child.parent_id == execution.id and not child.is_final:
                    self.stop(child)
            execution.cancelling.set()

    def set_document_status(self, account: str, region: str, name: str, status: str) -> None:
        """Make a document not Active ("Creating", "Updating", "Failed"), or Active again."""
        documents = ssm_backends[account][region]._documents
        if name not in documents:
            raise AutomationError("InvalidDocument", f"Document {name} does not exist in {account} {region}")
        for document in documents[name].versions.values():
            document.status = status

    # --- starting

    def _new_execution(self, request: Start) -> Execution:
        runbook = find_runbook(request)
        document = runbook.document
        try:
            parameters = parameter_values(document.parameters, request.parameters)
        except InvalidParametersError as error:
            raise AutomationError("InvalidAutomationExecutionParametersException", str(error)) from error
        for name, value in parameters.items():
            if "{{" in as_text(value) and name in request.parameters:
                raise NotSimulated(document.name, f"'{{{{' in the value of parameter {name}")
        runbook.check(parameters)
        execution = Execution(
            id=str(uuid.uuid4()),
            document=document,
            account=request.account,
            region=request.region,
            partition=get_partition(request.region),
            parameters=parameters,
            session=self._session(request.access_key, request.region),
            executed_by=_caller_arn(request),
            parent_id=parent_id(),
        )
        self._take_role(execution, request)
        return execution

    def _take_role(self, execution: Execution, request: Start) -> None:
        """The execution works under its assumeRole: the starter may pass it, and it trusts Systems Manager."""
        role = as_text(resolve(execution.document.assume_role, execution.lookup))
        if not role:
            return
        try:
            self._require_pass_role(request.access_key, role, SERVICE)
        except ClientError as error:
            raise AutomationError("AccessDeniedException", error.response["Error"]["Message"]) from error
        context = {"aws:SourceAccount": execution.account, "aws:SourceArn": execution.arn}
        try:
            session = identity.role_session(role, SERVICE, context)
        except ClientError as error:
            raise AutomationError(
                "InvalidAutomationExecutionParametersException",
                f"The defined assume role is unable to be assumed: {role} ({error.response['Error']['Message']})",
            ) from error
        credentials = session.get_credentials()
        assert credentials is not None
        execution.role = role
        execution.session = self._session(credentials.access_key, execution.region)

    def _session(self, access_key: str, region: str) -> boto3.Session:
        """A session with the key in the region. The embedded AWS checks who owns a key, not its secret."""
        key = (access_key, region)
        if key not in self._sessions:
            self._sessions[key] = identity.Session(
                aws_access_key_id=access_key,
                aws_secret_access_key="unchecked",
                aws_session_token="unchecked",
                region_name=region,
            )
        return self._sessions[key]

    # --- running

    def _lane(self, execution: Execution) -> _Lane:
        return self._lanes.setdefault((execution.account, execution.region), _Lane())

    def _admit(self, lane: _Lane, account: str, region: str) -> None:
        is_adaptive = self.settings.value(account, region, ADAPTIVE_CONCURRENCY).lower() == "true"
        limit = ADAPTIVE_EXECUTIONS if is_adaptive else CONCURRENT_EXECUTIONS
        while lane.waiting and lane.running < limit:
            execution = lane.waiting.pop(0)
            lane.running += 1
            execution.status = "InProgress"
            scheduler.spawn(self._run, execution, name=f"automation {execution.document.name} {execution.id}")

    def _run(self, execution: Execution) -> None:
        self._notify(execution)
        try:
            Interpreter(execution, self.find, self.stop).run()
        except Exception:  # a gap or a fault of the simulator, which the scheduler reports
            execution.status = "Failed"
            raise
        finally:
            lane = self._lane(execution)
            lane.running -= 1
        self._end(execution)
        self._admit(lane, execution.account, execution.region)

    def _end(self, execution: Execution) -> None:
        execution.ended_at = execution.ended_at or now()
        self._notify(execution)
        execution.ended.set()

    def _notify(self, execution: Execution) -> None:
        """Status events, for InProgress and the end."""
        document = execution.document
        definition = (
            f"arn:{execution.partition}:ssm:{execution.region}:{execution.account}:automation-definition/"
            f"{document.name}:{document.version}"
        )
        ended = execution.ended_at or now()
        detail = {
            "ExecutionId": execution.id,
            "Definition": document.name,
            "DefinitionVersion": document.version,
            "Status": execution.status,
            "StartTime": _event_time(execution.started),
            "EndTime": _event_time(ended),
            "Time": (ended - execution.started).total_seconds() * 1000,
            "ExecutedBy": execution.executed_by,
        }
        account, region = execution.account, execution.region
        event = envelope("aws.ssm", DETAIL_TYPE, detail, account, region, [execution.arn, definition])
        self._bus.put(account, region, event)


def _caller_arn(request: Start) -> str:
    principal = identity.principal_of(request.access_key)
    if principal is None:
        return ""
    if principal.kind != "role":
        return principal.arn
    partition, role_name = principal.arn.split(":")[1], principal.arn.rsplit("/", 1)[-1]
    return f"arn:{partition}:sts::{principal.account}:assumed-role/{role_name}/{principal.session_name}"


def _event_time(moment: datetime.datetime) -> str:
    """As the events have it: "Nov 29, 2016 7:43:20 PM"."""
    hour = moment.hour % 12 or 12
    return f"{moment:%b} {moment.day}, {moment.year} {hour}:{moment:%M:%S %p}"
