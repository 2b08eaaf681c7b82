"""What a handler is given to create one resource with."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import boto3

from asr_templates.simulator.aws.cloudformation.stack import Stack

SUFFIX_LENGTH = 12


class Clients:
    """boto3 clients of the launching principal; `clients("ssm")` is that of the stack's region.

    The session makes each client once (identity.Session).
    """

    def __init__(self, session: boto3.Session, region: str) -> None:
        self._session = session
        self._region = region

    def __call__(self, service: str, region: str | None = None) -> Any:
        """Give the client of a service in a region."""
        return self._session.client(service, region_name=region or self._region)  # type: ignore[call-overload]


@dataclass(frozen=True)
class Creation:
    """One resource that is being created: where, in which stack, and with whose clients.

    place: the path from the root stack, for NotSimulated.
    nest: creates a nested stack from (creation, URL, parameters).
    """

    stack_id: str
    stack_name: str
    place: str
    logical_id: str
    type: str
    account: str
    region: str
    partition: str
    url_suffix: str
    clients: Clients
    nest: Callable[["Creation", str, Mapping[str, str]], Stack]

    def generated_name(self, maximum: int = 64) -> str:
        """Name a resource as CloudFormation does, `stack-LogicalId-SUFFIX`, in at most so many characters.

        The suffix derives from the stack's id, so that the same run gives the same names.
        """
        digest = hashlib.sha256(f"{self.stack_id}/{self.logical_id}".encode()).hexdigest()
        suffix = digest[:SUFFIX_LENGTH].upper()
        stem = re.sub(r"[^A-Za-z0-9-]", "-", f"{self.stack_name}-{self.logical_id}")
        return f"{stem[: maximum - SUFFIX_LENGTH - 1]}-{suffix}"

    def arn(self, service: str, resource: str) -> str:
        """Write the ARN of a resource of the stack's account and region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"
