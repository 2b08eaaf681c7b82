from asr_templates.embedded.hidden import Hidden, hidden_values
from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Record, Refuse, Undo
from asr_templates.embedded.task_definitions import REGISTERED, newer_revisions, services_with


def plan(aws: Aws, TaskDefinitionId: str, Retire: bool) -> Plan:
    """A revision of a task definition has a successor whose root file systems are read-only, and no service runs it."""
    ecs = aws("ecs")
    try:
        old = ecs.describe_task_definition(taskDefinition=TaskDefinitionId, include=["TAGS"])
    except ecs.exceptions.ClientException as error:
        # ECS has no error of its own for a revision that does not exist.
        if "Unable to describe" not in error.response["Error"]["Message"]:
            raise
        raise Gone from None
    definition = old["taskDefinition"]
    arn = definition["taskDefinitionArn"]
    newer = newer_revisions(aws, definition["family"], definition["revision"])
    mark = {"key": "ASR", "value": TaskDefinitionId}
    made = [each for each in newer if is_marked(aws, each, mark)][:1]
    services = services_with(aws, [arn, *made])
    running = [service for service in services if service["taskDefinition"] == arn]
    if not made and definition["status"] != "ACTIVE":
        raise Gone
    writable = not all(each.get("readonlyRootFilesystem") for each in definition["containerDefinitions"])
    if writable and not made and newer:
        raise Refuse(f"{newer[-1].rsplit('/', 1)[1]} is newer: remediate that one")
    for reason in obstacles(definition, running) if writable else []:
        raise Refuse(reason)
    successor = made[0] if made else None
    if writable and not made:
        containers = [
            {**recordable(each), "readonlyRootFilesystem": True} for each in definition["containerDefinitions"]
        ]
        these = {name: definition[name] for name in REGISTERED if name in definition}
        wanted = {**these, "containerDefinitions": containers, "tags": [*old.get("tags", []), mark]}
        response = yield Change("ecs", "register_task_definition", wanted, undo=deregistration)
        successor = response["taskDefinition"]["taskDefinitionArn"]
    for service in running if writable else []:
        place = {"cluster": service["clusterArn"], "service": service["serviceArn"]}
        back = Undo("update_service", {**place, "taskDefinition": arn})
        yield Change("ecs", "update_service", {**place, "taskDefinition": successor}, undo=back)
    if writable and Retire and definition["status"] == "ACTIVE":
        lost = "a revision that is no longer registered cannot be brought back"
        yield Change("ecs", "deregister_task_definition", {"taskDefinition": arn}, undo=lost)
    return {
        "Status": definition["status"],
        "HasSuccessor": bool(made),
        "Services": {service["serviceArn"]: service["taskDefinition"] == arn for service in services},
    }


def is_marked(aws: Aws, arn: str, mark: Record) -> bool:
    """Return whether a revision was made as the successor of ours."""
    return mark in aws("ecs").describe_task_definition(taskDefinition=arn, include=["TAGS"]).get("tags", [])


def obstacles(definition: Record, services: list[Record]) -> list[str]:
    """Return why a definition cannot have read-only root file systems, or its services cannot be moved."""
    found = []
    if definition.get("runtimePlatform", {}).get("operatingSystemFamily", "").startswith("WINDOWS"):
        found.append("Windows containers cannot have a read-only root file system")
    for service in services:
        controller = service.get("deploymentController", {}).get("type", "ECS")
        if controller != "ECS":
            found.append(f"service {service['serviceName']} is deployed by {controller}: let it deploy a new revision")
        if service.get("enableExecuteCommand"):
            found.append(f"service {service['serviceName']} has ECS Exec, which writes to the root file system")
    return found


def deregistration(response: Record) -> Undo:
    """Return what takes a new revision away again."""
    return Undo("deregister_task_definition", {"taskDefinition": response["taskDefinition"]["taskDefinitionArn"]})


def recordable(container: Record) -> Record:
    """Return a container definition whose values that may be secrets are not recorded."""
    kept = {**container, "environment": hidden_values(container.get("environment", []))}
    for name in ("logConfiguration", "firelensConfiguration"):
        if container.get(name, {}).get("options"):
            options = {key: Hidden(value) for key, value in container[name]["options"].items()}
            kept[name] = {**container[name], "options": options}
    return kept
