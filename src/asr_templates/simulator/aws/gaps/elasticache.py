"""ElastiCache: clusters can be modified, a replication group has member clusters, and a modification takes its time.

Sources: ElastiCache API reference, ModifyCacheCluster, ModifyReplicationGroup, DescribeCacheClusters; user guide,
"Minimizing downtime by using Multi-AZ" and "Scheduling automatic backups". What a person (the administrator of the
simulation, or whoever is unknown to it) changes is settled at once: tests prepare caches, runbooks wait for them.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from moto.core.responses import ActionResult
from moto.elasticache.exceptions import ElastiCacheException, InvalidParameterCombinationException
from moto.elasticache.models import CacheCluster, ElastiCacheBackend, ReplicationGroup
from moto.elasticache.responses import ElastiCacheResponse
from moto.utilities.utils import get_partition

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.aws.errors import NotSimulated

Settings = dict[str, Any]

MODIFICATION_SECONDS = 60.0
"""How long a change of a setting takes."""

FAILOVER_SECONDS = 600.0
"""How long it takes to switch automatic failover on or off."""

CLUSTER_SETTINGS = ("AutoMinorVersionUpgrade", "SnapshotRetentionLimit")
GROUP_SETTINGS = (*CLUSTER_SETTINGS, "AutomaticFailoverEnabled", "MultiAZEnabled", "SnapshottingClusterId")
"""The parameters that are simulated, besides ApplyImmediately: the settings of caches that runbooks change."""


@contextmanager
def installed() -> Iterator[None]:
    """Mend ModifyCacheCluster, ModifyReplicationGroup and what they act on."""
    backend, response = ElastiCacheBackend, ElastiCacheResponse
    patches: list[tuple[type, str, object]] = [
        (CacheCluster, "pending_modified_values", {}),
        (ReplicationGroup, "pending_modified_values", {}),
        (CacheCluster, "__init__", _with_defaults(CacheCluster.__init__)),
        (ReplicationGroup, "__init__", _with_defaults(ReplicationGroup.__init__)),
        (backend, "create_replication_group", _with_members(backend.create_replication_group)),
        (response, "modify_cache_cluster", _modify_cache_cluster),
        (response, "modify_replication_group", _modify_replication_group),
    ]
    with ExitStack() as stack:
        for owner, name, replacement in patches:
            stack.enter_context(mock.patch.object(owner, name, replacement, create=True))
        yield


def _with_defaults(initialise: Callable[..., None]) -> Callable[..., None]:
    """Minor upgrades are on unless the request says otherwise; an ARN is of its region's partition."""

    def initialised(self: CacheCluster | ReplicationGroup, *args: Any, **kwargs: Any) -> None:
        initialise(self, *args, **kwargs)
        if self.auto_minor_version_upgrade is None:
            self.auto_minor_version_upgrade = True
        self.arn = self.arn.replace("arn:aws:", f"arn:{get_partition(self.arn.split(':')[3])}:", 1)

    return initialised


def _with_members(create: Callable[..., ReplicationGroup]) -> Callable[..., ReplicationGroup]:
    """The members of a new group are clusters of their own; one of them is the source of its backups."""
    parameters = list(inspect.signature(ElastiCacheBackend.create_cache_cluster).parameters)[1:]

    def create_replication_group(self: ElastiCacheBackend, **settings: Any) -> ReplicationGroup:
        group = create(self, **settings)
        for name in group.member_clusters:
            own = {parameter: settings.get(parameter) for parameter in parameters}
            own |= {"cache_cluster_id": name, "replication_group_id": group.replication_group_id}
            own |= {"engine": group.engine, "cache_node_type": group.cache_node_type}
            self.cache_clusters[name] = self.create_cache_cluster(**own)
        _settle_group(self, group, {})
        return group

    return create_replication_group


def _modify_cache_cluster(request: ElastiCacheResponse) -> ActionResult:
    backend = request.elasticache_backend
    cluster = backend.describe_cache_clusters(request._get_param("CacheClusterId"))[0]
    settings = _given(request, "ModifyCacheCluster", CLUSTER_SETTINGS, "CacheClusterId")
    if getattr(cluster, "replication_group_id", None):
        raise NotSimulated("ModifyCacheCluster", "a member of a replication group")
    if cluster.cache_cluster_status != "available":
        raise ElastiCacheException("InvalidCacheClusterState", "Cache cluster is not in available state.")
    if cluster.engine == "memcached" and settings.get("SnapshotRetentionLimit"):
        raise InvalidParameterCombinationException("Snapshots are not supported for memcached.")
    if _is_person(request):
        _settle_cluster(cluster, settings)
    else:
        cluster.cache_cluster_status = "modifying"
        name = f"modify {cluster.cache_cluster_id}"
        scheduler.spawn(_settle_cluster, cluster, settings, name=name, delay=MODIFICATION_SECONDS)
    return ActionResult({"CacheCluster": cluster})


