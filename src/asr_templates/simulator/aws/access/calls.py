"""An API call as access control sees it: who is asked for what, in which account and region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from asr_templates.aws_reference.arns import Arn


@dataclass(frozen=True)
class ApiCall:
    """One request to a service; `account` and `partition` are the caller's, `parameters` the operation's."""

    service: str
    operation: str
    parameters: Mapping[str, object]
    account: str
    region: str
    partition: str = "aws"

    @property
    def name(self) -> str:
        """Service and operation, for messages: `ec2.DescribeVpcs`."""
        return f"{self.service}.{self.operation}"

    def arn(self, service: str, resource: str, region: str | None = None, account: str | None = None) -> str:
        """An ARN in the caller's partition, and in its account and region unless told otherwise."""
        return str(
            Arn(
                self.partition,
                service,
                self.region if region is None else region,
                self.account if account is None else account,
                resource,
            )
        )

    def texts(self, path: str) -> Iterator[str]:
        """The texts at a path of parameter names (`Entries.EventBusName`); lists are walked, what is absent is not."""
        yield from texts_at(self.parameters, path)

    def text(self, path: str) -> str | None:
        """The first text at a path, or None."""
        return next(self.texts(path), None)


def texts_at(value: object, path: str) -> Iterator[str]:
    """The texts at a path of keys inside a value; see ApiCall.texts."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from texts_at(item, path)
    elif isinstance(value, Mapping) and path:
        key, _, rest = path.partition(".")
        yield from texts_at(value.get(key), rest)
    elif isinstance(value, str) and not path:
        yield value
