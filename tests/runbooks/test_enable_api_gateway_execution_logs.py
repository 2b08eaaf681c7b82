"""EnableAPIGatewayExecutionLogs: stages of REST and WebSocket APIs log at the level that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from asr_templates.simulator.aws.gaps import api_gateway as gap

RUNBOOK = "EnableAPIGatewayExecutionLogs"
ROLE = "arn:aws:iam::123456789012:role/api-logs"


class Stages:
    """Stages of REST and other APIs, in a region whose account settings have a role for CloudWatch Logs."""

    def __init__(self) -> None:
        self.rest, self.others = boto3.client("apigateway"), boto3.client("apigatewayv2")
        self.set_role(ROLE)

    def set_role(self, role: str) -> None:
        self.rest.update_account(patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": role}])

    def create_rest(self) -> str:
        api = self.rest.create_rest_api(name="pets")["id"]
        root = self.rest.get_resources(restApiId=api)["items"][0]["id"]
        method = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
        self.rest.put_method(**method, authorizationType="NONE")
        self.rest.put_integration(**method, type="MOCK")
        self.rest.create_deployment(restApiId=api, stageName="prod")
        return f"/restapis/{api}/stages/prod"

    def set(self, suffix: str, path: str, value: str) -> None:
        operation = {"op": "replace", "path": path, "value": value}
        self.rest.update_stage(restApiId=suffix.split("/")[2], stageName="prod", patchOperations=[operation])

    def create(self, protocol: str, **settings: Any) -> str:
        api = self.others.create_api(Name="chat", ProtocolType=protocol, RouteSelectionExpression="$request.body.a")
        self.others.create_stage(ApiId=api["ApiId"], StageName="prod", **settings)
        return f"/apis/{api['ApiId']}/stages/prod"

    def describe(self, suffix: str) -> Any:
        _, kind, api, _, stage = suffix.split("/")
        if kind == "restapis":
            settings = self.rest.get_stage(restApiId=api, stageName=stage)["methodSettings"]
            return {method: {"loggingLevel": "OFF", **settings[method]} for method in settings}
        found = self.others.get_stage(ApiId=api, StageName=stage)
        return found["DefaultRouteSettings"], found["RouteSettings"]


@pytest.fixture
def stages(account: str) -> Iterator[Stages]:
    with gap.installed():
        yield Stages()


@pytest.mark.parametrize("level", ["INFO", "ERROR"])
def test_all_methods_of_a_rest_api_log(prove: Callable[..., Any], stages: Stages, level: str) -> None:
    stage = stages.create_rest()
    stages.set(stage, "/~1pets/GET/throttling/burstLimit", "10")
    stages.set(stage, "/~1/POST/logging/loglevel", "ERROR")

    def drift() -> None:
        stages.set(stage, "/*/*/logging/loglevel", "OFF")

    applied = prove(RUNBOOK, lambda: stages.describe(stage), drift, APIGatewayStageArnSuffix=stage, loggingLevel=level)

    expected = dict.fromkeys(["*/*", "~1pets/GET", "~1/POST"], level)
    assert {"loggingLevel": expected} == applied["After"]
    assert 10 == stages.describe(stage)["~1pets/GET"]["throttlingBurstLimit"]


def test_default_of_a_rest_api_that_was_there_is_restored(prove: Callable[..., Any], stages: Stages) -> None:
    stage = stages.create_rest()
    stages.set(stage, "/*/*/metrics/enabled", "true")
    stages.set(stage, "/*/*/logging/loglevel", "OFF")

    prove(RUNBOOK, lambda: stages.describe(stage), APIGatewayStageArnSuffix=stage, loggingLevel="INFO")


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"DefaultRouteSettings": {"DataTraceEnabled": False, "LoggingLevel": "OFF", "ThrottlingBurstLimit": 5}},
        {"RouteSettings": {"$connect": {"LoggingLevel": "ERROR"}, "send": {"ThrottlingBurstLimit": 7}}},
    ],
    ids=["without settings", "default", "routes"],
)
def test_all_routes_of_a_websocket_api_log(prove: Callable[..., Any], stages: Stages, settings: dict[str, Any]) -> None:
    stage = stages.create("WEBSOCKET", **settings)

    prove(RUNBOOK, lambda: stages.describe(stage), APIGatewayStageArnSuffix=stage, loggingLevel="INFO")

    default, routes = stages.describe(stage)
    given = settings.get("DefaultRouteSettings", {})
    assert given.get("ThrottlingBurstLimit") == default.get("ThrottlingBurstLimit")
    assert {"ThrottlingBurstLimit": 7} == routes.get("send", {"ThrottlingBurstLimit": 7})


def test_http_api_is_refused(remediation: Callable[[str], Any], stages: Stages) -> None:
    output = remediation(RUNBOOK)(APIGatewayStageArnSuffix=stages.create("HTTP"), loggingLevel="INFO")

    assert ("Refused", "an HTTP API has no execution logs") == (output["Status"], output["Message"])


@pytest.mark.parametrize("kind", ["REST", "WEBSOCKET"])
def test_region_without_a_role_for_logs_is_refused(
    remediation: Callable[[str], Any], stages: Stages, kind: str
) -> None:
    stage = stages.create_rest() if kind == "REST" else stages.create(kind)
    stages.set_role("")
    before = stages.describe(stage)
    output = remediation(RUNBOOK)(APIGatewayStageArnSuffix=stage, loggingLevel="INFO")

    expected = "API Gateway has no role for CloudWatch Logs in this region: set one in its account settings"
    assert ("Refused", expected, before) == (output["Status"], output["Message"], stages.describe(stage))


@pytest.mark.parametrize("gone", ["/restapis/a1b2c3/stages/prod", "/apis/a1b2c3/stages/prod"], ids=["REST", "other"])
def test_stage_that_is_gone_is_no_change(remediation: Callable[[str], Any], stages: Stages, gone: str) -> None:
    output = remediation(RUNBOOK)(APIGatewayStageArnSuffix=gone, loggingLevel="INFO")

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