def _modify_replication_group(request: ElastiCacheResponse) -> ActionResult:
    backend = request.elasticache_backend
    group = backend.describe_replication_groups(request._get_param("ReplicationGroupId"))[0]
    settings = _given(request, "ModifyReplicationGroup", GROUP_SETTINGS, "ReplicationGroupId")
    _check_group(group, settings)
    if _is_person(request):
        _settle_group(backend, group, settings)
        return ActionResult({"ReplicationGroup": group})
    failover = settings.pop("AutomaticFailoverEnabled", None)
    wanted = None if failover is None else "enabled" if failover else "disabled"
    at_once = bool(request._get_bool_param("ApplyImmediately"))
    if wanted and wanted != group.automatic_failover:
        group.pending_modified_values = {"AutomaticFailoverStatus": wanted}
        if at_once:
            group.automatic_failover = "enabling" if failover else "disabling"
            settings["AutomaticFailoverEnabled"] = failover
    if settings:
        delay = FAILOVER_SECONDS if "AutomaticFailoverEnabled" in settings else MODIFICATION_SECONDS
        for cache in (group, *_members(backend, group)):
            cache.status = cache.cache_cluster_status = "modifying"
        name = f"modify {group.replication_group_id}"
        scheduler.spawn(_settle_group, backend, group, settings, name=name, delay=delay)
    # Failover that is not to be applied immediately waits for a maintenance window, which does not come here.
    return ActionResult({"ReplicationGroup": group})


def _given(request: ElastiCacheResponse, operation: str, known: tuple[str, ...], identifier: str) -> Settings:
    """Return the settings in a request; raise NotSimulated for others."""
    others = (identifier, "Action", "ApplyImmediately", "Version")
    for parameter in request.params:
        if parameter[:1].isupper() and parameter not in known and parameter not in others:
            raise NotSimulated(operation, parameter)
    given = {parameter: request._get_param(parameter) for parameter in known}
    return {parameter: value for parameter, value in given.items() if value is not None}


def _is_person(request: ElastiCacheResponse) -> bool:
    principal = identity.principal_of(request.get_access_key())
    return principal is None or principal.kind == "administrator"


def _check_group(group: ReplicationGroup, settings: Settings) -> None:
    if group.status != "available":
        raise ElastiCacheException("InvalidReplicationGroupState", "Replication group is not in available state.")
    if settings.get("AutomaticFailoverEnabled") and any(len(_nodes(shard)) < 2 for shard in group.node_groups):
        message = "Replication group must have at least one read replica to enable autofailover."
        raise ElastiCacheException("InvalidReplicationGroupState", message)
    source, limit = settings.get("SnapshottingClusterId"), settings.get("SnapshotRetentionLimit")
    if source and group.cluster_enabled:
        message = "SnapshottingClusterId cannot be set for a replication group with cluster mode enabled."
        raise InvalidParameterCombinationException(message)
    if limit and not group.cluster_enabled and not (source or group.snapshotting_cluster_id):
        raise InvalidParameterCombinationException("SnapshottingClusterId must be specified to enable backups.")
    if source and source not in group.member_clusters:
        raise ElastiCacheException("CacheClusterNotFound", f"CacheCluster not found: {source}")


def _nodes(shard: dict[str, Any]) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = shard["node_group_members"]
    return nodes


def _members(backend: ElastiCacheBackend, group: ReplicationGroup) -> list[CacheCluster]:
    return [backend.cache_clusters[name] for name in group.member_clusters if name in backend.cache_clusters]


def _settle_cluster(cluster: CacheCluster, settings: Settings) -> None:
    cluster.cache_cluster_status = "available"
    cluster.auto_minor_version_upgrade = settings.get("AutoMinorVersionUpgrade", cluster.auto_minor_version_upgrade)
    cluster.snapshot_retention_limit = settings.get("SnapshotRetentionLimit", cluster.snapshot_retention_limit)


def _settle_group(backend: ElastiCacheBackend, group: ReplicationGroup, settings: Settings) -> None:
    """Give a group its settings, and its members theirs: backups are those of the member that they are made from."""
    group.status = "available"
    group.pending_modified_values = {}
    if "AutomaticFailoverEnabled" in settings:
        group.automatic_failover = "enabled" if settings["AutomaticFailoverEnabled"] else "disabled"
    if "MultiAZEnabled" in settings:
        group.multi_az = "enabled" if settings["MultiAZEnabled"] else "disabled"
    group.auto_minor_version_upgrade = settings.get("AutoMinorVersionUpgrade", group.auto_minor_version_upgrade)
    group.snapshot_retention_limit = settings.get("SnapshotRetentionLimit", group.snapshot_retention_limit)
    source = settings.get("SnapshottingClusterId", group.snapshotting_cluster_id)
    group.snapshotting_cluster_id = source if group.snapshot_retention_limit and not group.cluster_enabled else None
    for cluster in _members(backend, group):
        is_source = group.cluster_enabled or cluster.cache_cluster_id == group.snapshotting_cluster_id
        limit = group.snapshot_retention_limit if is_source else 0
        own = {"AutoMinorVersionUpgrade": group.auto_minor_version_upgrade, "SnapshotRetentionLimit": limit}
        _settle_cluster(cluster, own)
