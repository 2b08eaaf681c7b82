"""CloudWatch Logs: a metric filter belongs to a log group, in which its name occurs once.

Source: CloudWatch Logs API reference, PutMetricFilter ("creates or updates"), DeleteMetricFilter and DescribeLogGroups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from moto.core.utils import unix_time_millis, utcnow
from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.models import LogGroup, LogsBackend, logs_backends


@contextmanager
def installed() -> Iterator[None]:
    """Mend moto's metric filters."""
    backend = LogsBackend
    with ExitStack() as stack:
        for owner, name, replacement in (
            (backend, "put_metric_filter", _put(backend.put_metric_filter)),
            (backend, "describe_metric_filters", _describe(backend.describe_metric_filters)),
            (backend, "delete_metric_filter", _delete),
            (backend, "delete_log_group", _delete_group(backend.delete_log_group)),
            (LogGroup, "to_describe_dict", _counted(LogGroup.to_describe_dict)),
        ):
            stack.enter_context(mock.patch.object(owner, name, replacement))
        yield


def _remove(backend: LogsBackend, group: str, filter_name: str | None = None) -> bool:
    """Remove a filter of a group, or all of them; return whether there was any."""
    found = backend.filters.metric_filters
    kept = [
        each
        for each in found
        if each["logGroupName"] != group or (filter_name is not None and each["filterName"] != filter_name)
    ]
    backend.filters.metric_filters = kept
    return len(kept) < len(found)


def _require_group(backend: LogsBackend, group: str) -> None:
    if group not in backend.groups:
        raise ResourceNotFoundException()


def _put(put: Callable[..., None]) -> Callable[..., None]:
    def put_metric_filter(
        self: LogsBackend, filter_name: str, filter_pattern: str, log_group_name: str, metric_transformations: Any
    ) -> None:
        _require_group(self, log_group_name)
        _remove(self, log_group_name, filter_name)
        put(self, filter_name, filter_pattern, log_group_name, metric_transformations)
        self.filters.metric_filters[-1]["creationTime"] = int(unix_time_millis(utcnow()))

    return put_metric_filter


def _describe(describe: Callable[..., Any]) -> Callable[..., Any]:
    def describe_metric_filters(
        self: LogsBackend, prefix: str | None = None, log_group_name: str | None = None, *metric: str | None
    ) -> Any:
        if log_group_name is not None:
            _require_group(self, log_group_name)
        return describe(self, prefix, log_group_name, *metric)

    return describe_metric_filters


def _delete(self: LogsBackend, filter_name: str, log_group_name: str) -> None:
    _require_group(self, log_group_name)
    if not _remove(self, log_group_name, filter_name):
        raise ResourceNotFoundException("The specified metric filter does not exist.")


def _delete_group(delete: Callable[..., None]) -> Callable[..., None]:
    def delete_log_group(self: LogsBackend, log_group_name: str) -> None:
        delete(self, log_group_name)
        _remove(self, log_group_name)

    return delete_log_group


def _counted(describe: Callable[[LogGroup], dict[str, Any]]) -> Callable[[LogGroup], dict[str, Any]]:
    def to_describe_dict(self: LogGroup) -> dict[str, Any]:
        filters = logs_backends[self.account_id][self.region].filters.metric_filters
        return {**describe(self), "metricFilterCount": sum(each["logGroupName"] == self.name for each in filters)}

    return to_describe_dict
