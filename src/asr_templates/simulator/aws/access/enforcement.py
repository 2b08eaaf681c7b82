"""Access control between every boto3 client and its service.

Two handlers are added to the ones that each botocore session registers: the first keeps a call's parameters, the
second decides about the call before it is sent, and answers in the service's place if it is refused. Sessions that
were made before `Access.installed` are not covered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace

import botocore.handlers
from botocore.exceptions import ClientError
from botocore.model import OperationModel
from botocore.signers import RequestSigner
from moto.sts.models import sts_backends

from asr_templates.aws_reference.arns import parse_arn
from asr_templates.aws_reference.operations import iam_actions
from asr_templates.simulator.aws.access.calls import ApiCall
from asr_templates.simulator.aws.access.decisions import ALLOWED, RoleCaller, Verdict, role_verdict, service_verdict
from asr_templates.simulator.aws.access.denials import UNKNOWN_KEY, error_code, message, unknown_key_code
from asr_templates.simulator.aws.access.encryption import key_use
from asr_templates.simulator.aws.access.passed_roles import ACTION as PASS_ROLE
from asr_templates.simulator.aws.access.passed_roles import passed_roles
from asr_templates.simulator.aws.access.policies import Resource
from asr_templates.simulator.aws.access.request_keys import Keys, request_keys
from asr_templates.simulator.aws.access.resources import resources_of
from asr_templates.simulator.aws.access.roles import find_role
from asr_templates.simulator.aws.clock import current_task
from asr_templates.simulator.aws.errors import NotSimulated
from asr_templates.simulator.aws.identity import Principal, principal_of

_PARAMETERS = "asr_templates_access_parameters"
_GLOBAL_ENDPOINTS = {"aws-global": "us-east-1", "aws-cn-global": "cn-north-1", "aws-us-gov-global": "us-gov-west-1"}


@dataclass(frozen=True)
class Call:
    """One action of one call, and what was decided about it.

    `principal` is the ARN of a role or the name of a service, `service` and `operation` are botocore's names,
    `resource` is the resource that was refused, else the first one; None if the action is about no resource, or the
    request's resource is not known.
    """

    principal: str
    service: str
    operation: str
    action: str
    resource: str | None
    allowed: bool
    reason: str
    task: str = ""
    """The name of the task in which the call was made; empty outside the schedule."""


@dataclass(frozen=True)
class _Need:
    """One action that a call needs on one resource, and the condition keys of that."""

    action: str
    resource: Resource | None
    keys: Keys = field(default_factory=dict)
    of_key_of_aws: bool = False
    """About a KMS key that AWS manages: roles may use it through its service, services themselves may not."""


@dataclass
class Access:
    """All calls of roles and services, oldest first. The administrator's are neither checked nor recorded."""

    calls: list[Call] = field(default_factory=list)

    @property
    def denied(self) -> list[Call]:
        """The calls that were refused."""
        return [call for call in self.calls if not call.allowed]

    @contextmanager
    def installed(self) -> Iterator[Access]:
        """Check every call of all botocore sessions that are made inside."""
        handlers = [("before-parameter-build", _keep_parameters), ("before-call", self._before_call)]
        botocore.handlers.BUILTIN_HANDLERS.extend(handlers)
        try:
            yield self
        finally:
            for handler in handlers:
                botocore.handlers.BUILTIN_HANDLERS.remove(handler)

    def require_pass_role(self, access_key: str, role_arn: str, service: str) -> None:
        """Raise botocore's ClientError AccessDenied unless the owner of a key may pass a role to a service."""
        principal = principal_of(access_key)
        if principal is not None and principal.kind == "administrator":
            return

        arn = parse_arn(role_arn)
        call = ApiCall("iam", "PassRole", {}, principal.account if principal else "", "", arn.partition)
        need = _Need(PASS_ROLE, (role_arn,), {"iam:PassedToService": service})
        refusal = UNKNOWN_KEY if principal is None else self._decide(principal, access_key, call, [need])
        if refusal:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": refusal}}, "PassRole")

    def _before_call(
        self, model: OperationModel, request_signer: RequestSigner, context: dict[str, object], **_: object
    ) -> tuple[SimpleNamespace, dict[str, object]] | None:
        credentials = getattr(request_signer, "_credentials", None)  # None: an unsigned request
        access_key = credentials.access_key if credentials is not None else ""
        principal = principal_of(access_key)
        if principal is None:
            return _refused(unknown_key_code(model), UNKNOWN_KEY)
        if principal.kind == "administrator":
            return None

        parameters = context.get(_PARAMETERS)
        region = str(context.get("client_region") or "us-east-1")
        call = ApiCall(
            service=model.service_model.service_name,
            operation=model.name,
            parameters=parameters if isinstance(parameters, Mapping) else {},
            account=principal.account,
            region=_GLOBAL_ENDPOINTS.get(region, region),
            partition=_partition(principal, region),
        )
        refusal = self._decide(principal, access_key, call, _needs(call))

        return _refused(error_code(model), refusal) if refusal else None

    def _decide(self, principal: Principal, access_key: str, call: ApiCall, needs: list[_Need]) -> str | None:
        """Record a call's actions; the message of the first refusal, or None."""
        if not needs:
            self._record(principal, call, f"{call.service}:{call.operation}", None, ALLOWED, "needs no permission")
        for action in dict.fromkeys(need.action for need in needs):
            refusal = self._decide_action(
                principal, access_key, call, action, [need for need in needs if need.action == action]
            )
            if refusal:
                return refusal

        return None

    def _decide_action(
        self, principal: Principal, access_key: str, call: ApiCall, action: str, needs: list[_Need]
    ) -> str | None:
        for need in needs:
            verdict = _verdict(principal, access_key, call, need)
            if not verdict.allowed:
                resource = need.resource[0] if need.resource else None
                text = message(_caller_arn(principal), action, resource, verdict, call.service)
                self._record(principal, call, action, resource, verdict, text)
                return text

        first = needs[0].resource
        self._record(principal, call, action, first[0] if first else None, ALLOWED, "allowed by policy")

        return None

    def _record(
        self, principal: Principal, call: ApiCall, action: str, resource: str | None, verdict: Verdict, reason: str
    ) -> None:
        named = resource if resource != "*" else None
        task = current_task()
        self.calls.append(
            Call(
                principal.arn,
                call.service,
                call.operation,
                action,
                named,
                verdict.allowed,
                reason,
                task.name if task else "",
            )
        )


