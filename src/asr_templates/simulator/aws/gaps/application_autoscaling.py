"""Application Auto Scaling: a target has two bounds, brings its table within them, and takes its policies along.

Sources: API reference, RegisterScalableTarget (both capacities are required for a new target; capacity outside of them
is brought within), PutScalingPolicy (ObjectNotFoundException without a target), DeregisterScalableTarget (its scaling
policies are deleted). Of resources only the tables of DynamoDB are moved.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from moto.applicationautoscaling.exceptions import AWSValidationException
from moto.applicationautoscaling.models import (
    ApplicationAutoscalingBackend,
    FakeApplicationAutoscalingPolicy,
    FakeScalableTarget,
)
from moto.core.exceptions import JsonRESTError
from moto.dynamodb.models import dynamodb_backends
from moto.utilities.utils import get_partition

_ROLE = "role/aws-service-role/dynamodb.application-autoscaling.amazonaws.com"
_ROLE_NAME = "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable"


@contextmanager
def installed() -> Iterator[None]:
    """Mend scalable targets and their policies."""
    backend = ApplicationAutoscalingBackend
    register, deregister = backend.register_scalable_target, backend.deregister_scalable_target
    put = backend.put_scaling_policy

    def register_scalable_target(
        self: ApplicationAutoscalingBackend,
        namespace: str,
        r_id: str,
        dimension: str,
        min_capacity: int | None,
        max_capacity: int | None,
        **settings: Any,
    ) -> FakeScalableTarget:
        former = self.targets.get(dimension, {}).get(r_id)
        low = min_capacity if min_capacity is not None else former and former.min_capacity
        high = max_capacity if max_capacity is not None else former and former.max_capacity
        if low is None or high is None:
            raise AWSValidationException("You must specify both MinCapacity and MaxCapacity for a new scalable target")
        if low > high:
            raise AWSValidationException("Maximum capacity cannot be less than minimum capacity")
        target = register(self, namespace, r_id, dimension, low, high, **settings)
        if namespace == "dynamodb" and dimension.startswith("dynamodb:table:"):
            partition = get_partition(self.region_name)
            target.role_arn = f"arn:{partition}:iam::{self.account_id}:{_ROLE}/{_ROLE_NAME}"
            _move_table(self, r_id.removeprefix("table/"), dimension.rpartition(":")[2], low, high)
        return target

    def deregister_scalable_target(
        self: ApplicationAutoscalingBackend, namespace: str, r_id: str, dimension: str
    ) -> None:
        deregister(self, namespace, r_id, dimension)
        for key, policy in list(self.policies.items()):
            if (policy.resource_id, policy.scalable_dimension) == (r_id, dimension):
                policy.delete_alarms(self.account_id, self.region_name)
                del self.policies[key]

    def put_scaling_policy(
        self: ApplicationAutoscalingBackend,
        policy_name: str,
        service_namespace: str,
        resource_id: str,
        scalable_dimension: str,
        **settings: Any,
    ) -> FakeApplicationAutoscalingPolicy:
        if resource_id not in self.targets.get(scalable_dimension, {}):
            place = f"service namespace: {service_namespace}, resource ID: {resource_id}"
            message = f"No scalable target registered for {place}, scalable dimension: {scalable_dimension}"
            raise JsonRESTError("ObjectNotFoundException", message)
        return put(self, policy_name, service_namespace, resource_id, scalable_dimension, **settings)

    with (
        mock.patch.object(backend, "register_scalable_target", register_scalable_target),
        mock.patch.object(backend, "deregister_scalable_target", deregister_scalable_target),
        mock.patch.object(backend, "put_scaling_policy", put_scaling_policy),
    ):
        yield


def _move_table(backend: ApplicationAutoscalingBackend, name: str, units: str, low: int, high: int) -> None:
    tables = dynamodb_backends[backend.account_id][backend.region_name].tables
    if name not in tables:
        raise AWSValidationException(f"DynamoDB table does not exist: table/{name}")
    throughput = tables[name].throughput
    throughput[units] = min(max(throughput[units], low), high)
