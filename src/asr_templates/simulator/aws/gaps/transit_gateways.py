"""EC2: a transit gateway is `modifying` for a while after a change, and takes no other one until it is done.

Source: EC2 API reference, ModifyTransitGateway and TransitGateway (State). What the administrator changes is settled
at once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError, InvalidTransitGatewayID
from moto.ec2.models.transit_gateway import TransitGateway
from moto.ec2.responses.transit_gateways import TransitGateways

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.clock import scheduler

MODIFICATION_SECONDS = 120.0
"""How long a modification takes; AWS states none."""


@contextmanager
def installed() -> Iterator[None]:
    """Mend ModifyTransitGateway."""
    with mock.patch.object(TransitGateways, "modify_transit_gateway", _modify):
        yield


def _modify(self: TransitGateways) -> ActionResult:
    gateway_id = self._get_param("TransitGatewayId")
    gateway = self.ec2_backend.transit_gateways.get(gateway_id)
    if gateway is None:
        raise InvalidTransitGatewayID(gateway_id)
    if gateway.state != "available":
        raise EC2ClientError("IncorrectState", f"{gateway_id} is in invalid state")
    options = self._get_param("Options", {})
    gateway.description = self._get_param("Description") or gateway.description
    principal = identity.principal_of(self.get_access_key())
    if principal is not None and principal.kind == "administrator":
        gateway.options.update(options)
    else:
        gateway.state = "modifying"
        scheduler.spawn(_settle, gateway, options, name=f"modify {gateway_id}", delay=MODIFICATION_SECONDS)
    return ActionResult({"TransitGateway": gateway})


def _settle(gateway: TransitGateway, options: dict[str, str]) -> None:
    gateway.options.update(options)
    gateway.state = "available"
