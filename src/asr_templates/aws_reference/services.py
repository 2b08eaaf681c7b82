"""The names of an AWS service: botocore's (`elbv2`), IAM's prefix (`elasticloadbalancing`), Step Functions' (`sfn`).

The names of services are as botocore spells them unless a function says otherwise.
"""

from __future__ import annotations

import difflib
from functools import lru_cache

import botocore.session
from botocore.exceptions import DataNotFoundError
from botocore.model import ServiceModel

# Where IAM's prefix is not the name that requests are signed with (botocore's signing name).
IAM_PREFIXES = {
    "cloudwatch": "cloudwatch",
    "cloudcontrol": "cloudformation",
    "iot-data": "iot",
    "iot-jobs-data": "iotjobsdata",
    "iotsecuretunneling": "iot",
    "keyspaces": "cassandra",
    "mturk": "mechanicalturk",
    "resourcegroupstaggingapi": "tag",
    "sso": "sso",
}

# Names in Step Functions' AWS SDK integrations (Step Functions developer guide, "Supported AWS SDK service
# integrations"). `sfn` follows no rule; the others, service ids without spaces, save reading all of botocore's models.
SDK_INTEGRATIONS = {
    "cloudwatchlogs": "logs",
    "configservice": "config",
    "elasticloadbalancingv2": "elbv2",
    "eventbridge": "events",
    "resourcegroupstaggingapi": "resourcegroupstaggingapi",
    "sfn": "stepfunctions",
}


class UnknownServiceError(ValueError):
    """No AWS service has this name; the message gives the nearest one."""


@lru_cache(maxsize=1)
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


@lru_cache(maxsize=1)
def service_names() -> tuple[str, ...]:
    """All services, as botocore and boto3 name them."""
    return tuple(_session().get_available_services())


def is_service(service: str) -> bool:
    """Whether botocore has a client of this name."""
    return service in service_names()


@lru_cache(maxsize=64)
def model(service: str) -> ServiceModel:
    """botocore's model of a service; UnknownServiceError if there is none."""
    if not is_service(service):
        raise UnknownServiceError(f"unknown AWS service {service!r}{_suggestion(service)}")

    return _session().get_service_model(service)


@lru_cache(maxsize=64)
def paginated_operations(service: str) -> frozenset[str]:
    """The operations of a service that botocore has a paginator for, as the API names them."""
    try:
        paginators = _session().get_component("data_loader").load_service_model(service, "paginators-1")
    except DataNotFoundError:
        return frozenset()
    return frozenset(paginators["pagination"])


def _suggestion(service: str) -> str:
    nearest = difflib.get_close_matches(service.lower(), service_names(), n=1)

    return f"; did you mean {nearest[0]!r}?" if nearest else ""


def iam_prefix(service: str) -> str:
    """The prefix of a service's IAM actions: `states` for stepfunctions."""
    return IAM_PREFIXES.get(service) or model(service).signing_name


@lru_cache(maxsize=1)
def _services_by_id() -> dict[str, str]:
    return {_service_id(service): service for service in service_names()}


def _service_id(service: str) -> str:
    return str(model(service).service_id).replace(" ", "").lower()


def service_of_sdk_integration(name: str) -> str:
    """The service of a Step Functions SDK integration: `cloudwatchlogs` in `aws-sdk:cloudwatchlogs:...` is logs."""
    name = name.lower()
    if name in SDK_INTEGRATIONS:
        return SDK_INTEGRATIONS[name]
    if is_service(name) and _service_id(name) == name:
        return name

    service = _services_by_id().get(name)
    if service is None:
        raise UnknownServiceError(f"Step Functions has no AWS SDK integration {name!r}")

    return service


def ssm_service_name(name: str) -> str:
    """How aws:executeAwsApi and its relatives want a service spelled: the name of its boto3 client.

    An IAM prefix is understood too (`states` gives stepfunctions), if exactly one client has it.
    Source: Systems Manager user guide, "aws:executeAwsApi", input Service.
    """
    if is_service(name):
        return name

    clients = [service for service in service_names() if iam_prefix(service) == name]
    if len(clients) != 1:
        raise UnknownServiceError(f"unknown AWS service {name!r}{_suggestion(name)}")

    return clients[0]
