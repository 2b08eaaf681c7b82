"""EC2: what ModifyInstanceMetadataOptions does not name stays (moto's has nothing then); a termination takes its time.

Sources: EC2 API reference, ModifyInstanceMetadataOptions; EC2 user guide, "Instance lifecycle". What the administrator
terminates is terminated at once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from moto.core.responses import ActionResult
from moto.ec2.exceptions import OperationNotPermitted4
from moto.ec2.models.instances import Instance
from moto.ec2.responses.instances import InstanceResponse

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.clock import scheduler

TERMINATION_SECONDS = 60.0
"""How long an instance is shutting down: seconds to minutes."""

SHUTTING_DOWN = (32, "shutting-down")

OPTIONS = {
    "HttpTokens": "http_tokens",
    "HttpPutResponseHopLimit": "http_put_response_hop_limit",
    "HttpEndpoint": "http_endpoint",
    "HttpProtocolIpv6": "http_protocol_ipv6",
    "InstanceMetadataTags": "instance_metadata_tags",
}
"""Parameter of the API -> attribute of moto's MetadataOptions."""


@contextmanager
def installed() -> Iterator[None]:
    """Mend ModifyInstanceMetadataOptions and TerminateInstances."""
    terminate = InstanceResponse.terminate_instances

    def terminate_instances(self: InstanceResponse) -> ActionResult:
        principal = identity.principal_of(self.get_access_key())
        if principal is not None and principal.kind == "administrator":
            return terminate(self)
        # As moto sees it the instances go later; what refuses a termination refuses it now.
        instances = self.ec2_backend.get_multi_instances_by_id(self._get_param("InstanceIds", []))
        protected = next((instance.id for instance in instances if instance.disable_api_termination), None)
        if protected:
            raise OperationNotPermitted4(protected)
        changes = [_shut_down(instance) for instance in instances]
        scheduler.spawn(terminate, self, name="terminate instances", delay=TERMINATION_SECONDS)
        return ActionResult({"TerminatingInstances": changes})

    with (
        mock.patch.object(InstanceResponse, "modify_instance_metadata_options", _modify_metadata_options),
        mock.patch.object(InstanceResponse, "terminate_instances", terminate_instances),
    ):
        yield


def _shut_down(instance: Instance) -> dict[str, Any]:
    before = {"Code": instance._state.code, "Name": instance._state.name}
    instance._state.code, instance._state.name = SHUTTING_DOWN
    after = {"Code": instance._state.code, "Name": instance._state.name}
    return {"InstanceId": instance.id, "CurrentState": after, "PreviousState": before}


def _modify_metadata_options(self: InstanceResponse) -> ActionResult:
    instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
    for parameter, attribute in OPTIONS.items():
        value = self._get_param(parameter)
        if value is not None:
            setattr(instance.metadata_options, attribute, value)
    return ActionResult({"InstanceId": instance.id, "InstanceMetadataOptions": instance.metadata_options})
