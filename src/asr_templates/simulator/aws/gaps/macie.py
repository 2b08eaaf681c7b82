"""Macie: a region has it only once it was enabled, and a session can be paused.

Source: Macie API reference, "Amazon Macie administration" (/macie): EnableMacie, GetMacieSession, UpdateMacieSession,
DisableMacie. Without Macie every operation but EnableMacie is denied, with the message "Macie is not enabled".
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from moto.core.utils import utcnow
from moto.macie2.exceptions import AccessDeniedException, MacieException
from moto.macie2.models import MacieBackend
from moto.macie2.responses import MacieResponse


class ConflictException(MacieException):  # type: ignore[misc]  # moto has no types
    """The request conflicts with what is there."""

    code = 409

    def __init__(self, message: str) -> None:
        super().__init__("ConflictException", message)

    def get_headers(self, *args: Any, **kwargs: Any) -> list[tuple[str, str]]:
        """Return the header that names the error."""
        return [("x-amzn-ErrorType", "ConflictException")]


@contextmanager
def installed() -> Iterator[None]:
    """Mend moto's Macie."""
    initialise, enable, disable = MacieBackend.__init__, MacieBackend.enable_macie, MacieBackend.disable_macie
    get = MacieBackend.get_macie_session

    def initialised(self: MacieBackend, region_name: str, account_id: str) -> None:
        initialise(self, region_name, account_id)
        self.macie_session = None

    def enable_macie(self: MacieBackend, *args: Any, **kwargs: Any) -> None:
        if self.macie_session:
            raise ConflictException("Macie has already been enabled")
        enable(self, *args, **kwargs)

    def get_macie_session(self: MacieBackend) -> dict[str, Any]:
        _session(self)
        answer: dict[str, Any] = get(self)
        return answer

    def disable_macie(self: MacieBackend) -> None:
        _session(self)
        disable(self)

    with (
        mock.patch.object(MacieBackend, "__init__", initialised),
        mock.patch.object(MacieBackend, "enable_macie", enable_macie),
        mock.patch.object(MacieBackend, "get_macie_session", get_macie_session),
        mock.patch.object(MacieBackend, "disable_macie", disable_macie),
        mock.patch.object(MacieResponse, "update_macie_session", _update, create=True),
    ):
        yield


def _session(backend: MacieBackend) -> dict[str, Any]:
    session: dict[str, Any] | None = backend.macie_session
    if session is None:
        raise AccessDeniedException("Macie is not enabled")
    return session


def _update(request: MacieResponse) -> str:
    """UpdateMacieSession: what is given is set."""
    session = _session(request.macie_backend)
    for name in ("status", "findingPublishingFrequency"):
        session[name] = request._get_param(name) or session[name]
    session["updatedAt"] = utcnow()
    return json.dumps({})
