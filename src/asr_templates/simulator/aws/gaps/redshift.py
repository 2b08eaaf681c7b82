"""Redshift: a modification takes its time and is pending until it is done; a cluster that does not log says only that.

Sources: Redshift API reference, ModifyCluster, PendingModifiedValues and LoggingStatus. What a person (the
administrator of the simulation) changes is settled at once: tests prepare clusters, runbooks wait for them.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores
from moto.redshift.exceptions import RedshiftClientError
from moto.redshift.models import Cluster, RedshiftBackend
from moto.redshift.responses import RedshiftResponse

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.aws.errors import NotSimulated

MODIFICATION_SECONDS = 300.0
"""How long a modification takes. Really minutes, for a resize hours."""

SHOWN_AS_PENDING = ("AutomatedSnapshotRetentionPeriod", "EnhancedVpcRouting", "PubliclyAccessible")
SETTINGS = (*SHOWN_AS_PENDING, "AllowVersionUpgrade", "PreferredMaintenanceWindow")
"""The parameters of ModifyCluster that are simulated for others than the administrator."""

_UNKNOWN_TO_MOTO = ("AvailabilityZone", "AvailabilityZoneRelocation", "ElasticIp", "MaintenanceTrackName", "MultiAZ")
_LOGGING = ("BucketName", "S3KeyPrefix", "LogDestinationType", "LogExports")


@contextmanager
def installed() -> Iterator[None]:
    """Mend ModifyCluster and the operations about logging."""
    respond = RedshiftResponse.modify_cluster

    def modify_cluster(self: RedshiftResponse) -> ActionResult:
        return _modify(self, respond)

    patches: list[tuple[type, str, object]] = [
        (Cluster, "pending_modified_values", {}),
        (RedshiftResponse, "modify_cluster", modify_cluster),
        (RedshiftBackend, "enable_logging", _of_available_cluster(RedshiftBackend.enable_logging)),
        (RedshiftBackend, "disable_logging", _of_available_cluster(RedshiftBackend.disable_logging)),
        (RedshiftBackend, "describe_logging_status", _plainly(RedshiftBackend.describe_logging_status)),
    ]
    with ExitStack() as stack:
        for owner, name, replacement in patches:
            stack.enter_context(mock.patch.object(owner, name, replacement))
        yield


def _modify(request: RedshiftResponse, respond: Callable[[RedshiftResponse], ActionResult]) -> ActionResult:
    name = request._get_param("ClusterIdentifier")
    cluster = request.redshift_backend.describe_clusters(name)[0]
    for parameter in _UNKNOWN_TO_MOTO:
        if request._get_param(parameter) is not None:
            raise NotSimulated("ModifyCluster", parameter)
    _check_available(cluster)
    principal = identity.principal_of(request.get_access_key())
    if principal is not None and principal.kind == "administrator":
        return respond(request)
    given = {parameter: value for parameter, value in _given(request) if value != _present(cluster, parameter)}
    if not given:
        return respond(request)
    cluster.status = "modifying"
    cluster.pending_modified_values = {key: value for key, value in given.items() if key in SHOWN_AS_PENDING}
    scheduler.spawn(
        _apply, request.redshift_backend, name, given, name=f"modify cluster {name}", delay=MODIFICATION_SECONDS
    )
    return ActionResult({"Cluster": cluster})


def _given(request: RedshiftResponse) -> Iterator[tuple[str, Any]]:
    for parameter in request.params:
        if parameter in SETTINGS:
            yield parameter, request._get_param(parameter)
        elif parameter[:1].isupper() and parameter not in ("Action", "ClusterIdentifier", "Version"):
            raise NotSimulated("ModifyCluster", parameter)


def _present(cluster: Cluster, parameter: str) -> object:
    return getattr(cluster, str(camelcase_to_underscores(parameter)))


def _apply(backend: RedshiftBackend, name: str, given: Mapping[str, Any]) -> None:
    cluster = backend.clusters.get(name)
    if cluster is None:  # deleted meanwhile
        return
    cluster.status = "available"
    cluster.pending_modified_values = {}
    settings = {str(camelcase_to_underscores(parameter)): value for parameter, value in given.items()}
    backend.modify_cluster(cluster_identifier=name, **settings)


def _check_available(cluster: Cluster) -> None:
    if cluster.status != "available":
        message = f"The cluster {cluster.cluster_identifier} is not in the available state."
        raise RedshiftClientError("InvalidClusterState", message)


def _of_available_cluster(change: Callable[..., Any]) -> Callable[..., Any]:
    """EnableLogging and DisableLogging."""

    def changed(self: RedshiftBackend, cluster_identifier: str, **settings: Any) -> dict[str, Any]:
        _check_available(self.describe_clusters(cluster_identifier)[0])
        return _shown(change(self, cluster_identifier=cluster_identifier, **settings))

    return changed


def _plainly(describe: Callable[..., Any]) -> Callable[..., Any]:
    """DescribeLoggingStatus."""

    def described(self: RedshiftBackend, cluster_identifier: str) -> dict[str, Any]:
        return _shown(describe(self, cluster_identifier))

    return described


def _shown(logging: Mapping[str, Any]) -> dict[str, Any]:
    """What a cluster says of its logging: nothing of former destinations, and of deliveries that never were."""
    shown = {"LoggingEnabled": logging["LoggingEnabled"]}
    if logging["LoggingEnabled"] == "true":
        shown |= {name: logging[name] for name in _LOGGING if logging[name]}
    return shown
