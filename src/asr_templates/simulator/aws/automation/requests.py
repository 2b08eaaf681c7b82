"""What StartAutomationExecution is asked for, and how the API refuses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


class AutomationError(Exception):
    """An error of the API: its code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Start:
    """A request to start an automation, from an account and region, by the owner of an access key."""

    document_name: str
    account: str
    region: str
    access_key: str
    document_version: str | None = None
    parameters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    client_token: str | None = None

    def asks_the_same(self, other: "Start") -> bool:
        """Whether a ClientToken may stand for both."""
        return (self.document_name, self.document_version, self.parameters) == (
            other.document_name,
            other.document_version,
            other.parameters,
        )
