"""Stages of API Gateway log where there is a role for it, and settings of methods can be taken away."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws.errors import NotSimulated

ACCOUNT = "111111111111"
NO_ROLE = "BadRequestException.*CloudWatch Logs role ARN must be set"
INFO = {"LoggingLevel": "INFO"}


class Stages:
    def __init__(self, session: Any) -> None:
        self.rest = session.client("apigateway", region_name="eu-west-1")
        self.others = session.client("apigatewayv2", region_name="eu-west-1")
        api = self.rest.create_rest_api(name="pets")["id"]
        root = self.rest.get_resources(restApiId=api)["items"][0]["id"]
        method = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
        self.rest.put_method(**method, authorizationType="NONE")
        self.rest.put_integration(**method, type="MOCK")
        self.rest.create_deployment(restApiId=api, stageName="prod")
        self.names = {"restApiId": api, "stageName": "prod"}
        made = self.others.create_api(Name="chat", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.a")
        self.place = {"ApiId": made["ApiId"], "StageName": "prod"}
        self.others.create_stage(**self.place)

    def set_role(self) -> None:
        role = {"op": "replace", "path": "/cloudwatchRoleArn", "value": f"arn:aws:iam::{ACCOUNT}:role/logs"}
        self.rest.update_account(patchOperations=[role])

    def patch(self, op: str, path: str, **value: str) -> None:
        self.rest.update_stage(**self.names, patchOperations=[{"op": op, "path": path, **value}])

    def methods(self) -> Any:
        return self.rest.get_stage(**self.names)["methodSettings"]


@pytest.fixture
def stages(environment: Any) -> Stages:
    return Stages(environment.session(ACCOUNT))


@pytest.mark.parametrize("method", ["*/*", "~1pets~1{id}/GET"])
def test_settings_of_a_method_can_be_taken_away(stages: Stages, method: str) -> None:
    stages.patch("replace", "/~1other/GET/metrics/enabled", value="true")
    before = stages.methods()
    stages.patch("replace", f"/{method}/metrics/enabled", value="true")
    with_method = set(stages.methods())
    stages.patch("remove", f"/{method}")

    assert ({*before, method}, before) == (with_method, stages.methods())


def test_rest_stage_logs_only_where_there_is_a_role(stages: Stages) -> None:
    stages.patch("replace", "/*/*/logging/loglevel", value="OFF")
    with pytest.raises(ClientError, match=NO_ROLE):
        stages.patch("replace", "/*/*/logging/loglevel", value="ERROR")
    stages.set_role()
    stages.patch("replace", "/*/*/logging/loglevel", value="ERROR")

    assert "ERROR" == stages.methods()["*/*"]["loggingLevel"]


def test_websocket_stage_logs_only_where_there_is_a_role(stages: Stages) -> None:
    for settings in ({"DefaultRouteSettings": INFO}, {"RouteSettings": {"send": INFO}}):
        with pytest.raises(ClientError, match=NO_ROLE):
            stages.others.update_stage(**stages.place, **settings)
    stages.set_role()
    stages.others.update_stage(**stages.place, DefaultRouteSettings=INFO, RouteSettings={"send": INFO})

    found = stages.others.get_stage(**stages.place)
    assert (INFO, {"send": INFO}) == (found["DefaultRouteSettings"], found["RouteSettings"])


def test_setting_of_a_websocket_stage_that_is_not_simulated_is_named(stages: Stages) -> None:
    with pytest.raises(NotSimulated, match="autoDeploy"):
        stages.others.update_stage(**stages.place, AutoDeploy=True)


def test_websocket_stage_that_does_not_exist_is_an_error(stages: Stages) -> None:
    with pytest.raises(ClientError, match="NotFoundException"):
        stages.others.update_stage(**{**stages.place, "StageName": "gone"}, Description="x")