def _keep_parameters(params: Mapping[str, object], context: dict[str, object], **_: object) -> None:
    context[_PARAMETERS] = dict(params)


def _refused(code: str, text: str) -> tuple[SimpleNamespace, dict[str, object]]:
    """What botocore takes for a service's answer: it raises ClientError with this code and message."""
    metadata = {"HTTPStatusCode": 403, "HTTPHeaders": {}, "RequestId": "simulated", "RetryAttempts": 0}

    return SimpleNamespace(status_code=403), {
        "Error": {"Code": code, "Message": text},
        "ResponseMetadata": metadata,
    }


def _partition(principal: Principal, region: str) -> str:
    if principal.kind == "role":
        return parse_arn(principal.arn).partition
    if region.startswith(("cn-", "aws-cn")):
        return "aws-cn"

    return "aws-us-gov" if region.startswith(("us-gov-", "aws-us-gov")) else "aws"


def _needs(call: ApiCall) -> list[_Need]:
    """All that a call needs permission for: its own actions, roles that it passes, keys that it goes through."""
    if call.operation == "AssumeRole" and call.parameters.get("PolicyArns"):
        raise NotSimulated(f"access: {call.name}", "a managed policy as session policy (PolicyArns)")

    needs: list[_Need] = []
    for action in iam_actions(call.service, call.operation, call.parameters):
        resources = resources_of(call, action)
        if resources is None:
            needs.append(_Need(action, None, request_keys(call, action, None)))
        for resource in resources or ():
            needs.append(_Need(action, resource, request_keys(call, action, resource[0])))
            needs.extend(_key_needs(call, action, resource[0]))
    for passed in passed_roles(call):
        keys = request_keys(call, PASS_ROLE, passed.role_arn)
        needs.append(_Need(PASS_ROLE, (passed.role_arn,), {**keys, "iam:PassedToService": passed.service}))

    return needs


def _key_needs(call: ApiCall, action: str, resource: str) -> Iterator[_Need]:
    use = key_use(action, resource)
    if use:
        for key_action in use.actions:
            keys = request_keys(call, key_action, use.key_arn)
            keys["kms:ViaService"] = use.via_service
            yield _Need(key_action, (use.key_arn,), keys, use.is_managed_by_aws)


def _verdict(principal: Principal, access_key: str, call: ApiCall, need: _Need) -> Verdict:
    if principal.kind == "service":
        if need.resource is None:
            raise NotSimulated(f"access: {principal.arn} calling {call.name}", "the resource of this request")
        if need.of_key_of_aws:
            return Verdict(False, "resource-based policy")

        return service_verdict(
            principal.arn,
            need.action,
            need.resource[0],
            need.keys,
            source_account=principal.account,
            source_arn=principal.source_arn,
        )

    role = find_role(principal.arn)
    if role is None:  # deleted since it was assumed: its sessions have no permissions left
        return Verdict(False, "identity-based policy")
    if need.of_key_of_aws:
        return ALLOWED

    caller = RoleCaller(role, principal.session_name, _session_policy(principal, access_key))

    return role_verdict(caller, need.action, need.resource, need.keys)


def _session_policy(principal: Principal, access_key: str) -> str | None:
    arn = parse_arn(principal.arn)
    session = sts_backends[arn.account][arn.partition].get_assumed_role_from_access_key(access_key)

    return str(session.policy) if session and session.policy else None


def _caller_arn(principal: Principal) -> str:
    if principal.kind == "service":
        return principal.arn

    role = find_role(principal.arn)

    return RoleCaller(role, principal.session_name).session_arn if role else principal.arn
