"""EnableAPIGatewayCacheDataEncryption: every method that has a cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest

RUNBOOK = "EnableAPIGatewayCacheDataEncryption"


class Stage:
    """A stage of a REST API."""

    def __init__(self) -> None:
        self.apigateway = boto3.client("apigateway")
        api = self.apigateway.create_rest_api(name="pets")["id"]
        root = self.apigateway.get_resources(restApiId=api)["items"][0]["id"]
        method = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
        self.apigateway.put_method(**method, authorizationType="NONE")
        self.apigateway.put_integration(**method, type="MOCK")
        self.apigateway.create_deployment(restApiId=api, stageName="prod")
        self.names = {"restApiId": api, "stageName": "prod"}
        self.arn = f"arn:aws:apigateway:us-east-1::/restapis/{api}/stages/prod"

    def set(self, path: str, value: str) -> None:
        operation = {"op": "replace", "path": path, "value": value}
        self.apigateway.update_stage(**self.names, patchOperations=[operation])

    def describe(self) -> Any:
        return self.apigateway.get_stage(**self.names)["methodSettings"]


@pytest.fixture
def stage(account: str) -> Stage:
    return Stage()


def test_caches_are_encrypted_and_methods_without_one_stay(prove: Callable[..., Any], stage: Stage) -> None:
    for method, cached in (("*/*", "true"), ("~1pets~1{id}/GET", "true"), ("~1pets/POST", "false")):
        stage.set(f"/{method}/caching/enabled", cached)
        stage.set(f"/{method}/caching/dataEncrypted", "false")

    def drift() -> None:
        stage.set("/*/*/caching/dataEncrypted", "false")

    applied = prove(RUNBOOK, stage.describe, drift, APIGatewayStageArn=stage.arn)

    assert {"*/*": True, "~1pets~1{id}/GET": True} == applied["After"]
    assert not stage.describe()["~1pets/POST"]["cacheDataEncrypted"]


def test_stage_without_caches_is_left_alone(remediation: Callable[[str], Any], stage: Stage) -> None:
    stage.set("/*/*/caching/dataEncrypted", "false")

    assert "NoChange" == remediation(RUNBOOK)(APIGatewayStageArn=stage.arn)["Status"]


@pytest.mark.parametrize("gone", ["/restapis/a1b2c3/stages/prod", "{api}/stages/gone"], ids=["API", "stage"])
def test_stage_that_is_gone_is_no_change(remediation: Callable[[str], Any], stage: Stage, gone: str) -> None:
    suffix = gone.format(api=f"/restapis/{stage.names['restApiId']}")
    output = remediation(RUNBOOK)(APIGatewayStageArn=f"arn:aws:apigateway:us-east-1::{suffix}")

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
