from asr_templates.embedded.api_stages import method_setting
from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Record, Refuse, Undo


def plan(aws: Aws, APIGatewayStageArnSuffix: str, loggingLevel: str) -> Plan:
    """A stage of a REST or WebSocket API logs the executions of all of its methods or routes at the level."""
    if not aws("apigateway").get_account().get("cloudwatchRoleArn"):
        raise Refuse("API Gateway has no role for CloudWatch Logs in this region: set one in its account settings")
    _, kind, api, _, stage = APIGatewayStageArnSuffix.split("/")
    if kind == "restapis":
        levels = yield from rest_stage(aws, api, stage, loggingLevel)
    else:
        levels = yield from websocket_stage(aws, api, stage, loggingLevel)
    return {"loggingLevel": levels}


def rest_stage(aws: Aws, api: str, stage: str, level: str) -> Plan:
    """Yield what is missing for a stage of a REST API; return method -> level."""
    apigateway = aws("apigateway")
    try:
        settings = apigateway.get_stage(restApiId=api, stageName=stage).get("methodSettings", {})
    except apigateway.exceptions.NotFoundException:
        raise Gone from None
    levels = {method: settings[method].get("loggingLevel", "OFF") for method in sorted(settings)}
    others = [method for method in sorted({"*/*", *levels}) if levels.get(method) != level]
    if others:
        wanted = [method_setting(method, "logging/loglevel", level) for method in others]
        former = [method_setting(method, "logging/loglevel", levels[method]) for method in others if method in levels]
        if "*/*" not in levels:
            former.append({"op": "remove", "path": "/*/*"})
        back = Undo("update_stage", {"restApiId": api, "stageName": stage, "patchOperations": former})
        these = {"restApiId": api, "stageName": stage, "patchOperations": wanted}
        yield Change("apigateway", "update_stage", these, undo=back)
    return levels


def websocket_stage(aws: Aws, api: str, stage: str, level: str) -> Plan:
    """Yield what is missing for a stage of a WebSocket API; return its settings, all of which an update replaces."""
    apigateway = aws("apigatewayv2")
    try:
        protocol = apigateway.get_api(ApiId=api)["ProtocolType"]
        found = apigateway.get_stage(ApiId=api, StageName=stage)
    except apigateway.exceptions.NotFoundException:
        raise Gone from None
    if protocol != "WEBSOCKET":
        raise Refuse(f"an {protocol} API has no execution logs")
    default = {"LoggingLevel": "OFF", **found.get("DefaultRouteSettings", {})}
    routes = found.get("RouteSettings", {})
    # A route that states no level has the default's.
    others = [route for route in routes if routes[route].get("LoggingLevel", level) != level]
    if default["LoggingLevel"] != level or others:
        raised = dict(routes)
        raised.update((route, at_level(routes[route], level)) for route in others)
        place = {"ApiId": api, "StageName": stage}
        back = Undo("update_stage", {**place, "DefaultRouteSettings": default, "RouteSettings": routes})
        these = {**place, "DefaultRouteSettings": at_level(default, level), "RouteSettings": raised}
        yield Change("apigatewayv2", "update_stage", these, undo=back)
    return {"default": default, "routes": routes}


def at_level(settings: Record, level: str) -> Record:
    """Return the settings of routes with another level."""
    return {**settings, "LoggingLevel": level}
