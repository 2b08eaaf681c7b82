"""Athena: UpdateWorkGroup, and an error for a workgroup that does not exist.

Source: Athena API reference, GetWorkGroup, UpdateWorkGroup and WorkGroupConfigurationUpdates.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest import mock

from moto.athena.models import AthenaBackend, WorkGroup
from moto.athena.responses import AthenaResponse
from moto.core.exceptions import JsonRESTError

from asr_templates.simulator.aws.errors import NotSimulated

# WorkGroupConfigurationUpdates: what it sets under the same name, and what it takes away.
SET = frozenset(
    (
        *("BytesScannedCutoffPerQuery", "EnableMinimumEncryptionConfiguration", "EnforceWorkGroupConfiguration"),
        *("PublishCloudWatchMetricsEnabled", "RequesterPaysEnabled"),
    )
)
REMOVED = {"RemoveBytesScannedCutoffPerQuery": "BytesScannedCutoffPerQuery"}


@contextmanager
def installed() -> Iterator[None]:
    """Mend moto's workgroups."""
    find = AthenaBackend.get_work_group

    def get_work_group(self: AthenaBackend, name: str) -> dict[str, Any] | None:
        _workgroup(self, name)
        found: dict[str, Any] | None = find(self, name)
        return found

    with (
        mock.patch.object(AthenaBackend, "get_work_group", get_work_group),
        mock.patch.object(AthenaResponse, "update_work_group", _update_work_group, create=True),
    ):
        yield


def _workgroup(backend: AthenaBackend, name: str) -> WorkGroup:
    if name not in backend.work_groups:
        raise JsonRESTError("InvalidRequestException", f"WorkGroup {name} is not found.")
    return backend.work_groups[name]


def _update_work_group(request: AthenaResponse) -> str:
    group = _workgroup(request.athena_backend, request._get_param("WorkGroup"))
    updates: Mapping[str, Any] = request._get_param("ConfigurationUpdates", {})
    unknown = sorted(set(updates) - SET - set(REMOVED))
    if unknown:
        raise NotSimulated("UpdateWorkGroup", f"ConfigurationUpdates.{unknown[0]}")
    group.configuration.update({name: value for name, value in updates.items() if name in SET})
    for name, removed in REMOVED.items():
        if updates.get(name):
            group.configuration.pop(removed, None)
    group.description = request._get_param("Description", group.description)
    group.state = request._get_param("State", group.state)
    return "{}"
