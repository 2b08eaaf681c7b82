"""RDS: a modification takes its time and is pending until it is done; an instance lies in subnets.

Sources: RDS user guide, "Modifying an Amazon RDS DB instance", "Viewing DB instance status" and "Setting up Enhanced
Monitoring"; API reference, ModifyDBInstance and ModifyDBCluster. What a person (the administrator of the simulation)
changes is settled at once: tests prepare resources, runbooks wait for them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores
from moto.ec2.models import ec2_backends
from moto.rds.exceptions import (
    DBClusterNotFoundError,
    InvalidDBClusterStateFault,
    InvalidParameterValue,
    RDSClientError,
)
from moto.rds.models import DBCluster, DBInstance, RDSBackend
from moto.rds.responses import RDSResponse

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.access.trust import trusted
from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.aws.errors import NotSimulated

MODIFICATION_SECONDS = 600.0
"""How long a modification takes. Really minutes to hours."""

DEFAULT_SUBNETS = "default"
MODIFIABLE = ("available", "storage-optimization")
MONITORING = "monitoring.rds.amazonaws.com"

# API reference, PendingModifiedValues: the parameters of ModifyDBInstance that are shown there until they are done.
PENDING = (
    *("AllocatedStorage", "BackupRetentionPeriod", "CACertificateIdentifier", "DBInstanceClass", "Engine"),
    *("EngineVersion", "Iops", "LicenseModel", "MasterUserPassword", "MultiAZ", "StorageThroughput", "StorageType"),
)
_SECRET = ("MasterUserPassword",)

# Parameters that never wait for the maintenance window and are nowhere shown as pending -> the status meanwhile.
SLOW = {
    "PubliclyAccessible": "modifying",
    "MonitoringInterval": "configuring-enhanced-monitoring",
    "MonitoringRoleArn": "configuring-enhanced-monitoring",
}


@contextmanager
def installed() -> Iterator[None]:
    """Mend the modification of instances and clusters, and the subnets of new instances."""
    respond, create = RDSResponse.modify_db_instance, RDSBackend.create_db_instance
    update, modify_cluster = DBInstance.update, RDSBackend.modify_db_cluster

    def modify_db_instance(self: RDSResponse) -> ActionResult:
        return _modify(self, respond)

    def create_db_instance(self: RDSBackend, parameters: MutableMapping[str, Any]) -> DBInstance:
        _place_in_default_subnets(self, parameters)
        parameters.setdefault("PubliclyAccessible", False)
        return create(self, parameters)

    def update_instance(self: DBInstance, **parameters: Any) -> None:
        update(self, **parameters)
        if not self.monitoring_interval:
            self.monitoring_role_arn = None

    def modify_db_cluster(self: RDSBackend, parameters: MutableMapping[str, Any]) -> DBCluster:
        _must_be_modifiable(self, parameters["db_cluster_identifier"])
        return modify_cluster(self, parameters)

    patches: list[tuple[type, str, object]] = [
        (RDSResponse, "modify_db_instance", modify_db_instance),
        (RDSBackend, "create_db_instance", create_db_instance),
        (RDSBackend, "modify_db_cluster", modify_db_cluster),
        (DBInstance, "update", update_instance),
    ]
    with ExitStack() as stack:
        for name in ("pending_modified_values", "queued_modifications"):  # empty, but always there
            stack.enter_context(mock.patch.object(DBInstance, name, {}, create=True))
        for owner, name, replacement in patches:
            stack.enter_context(mock.patch.object(owner, name, replacement))
        yield


def _place_in_default_subnets(backend: RDSBackend, parameters: MutableMapping[str, Any]) -> None:
    """An instance without a subnet group gets the group "default" of the default VPC, if there is one."""
    if parameters.get("db_subnet_group_name") or parameters.get("db_cluster_identifier"):
        return
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    vpc = ec2.get_default_vpc()
    if vpc is None:
        return
    if DEFAULT_SUBNETS not in backend.subnet_groups:
        subnets = [subnet for subnet in ec2.describe_subnets() if subnet.vpc_id == vpc.id]
        backend.create_subnet_group(DEFAULT_SUBNETS, DEFAULT_SUBNETS, subnets, [])
    parameters["db_subnet_group_name"] = DEFAULT_SUBNETS


def _must_be_modifiable(backend: RDSBackend, name: str) -> None:
    cluster = backend.clusters.get(name)
    if cluster is None:
        raise DBClusterNotFoundError(name)
    if cluster.status != "available":
        raise InvalidDBClusterStateFault(f"DB cluster {name} is not in available state.")


def _modify(request: RDSResponse, respond: Callable[[RDSResponse], ActionResult]) -> ActionResult:
    parameters = request.params  # answers to AWS's names and to moto's
    name = parameters["DBInstanceIdentifier"]
    database = request.backend.describe_db_instances(name)[0]
    if database.status not in MODIFIABLE:
        raise RDSClientError("InvalidDBInstanceState", f"Database instance {name} is not in available state.")
    _check_monitoring_role(database, parameters.get("MonitoringRoleArn"))
    principal = identity.principal_of(request.get_access_key())
    if principal is not None and principal.kind == "administrator":
        return respond(request)
    if "NewDBInstanceIdentifier" in parameters:
        raise NotSimulated("ModifyDBInstance", "NewDBInstanceIdentifier")
    pending = _changed(database, parameters, PENDING)
    shown = {key: "****" if key in _SECRET else value for key, value in pending.items()}
    database.pending_modified_values = {**database.pending_modified_values, **shown}
    now = request.PROTOCOL_PARSER_MAP_TYPE(dict(parameters))
    if str(parameters.get("ApplyImmediately")).lower() == "true":
        now.update(database.queued_modifications)
        now.update(parameters)
        busy = "modifying" if database.pending_modified_values else ""
        database.queued_modifications = {}
    else:  # these wait for the maintenance window, which does not come in a simulation
        database.queued_modifications = {**database.queued_modifications, **pending}
        for key in pending:
            del now[key]
        busy = ""
    busy = next((SLOW[key] for key in _changed(database, parameters, SLOW)), busy)
    if busy:
        database.status = busy
        scheduler.spawn(_apply, request.backend, name, now, name=f"modify {name}", delay=MODIFICATION_SECONDS)
    else:
        request.backend.modify_db_instance(name, now)
    return ActionResult({"DBInstance": database})


def _check_monitoring_role(database: DBInstance, role_arn: str | None) -> None:
    """RDS takes no role that it may not assume."""
    source = {"aws:SourceAccount": database.account_id, "aws:SourceArn": database.arn}
    if role_arn and not trusted(role_arn, MONITORING, source):
        message = "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING"
        raise InvalidParameterValue(message)


def _changed(database: DBInstance, parameters: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Those of the parameters, called `names`, that change something."""
    return {
        key: parameters[key]
        for key in names
        if key in parameters and (key in _SECRET or getattr(database, _attribute(key), None) != parameters[key])
    }


def _attribute(parameter: str) -> str:
    return {"MultiAZ": "multi_az", "CACertificateIdentifier": "ca_certificate_identifier"}.get(
        parameter, str(camelcase_to_underscores(parameter))
    )


def _apply(backend: RDSBackend, name: str, parameters: dict[str, Any]) -> None:
    database = backend.databases.get(name)
    if database is None:  # deleted meanwhile
        return
    database.status = "available"
    if str(parameters.get("ApplyImmediately")).lower() == "true":
        database.pending_modified_values = {}
    backend.modify_db_instance(name, parameters)
