from asr_templates.embedded.api_stages import method_setting
from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Undo


def plan(aws: Aws, APIGatewayStageArn: str) -> Plan:
    """A stage of a REST API encrypts the cache of every method that has one."""
    _, _, api, _, stage = APIGatewayStageArn.split("/")
    apigateway = aws("apigateway")
    try:
        settings = apigateway.get_stage(restApiId=api, stageName=stage).get("methodSettings", {})
    except apigateway.exceptions.NotFoundException:
        raise Gone from None
    cached = [method for method in sorted(settings) if settings[method].get("cachingEnabled")]
    plain = [method for method in cached if not settings[method].get("cacheDataEncrypted")]
    if plain:
        on = [method_setting(method, "caching/dataEncrypted", "true") for method in plain]
        off = [method_setting(method, "caching/dataEncrypted", "false") for method in plain]
        back = Undo("update_stage", {"restApiId": api, "stageName": stage, "patchOperations": off})
        these = {"restApiId": api, "stageName": stage, "patchOperations": on}
        yield Change("apigateway", "update_stage", these, undo=back)
    return {method: settings[method].get("cacheDataEncrypted", False) for method in cached}
