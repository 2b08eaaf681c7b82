"""Broken resources of Amazon API Gateway."""

from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario


def api_and_stage(resource_id: str) -> dict[str, str]:
    """Return the parameters that name a stage of a REST API."""
    _, _, api, _, stage = resource_id.split("/")
    return {"restApiId": api, "stageName": stage}


def patch(place: Place, resource_id: str, path: str, value: str) -> None:
    """Replace one setting of a stage."""
    operations = [{"op": "replace", "path": path, "value": value}]
    place.client("apigateway").update_stage(**api_and_stage(resource_id), patchOperations=operations)


def stage_of_pets(place: Place) -> str:
    """A deployed REST API with one method, in a region whose account settings have a role for CloudWatch Logs."""
    apigateway = place.client("apigateway")
    role = f"arn:{place.partition}:iam::{place.account}:role/api-logs"
    apigateway.update_account(patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": role}])
    api = apigateway.create_rest_api(name="pets")["id"]
    root = apigateway.get_resources(restApiId=api)["items"][0]["id"]
    pets = apigateway.create_resource(restApiId=api, parentId=root, pathPart="pets")["id"]
    method = {"restApiId": api, "resourceId": pets, "httpMethod": "GET"}
    apigateway.put_method(**method, authorizationType="NONE")
    apigateway.put_integration(**method, type="MOCK")
    deployment = apigateway.create_deployment(restApiId=api)["id"]
    apigateway.create_stage(restApiId=api, stageName="prod", deploymentId=deployment, cacheClusterEnabled=True)
    return f"arn:{place.partition}:apigateway:{place.region}::/restapis/{api}/stages/prod"


def stage_with_plain_cache(place: Place) -> str:
    """A stage with two caches in clear text and a setting of a method without one."""
    stage = stage_of_pets(place)
    for method in ("/*/*", "/~1pets/GET"):
        patch(place, stage, f"{method}/caching/enabled", "true")
        patch(place, stage, f"{method}/caching/dataEncrypted", "false")
    patch(place, stage, "/~1pets/POST/caching/dataEncrypted", "false")
    return stage


def silent_stage(place: Place) -> str:
    """A stage without logs, one method of which has settings of its own."""
    stage = stage_of_pets(place)
    patch(place, stage, "/~1pets/GET/throttling/burstLimit", "10")
    return stage


def described(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the whole stage; a method that states no log level logs nothing."""
    stage = place.client("apigateway").get_stage(**api_and_stage(resource_id))
    settings = stage.get("methodSettings", {})
    methods = {method: {"loggingLevel": "OFF", **settings[method]} for method in settings}
    return {**{name: stage[name] for name in stage if name != "ResponseMetadata"}, "methodSettings": methods}


def encrypts_its_caches(place: Place, resource_id: str) -> bool:
    """Each method with a cache encrypts it; the method without one is as it was."""
    methods = described(place, resource_id)["methodSettings"]
    cached = [method for method in methods if methods[method]["cachingEnabled"]]
    encrypted = [method for method in methods if methods[method]["cacheDataEncrypted"]]
    return sorted(cached) == sorted(encrypted) == ["*/*", "~1pets/GET"]


def logs(place: Place, resource_id: str) -> bool:
    """All methods log, and the setting of one of them is still there."""
    methods = described(place, resource_id)["methodSettings"]
    levels = {method: methods[method]["loggingLevel"] for method in methods}
    return levels == {"*/*": "INFO", "~1pets/GET": "INFO"} and methods["~1pets/GET"]["throttlingBurstLimit"] == 10


def stop_encrypting(place: Place, resource_id: str) -> None:
    """Someone switches the encryption of one cache off again."""
    patch(place, resource_id, "/~1pets/GET/caching/dataEncrypted", "false")


def stop_logging(place: Place, resource_id: str) -> None:
    """Someone switches the logs of one method off again."""
    patch(place, resource_id, "/~1pets/GET/logging/loglevel", "OFF")


SCENARIOS = {
    "APIGateway.1": Scenario(silent_stage, logs, described, stop_logging),
    "APIGateway.5": Scenario(stage_with_plain_cache, encrypts_its_caches, described, stop_encrypting),
}
