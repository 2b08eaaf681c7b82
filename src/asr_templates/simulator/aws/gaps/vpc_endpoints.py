"""EC2: VPC endpoints take their time to come and to go, and hold their security groups meanwhile.

Sources: EC2 API reference, CreateVpcEndpoint, ModifyVpcEndpoint, DeleteVpcEndpoints, DeleteSecurityGroup
(DependencyViolation) and DescribeVpcEndpointServices (Filters). What the administrator makes or deletes is settled at
once.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from moto.core.responses import ActionResult
from moto.ec2.exceptions import DependencyViolationError, EC2ClientError
from moto.ec2.models.security_groups import SecurityGroupBackend
from moto.ec2.models.vpcs import VPCBackend, VPCEndPoint
from moto.ec2.responses.vpcs import VPCs

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.clock import scheduler

CREATION_SECONDS = 120.0
DELETION_SECONDS = 180.0
"""How long an interface endpoint is pending and deleting: minutes, says the user guide."""

Respond = Callable[[VPCs], ActionResult]


@contextmanager
def installed() -> Iterator[None]:
    """Mend endpoints, the services that they lead to, and the deletion of security groups."""
    backend = VPCBackend
    patches: list[tuple[type, str, object]] = [
        (VPCs, "create_vpc_endpoint", _creating(VPCs.create_vpc_endpoint)),
        (VPCs, "modify_vpc_endpoint", _modifying(VPCs.modify_vpc_endpoint)),
        (VPCs, "delete_vpc_endpoints", _deleting(VPCs.delete_vpc_endpoints)),
        (backend, "_filter_endpoint_services", staticmethod(_filtering(backend._filter_endpoint_services))),
        (SecurityGroupBackend, "delete_security_group", _if_unused(SecurityGroupBackend.delete_security_group)),
    ]
    with ExitStack() as stack:
        for owner, name, replacement in patches:
            stack.enter_context(mock.patch.object(owner, name, replacement))
        yield


def _takes_time(request: VPCs) -> bool:
    principal = identity.principal_of(request.get_access_key())
    return principal is not None and principal.kind != "administrator"


def _creating(create: Respond) -> Respond:
    def create_vpc_endpoint(self: VPCs) -> ActionResult:
        made = create(self)
        endpoint: VPCEndPoint = made.result["VpcEndpoint"]
        if (endpoint.vpc_endpoint_type or "").lower() != "interface":
            return made
        if not endpoint.security_group_ids:  # the VPC's default group, where none is named
            default = self.ec2_backend.get_security_group_from_name("default", endpoint.vpc_id)
            endpoint.security_group_ids = [default.id]
        if _takes_time(self):
            endpoint.state = "pending"
            scheduler.spawn(_come, endpoint, name=f"create {endpoint.id}", delay=CREATION_SECONDS)
        return made

    return create_vpc_endpoint


def _come(endpoint: VPCEndPoint) -> None:
    if endpoint.state == "pending":
        endpoint.state = "available"


def _modifying(modify: Respond) -> Respond:
    def modify_vpc_endpoint(self: VPCs) -> ActionResult:
        endpoint = self.ec2_backend.get_vpc_end_point(self._get_param("VpcEndpointId"))
        if endpoint.state != "available":
            raise EC2ClientError("IncorrectState", f"The VPC endpoint {endpoint.id} is {endpoint.state}")
        return modify(self)

    return modify_vpc_endpoint


def _deleting(delete: Respond) -> Respond:
    def delete_vpc_endpoints(self: VPCs) -> ActionResult:
        if not _takes_time(self):
            return delete(self)
        for endpoint_id in self._get_param("VpcEndpointIds", []):
            self.ec2_backend.get_vpc_end_point(endpoint_id).state = "deleting"
            scheduler.spawn(_go, self.ec2_backend, endpoint_id, name=f"delete {endpoint_id}", delay=DELETION_SECONDS)
        return ActionResult({"Unsuccessful": []})

    return delete_vpc_endpoints


def _go(backend: VPCBackend, endpoint_id: str) -> None:
    backend.delete_vpc_endpoints([endpoint_id])
    backend.vpc_end_points.pop(endpoint_id, None)


def _filtering(filter_services: Callable[..., Any]) -> Callable[..., Any]:
    """Moto reads a filter's values under a name that requests do not have any more."""

    def filtered(names: list[str], filters: list[dict[str, Any]], services: list[dict[str, Any]]) -> Any:
        read = [{**each, "Value": each.get("Value") or each.get("Values", [])} for each in filters]
        return filter_services(names, read, services)

    return filtered


def _if_unused(delete: Callable[..., None]) -> Callable[..., None]:
    """A group that an endpoint's network interfaces are in is not deleted."""

    def delete_security_group(self: Any, name: str | None = None, group_id: str | None = None) -> None:
        users = [
            endpoint.id
            for endpoint in self.vpc_end_points.values()
            if group_id in endpoint.security_group_ids and endpoint.state != "deleted"
        ]
        if group_id and users:
            raise DependencyViolationError(f"resource {group_id} has a dependent object")
        delete(self, name, group_id)

    return delete_security_group
