"""RDS: a modification takes its time and is pending until it is done; an instance lies in subnets.

Source: RDS user guide, "Modifying an Amazon RDS DB instance"; API reference, ModifyDBInstance. What a person (the
administrator of the simulation) changes is settled at once: tests prepare resources, runbooks wait for them.
"""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any
from unittest import mock

from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores
from moto.ec2.models import ec2_backends
from moto.rds.exceptions import RDSClientError
from moto.rds.models import DBInstance, RDSBackend
from moto.rds.responses import RDSResponse

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.aws.errors import NotSimulated

MODIFICATION_SECONDS = 600.0
"""How long a modification takes. Really minutes to hours."""

DEFAULT_SUBNETS = "default"

# API reference, PendingModifiedValues: the parameters of ModifyDBInstance that are shown there until they are done.
PENDING = (
    *("AllocatedStorage", "BackupRetentionPeriod", "CACertificateIdentifier", "DBInstanceClass", "Engine"),
    *("EngineVersion", "Iops", "LicenseModel", "MasterUserPassword", "MultiAZ", "StorageThroughput", "StorageType"),
)
_SECRET = ("MasterUserPassword",)


@contextmanager
def installed() -> Iterator[None]:
    """Mend ModifyDBInstance and the subnets of new instances."""
    respond, create = RDSResponse.modify_db_instance, RDSBackend.create_db_instance

    def modify_db_instance(self: RDSResponse) -> ActionResult:
        return _modify(self, respond)

    def create_db_instance(self: RDSBackend, parameters: MutableMapping[str, Any]) -> DBInstance:
        _place_in_default_subnets(self, parameters)
        return create(self, parameters)

    with (
        mock.patch.object(DBInstance, "pending_modified_values", {}, create=True),  # empty, but always there
        mock.patch.object(RDSResponse, "modify_db_instance", modify_db_instance),
        mock.patch.object(RDSBackend, "create_db_instance", create_db_instance),
    ):
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


def _modify(request: RDSResponse, respond: Callable[[RDSResponse], ActionResult]) -> ActionResult:
    parameters = request.params  # answers to AWS's names and to moto's
    name = parameters["DBInstanceIdentifier"]
    database = request.backend.describe_db_instances(name)[0]
    if database.status != "available":
        raise RDSClientError("InvalidDBInstanceState", f"Database instance {name} is not in available state.")
    principal = identity.principal_of(request.get_access_key())
    if principal is not None and principal.kind == "administrator":
        return respond(request)
    if "NewDBInstanceIdentifier" in parameters:
        raise NotSimulated("ModifyDBInstance", "NewDBInstanceIdentifier")
    pending = _pending(database, parameters)
    if not pending:
        return respond(request)
    shown = {key: "****" if key in _SECRET else value for key, value in pending.items()}
    database.pending_modified_values = {**database.pending_modified_values, **shown}
    if str(parameters.get("ApplyImmediately")).lower() == "true":
        database.status = "modifying"
        scheduler.spawn(_apply, request.backend, name, parameters, name=f"modify {name}", delay=MODIFICATION_SECONDS)
    # Otherwise it waits for the maintenance window, which does not come in a simulation.
    return ActionResult({"DBInstance": database})


def _pending(database: DBInstance, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that change something and take time."""
    return {
        key: parameters[key]
        for key in PENDING
        if key in parameters and (key in _SECRET or getattr(database, _attribute(key), None) != parameters[key])
    }


def _attribute(parameter: str) -> str:
    return {"MultiAZ": "multi_az", "CACertificateIdentifier": "ca_certificate_identifier"}.get(
        parameter, str(camelcase_to_underscores(parameter))
    )


def _apply(backend: RDSBackend, name: str, parameters: Mapping[str, Any]) -> None:
    database = backend.databases.get(name)
    if database is None:  # deleted meanwhile
        return
    database.status = "available"
    database.pending_modified_values = {}
    backend.modify_db_instance(name, parameters)
