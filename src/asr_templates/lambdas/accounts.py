"""Member accounts: clients by the role that the orchestrator has there."""

import time
from collections.abc import Callable
from functools import cache

import boto3
from botocore.exceptions import ClientError, EndpointConnectionError

from .runtime import CONFIG, JSON, THROTTLING, Client, ThrottledError, client, error_code, error_text, setting

MARGIN_SECONDS = 300
"""Credentials are not used any more in the last minutes before they expire."""

REGION_IS_OFF = frozenset({"UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure", "OptInRequired"})
"""How services answer valid credentials in a region that the account has not enabled (AWS account management guide)."""

DENIED = frozenset({"AccessDenied", "AccessDeniedException"})


class Unreachable(Exception):  # noqa: N818 - read as a sentence: raise Unreachable("...")
    """The orchestrator cannot act in an account and region; the text says why and what to do."""


def connect(service: str, region: str, credentials: JSON) -> Client:
    """Return a client with the credentials of an assumed role."""
    return boto3.client(  # type: ignore[call-overload]
        service,
        region_name=region,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        config=CONFIG,
    )


class Members:
    """Gives clients in member accounts; a role is assumed once for as long as its credentials last.

    sts: a client of a regional endpoint, since tokens of the global one are refused in opt-in regions (IAM user guide).
    role: the role's path and name, "/ASR-Orchestrator-Member". session: whose act CloudTrail shows.
    """

    def __init__(
        self,
        sts: Client,
        partition: str,
        role: str,
        session: str,
        connect: Callable[[str, str, JSON], Client] = connect,
    ) -> None:
        self._sts = sts
        self._partition = partition
        self._role = role
        self._session = session
        self._connect = connect
        self._credentials: dict[str, JSON] = {}
        self._clients: dict[tuple[str, str, str], tuple[JSON, Client]] = {}

    def role_arn(self, account: str) -> str:
        """Return the ARN of the orchestrator's role in a member account."""
        return f"arn:{self._partition}:iam::{account}:role{self._role}"

    def client(self, service: str, account: str, region: str) -> Client:
        """Return a client. Raises Unreachable where the role cannot be assumed, ThrottledError where AWS is busy."""
        credentials = self._assumed(account)
        made = self._clients.get((service, account, region))
        if made is None or made[0] is not credentials:
            made = (credentials, self._connect(service, region, credentials))
            self._clients[service, account, region] = made
        return made[1]

    def _assumed(self, account: str) -> JSON:
        known = self._credentials.get(account)
        if known and known["Expiration"].timestamp() - MARGIN_SECONDS > time.time():
            return known
        arn = self.role_arn(account)
        try:
            answer = self._sts.assume_role(RoleArn=arn, RoleSessionName=self._session)
        except ClientError as error:
            if error_code(error) in THROTTLING:
                raise ThrottledError(error_text(error)) from error
            raise Unreachable(
                f"{arn} cannot be assumed ({error_code(error)}): launch the member roles stack in account {account}"
            ) from error
        self._credentials[account] = answer["Credentials"]
        return self._credentials[account]


def unreachable(error: ClientError | EndpointConnectionError, account: str, region: str) -> Unreachable | None:
    """Return what an error of a member account's service says about the account, None if it is about something else."""
    if isinstance(error, EndpointConnectionError):
        return Unreachable(f"region {region} cannot be reached: {error}")
    code = error_code(error)
    if code in REGION_IS_OFF:
        return Unreachable(f"region {region} is not enabled in account {account} ({code}): enable it there first")
    if code in DENIED:
        return Unreachable(
            f"the orchestrator's role in account {account} may not do its work: {error_text(error)}; "
            "update the member roles stack there"
        )
    return None


@cache
def own_members() -> Members:
    """Return the members as this function reaches them; later invocations use the assumed roles again."""
    return Members(client("sts"), setting("PARTITION"), setting("MEMBER_ROLE"), setting("SESSION_NAME"))
