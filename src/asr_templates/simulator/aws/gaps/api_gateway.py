"""API Gateway: stages that log, and settings of methods that can be taken away.

Sources: API Gateway REST API reference, "PatchOperation" of stages; developer guide, "Set up CloudWatch logging for
REST APIs": a stage can log only where the account settings of the region have a role for CloudWatch Logs.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from unittest import mock
from urllib.parse import unquote

from moto.apigateway.exceptions import BadRequestException
from moto.apigateway.models import APIGatewayBackend, Stage, apigateway_backends
from moto.apigatewayv2.responses import ApiGatewayV2Response
from moto.core.responses import TYPE_RESPONSE

from asr_templates.simulator.aws.errors import NotSimulated

Operations = list[dict[str, Any]]

UPDATED = {
    "accessLogSettings": "access_log_settings",
    "defaultRouteSettings": "default_route_settings",
    "description": "description",
    "routeSettings": "route_settings",
    "stageVariables": "stage_variables",
}
"""Parameters of UpdateStage of version 2 -> moto's attribute of a stage."""

NO_ROLE = "CloudWatch Logs role ARN must be set in account settings to enable logging"


@contextmanager
def installed() -> Iterator[None]:
    """Mend moto's stages, and add UpdateStage of version 2."""
    update, apply = APIGatewayBackend.update_stage, Stage.apply_operations

    def update_stage(self: APIGatewayBackend, function_id: str, stage_name: str, patch_operations: Operations) -> Stage:
        levels = [step.get("value") for step in patch_operations if step["path"].endswith("/logging/loglevel")]
        _require_role(self.account_id, self.region_name, levels)
        return update(self, function_id, stage_name, patch_operations)

    def apply_operations(self: Stage, patch_operations: Operations) -> Stage:
        return _apply(self, patch_operations, apply)

    with (
        mock.patch.object(APIGatewayBackend, "update_stage", update_stage),
        mock.patch.object(Stage, "apply_operations", apply_operations),
        mock.patch.object(ApiGatewayV2Response, "update_stage", _update_stage, create=True),
    ):
        yield


def _require_role(account_id: str, region: str, levels: list[str | None]) -> None:
    role = apigateway_backends[account_id][region].account.cloudwatch_role_arn
    if not role and any(level not in (None, "OFF") for level in levels):
        raise BadRequestException(NO_ROLE)


def _apply(stage: Stage, operations: Operations, others: Callable[[Stage, Operations], Stage]) -> Stage:
    """Apply patch operations; moto passes over the removal of a method's settings (`/*/*`, `/~1pets/GET`)."""
    for operation in operations:
        method = operation["path"].removeprefix("/")
        if operation["op"] == "remove" and method in stage.method_settings:
            del stage.method_settings[method]
        else:
            others(stage, [operation])
    return stage


def _update_stage(request: ApiGatewayV2Response) -> TYPE_RESPONSE:
    *_, api_id, _, stage_name = request.path.split("/")
    stage = request.apigatewayv2_backend.get_stage(api_id, unquote(stage_name))
    given: Mapping[str, Any] = json.loads(request.body)
    unknown = sorted(set(given) - set(UPDATED))
    if unknown:
        raise NotSimulated("UpdateStage of API Gateway version 2", unknown[0])
    settings = [given.get("defaultRouteSettings", {}), *given.get("routeSettings", {}).values()]
    backend = request.apigatewayv2_backend
    _require_role(backend.account_id, backend.region_name, [each.get("loggingLevel") for each in settings])
    for name, value in given.items():
        setattr(stage, UPDATED[name], value)
    stage.updated = datetime.now()
    return 200, {}, json.dumps(stage.to_json())
