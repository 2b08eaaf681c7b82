"""The resource types that can be created, one module per service, each with one table of handlers."""

from collections.abc import Mapping

from asr_templates.simulator.aws.cloudformation.properties import is_custom
from asr_templates.simulator.aws.cloudformation.resources import (
    cloudformation,
    cloudwatch,
    dynamodb,
    events,
    iam,
    kms,
    lambda_,
    logs,
    s3,
    sns,
    sqs,
    ssm,
    step_functions,
)
from asr_templates.simulator.aws.cloudformation.resources.handler import Handler
from asr_templates.simulator.aws.errors import NotSimulated

MODULES = (
    cloudformation,
    cloudwatch,
    dynamodb,
    events,
    iam,
    kms,
    lambda_,
    logs,
    s3,
    sns,
    sqs,
    ssm,
    step_functions,
)
HANDLERS: Mapping[str, Handler] = {name: entry for module in MODULES for name, entry in module.HANDLERS.items()}


def handler_of(resource_type: str, place: str) -> Handler:
    """Find how a type is created. Raises NotSimulated with the place if it is not known here."""
    if is_custom(resource_type):
        return cloudformation.CUSTOM
    if resource_type not in HANDLERS:
        raise NotSimulated(place, f"resource type {resource_type}")
    return HANDLERS[resource_type]
