"""Who calls: every access key of the embedded AWS belongs to a `Principal`.

Sessions for the harness (`administrator`), for AWS services acting for themselves (`service`) and for services that
assume a role (`role_session`) are made here; what callers get from sts:AssumeRole is registered here too. A role must
exist and its trust policy must allow whoever assumes it (`access.trust`).

moto finds the account of a request by its access key and keeps IAM per partition; both follow from the registry.
"""

from __future__ import annotations

import functools
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Literal
from unittest import mock

import boto3
import botocore.session
from botocore.exceptions import ClientError
from botocore.loaders import Loader, create_loader
from moto.iam import models as iam_models
from moto.iam.models import iam_backends
from moto.sts.exceptions import STSClientError
from moto.sts.models import AssumedRole, STSBackend, sts_backends
from moto.sts.responses import TokenResponse

from asr_templates.simulator.aws.access.roles import find_role
from asr_templates.simulator.aws.access.trust import trusted

NOT_AUTHORIZED = "User: {caller} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"


@dataclass(frozen=True)
class Principal:
    """The owner of an access key."""

    arn: str
    """A role's ARN (not its session's), a service ("events.amazonaws.com"), or "administrator"."""
    account: str
    """Twelve digits. Of a service: the account for which it acts (aws:SourceAccount)."""
    kind: Literal["administrator", "role", "service"]
    source_arn: str = ""
    """Of a service: the resource for which it acts (aws:SourceArn), for instance an EventBridge rule."""
    session_name: str = ""
    """Of a role: the role session's name."""


_principals: dict[str, Principal] = {}
_sessions: dict[object, Session] = {}


def principal_of(access_key: str) -> Principal | None:
    """The owner of an access key; None if this AWS has never issued it."""
    return _principals.get(access_key)


class Session(boto3.Session):
    """A boto3 session that makes each client once, if its arguments are plain values."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clients: dict[str, Any] = {}

    def client(self, *args: Any, **kwargs: Any) -> Any:
        """As boto3's; the same arguments in the same region give the same client."""
        if not all(isinstance(value, str | bool | None) for value in (*args, *kwargs.values())):
            return super().client(*args, **kwargs)
        key = repr((args, sorted(kwargs.items()), self.region_name))
        if key not in self._clients:
            self._clients[key] = super().client(*args, **kwargs)
        return self._clients[key]

    def renewed(self, region: str) -> Session:
        """Another session of the same principal, in a region and with clients of its own."""
        credentials = self.get_credentials()
        assert credentials is not None
        return Session(
            aws_access_key_id=credentials.access_key,
            aws_secret_access_key=credentials.secret_key,
            aws_session_token=credentials.token,
            region_name=region,
        )


def administrator(account: str) -> Session:
    """A session with full rights in the account, whose calls are neither checked nor recorded."""
    return _own_session(Principal("administrator", account, "administrator"))


def service(principal: str, account: str, source_arn: str = "") -> Session:
    """A session of an AWS service itself ("events.amazonaws.com"), acting for the account and one of its resources.

    Identity policies do not apply to it, resource policies do.
    """
    return _own_session(Principal(principal, account, "service", source_arn))


def _own_session(principal: Principal) -> Session:
    if principal not in _sessions:
        access_key = "ASIA" + secrets.token_hex(8).upper()
        _principals[access_key] = principal
        _sessions[principal] = Session(
            aws_access_key_id=access_key, aws_secret_access_key=secrets.token_hex(20), aws_session_token="own"
        )
    return _sessions[principal]


def role_session(
    role_arn: str, service: str, context: Mapping[str, str] | None = None, session_name: str = ""
) -> Session:
    """The session of an AWS service that assumes a role.

    `context` holds the condition keys of the request ("aws:SourceAccount", "aws:SourceArn"); without a session name
    the session is named after the service. Raises botocore's ClientError AccessDenied if the role does not exist or
    does not trust the service.
    """
    caller = Principal(service, role_arn.split(":")[4] if role_arn.count(":") > 4 else "", "service")
    try:
        check_assumable(role_arn, caller, context or {})
    except STSClientError as error:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": error.message}}, "AssumeRole") from error
    name = session_name or service.partition(".")[0]
    key = (role_arn, service, name)
    if key not in _sessions:
        partition, account = role_arn.split(":")[1], role_arn.split(":")[4]
        role = sts_backends[account][partition].assume_role(
            region_name=partition,
            role_session_name=name[:64],
            role_arn=role_arn,
            policy="",
            duration=3600,
            external_id="",
        )
        _sessions[key] = Session(
            aws_access_key_id=role.access_key_id,
            aws_secret_access_key=role.secret_access_key,
            aws_session_token=role.session_token,
        )
    return _sessions[key]


def role_exists(role_arn: str) -> bool:
    """Whether IAM has the role, in the account and partition of its ARN."""
    return find_role(role_arn) is not None


def check_assumable(role_arn: str, caller: Principal | None, context: Mapping[str, str]) -> None:
    """Raise STSClientError AccessDenied unless the role exists and trusts the caller."""
    if caller is not None and caller.kind == "administrator":
        allowed = role_exists(role_arn)
    else:
        allowed = caller is not None and trusted(role_arn, caller.arn, context)
    if not allowed:
        name = caller.arn if caller is not None else "anonymous"
        raise STSClientError("AccessDenied", NOT_AUTHORIZED.format(caller=name, role_arn=role_arn))


@functools.cache
def _loader(data_path: str | None) -> Loader:
    return create_loader(data_path)


def _account_of(access_key: str) -> str:
    """Replaces moto's look-up, which searches every account and creates an IAM backend in every partition."""
    principal = _principals.get(access_key)
    if principal is not None:
        return principal.account
    for account, partitions in list(iam_backends.items()):
        for backend in list(partitions.values()):
            if access_key in backend.access_keys:
                return str(account)
    return str(iam_models.DEFAULT_ACCOUNT_ID)


@contextmanager
def installed() -> Iterator[None]:
    """Issue keys with an owner, refuse roles that do not exist or do not trust, read each service model once."""
    assume_role, respond = STSBackend.assume_role, TokenResponse.assume_role

    def register(self: STSBackend, *args: Any, **kwargs: Any) -> AssumedRole:
        role = assume_role(self, *args, **kwargs)
        _principals[role.access_key_id] = Principal(
            role.role_arn, role.account_id, "role", session_name=role.session_name
        )
        return role

    def check(self: TokenResponse) -> Any:
        caller = principal_of(self.get_access_key())
        external_id = self._get_param("ExternalId")
        context = {"sts:ExternalId": external_id} if external_id else {}
        check_assumable(self._get_param("RoleArn"), caller, context)
        return respond(self)

    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(STSBackend, "assume_role", register))
        stack.enter_context(mock.patch.object(TokenResponse, "assume_role", check))
        stack.enter_context(mock.patch.object(iam_models, "get_account_id_from", _account_of))
        stack.enter_context(mock.patch.object(botocore.session, "create_loader", _loader))
        try:
            yield
        finally:
            _principals.clear()
            _sessions.clear()
