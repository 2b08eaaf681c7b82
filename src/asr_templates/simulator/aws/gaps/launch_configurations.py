"""EC2 Auto Scaling: a launch configuration keeps all that it was made with, and is neither replaced nor in use deleted.

Source: Amazon EC2 Auto Scaling API reference, CreateLaunchConfiguration (AlreadyExists), DeleteLaunchConfiguration
(ResourceInUse), UpdateAutoScalingGroup.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError
from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup, FakeLaunchConfiguration
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult


@contextmanager
def installed() -> Iterator[None]:
    """Mend moto's launch configurations."""
    create = AutoScalingResponse.create_launch_configuration
    delete = AutoScalingBackend.delete_launch_configuration
    set_configuration = FakeAutoScalingGroup._set_launch_configuration

    def create_launch_configuration(self: AutoScalingResponse) -> ActionResult:
        name = self._get_param("LaunchConfigurationName")
        made = self.autoscaling_backend.launch_configurations
        if name in made:
            raise AutoscalingClientError("AlreadyExists", f"Launch Configuration by this name already exists - {name}")
        answer: ActionResult = create(self)
        if self._get_param("AssociatePublicIpAddress") is None:  # then the subnet decides
            made[name].__dict__["associate_public_ip_address"] = None
        made[name].__dict__["placement_tenancy"] = self._get_param("PlacementTenancy")
        return answer

    def delete_launch_configuration(self: AutoScalingBackend, launch_configuration_name: str) -> None:
        if launch_configuration_name not in self.launch_configurations:
            raise ValidationError(f"Launch configuration name not found - {launch_configuration_name}")
        for group in self.autoscaling_groups.values():
            if getattr(group, "launch_configuration_name", None) == launch_configuration_name:
                message = f"Cannot delete launch configuration {launch_configuration_name} because it is attached to"
                raise AutoscalingClientError("ResourceInUse", f"{message} AutoScalingGroup {group.name}")
        delete(self, launch_configuration_name)

    def set_launch_configuration(self: FakeAutoScalingGroup, name: str, *args: Any, **kwargs: Any) -> None:
        if name and name not in self.autoscaling_backend.launch_configurations:
            raise ValidationError(f"Launch configuration name not found - {name}")
        set_configuration(self, name, *args, **kwargs)

    with (
        mock.patch.object(AutoScalingResponse, "create_launch_configuration", create_launch_configuration),
        mock.patch.object(AutoScalingBackend, "delete_launch_configuration", delete_launch_configuration),
        mock.patch.object(FakeAutoScalingGroup, "_set_launch_configuration", set_launch_configuration),
        mock.patch.object(FakeLaunchConfiguration, "block_device_mappings", property(_mappings)),
    ):
        yield


def _mappings(configuration: FakeLaunchConfiguration) -> list[dict[str, Any]]:
    """Return the mappings as they were given; moto fills each with all that a mapping can have."""
    return configuration.block_device_mapping_dict or []
