"""Broken resources of Amazon ECS."""

import uuid
from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario


def family(resource_id: str) -> str:
    """Return the family in a task definition's ARN."""
    return resource_id.rsplit("/", 1)[1].split(":")[0]


def writable_definition(place: Place) -> str:
    """A revision with writable root file systems and roles of its own; of two services one runs it."""
    ecs, iam = place.client("ecs"), place.client("iam")
    name = f"shop-{uuid.uuid4().hex[:8]}"
    trust = '{"Version": "2012-10-17", "Statement": []}'
    roles = [iam.create_role(RoleName=f"{name}-{use}", AssumeRolePolicyDocument=trust)["Role"]["Arn"] for use in "te"]
    containers = [
        {"name": "web", "image": "web:1", "memory": 128, "environment": [{"name": "TOKEN", "value": "not-a-secret"}]},
        {"name": "proxy", "image": "proxy:1", "memory": 128, "readonlyRootFilesystem": True},
    ]
    revisions = [
        ecs.register_task_definition(
            family=name,
            taskRoleArn=roles[0],
            executionRoleArn=roles[1],
            containerDefinitions=containers,
            tags=[{"key": "team", "value": "web"}],
        )["taskDefinition"]["taskDefinitionArn"]
        for _ in range(11)
    ]
    cluster = ecs.create_cluster(clusterName=name)["cluster"]["clusterArn"]
    for service, revision in (("current", revisions[-1]), ("former", revisions[0])):
        ecs.create_service(cluster=cluster, serviceName=service, taskDefinition=revision, desiredCount=1)
    return str(revisions[-1])


def services(place: Place, resource_id: str) -> dict[str, str]:
    """Return service -> the task definition that it runs."""
    found = place.client("ecs").describe_services(cluster=family(resource_id), services=["current", "former"])
    return {service["serviceName"]: service["taskDefinition"] for service in found["services"]}


def active_revisions(place: Place, resource_id: str) -> list[dict[str, Any]]:
    """Return every revision of the family that can be run, with its tags."""
    ecs = place.client("ecs")
    arns = ecs.list_task_definitions(familyPrefix=family(resource_id))["taskDefinitionArns"]
    found = [ecs.describe_task_definition(taskDefinition=arn, include=["TAGS"]) for arn in arns]
    return [{**each["taskDefinition"], "tags": each["tags"]} for each in found]


def described(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the revisions of the family, and what the services run."""
    return {"revisions": active_revisions(place, resource_id), "services": services(place, resource_id)}


def has_read_only_successor(place: Place, resource_id: str) -> bool:
    """The newest revision differs in nothing but its root file systems; its service runs it, the other does not."""
    *_, old, new = active_revisions(place, resource_id)
    running = services(place, resource_id)
    if (running["current"], running["former"].endswith(":1")) != (new["taskDefinitionArn"], True):
        return False
    expected = [{**container, "readonlyRootFilesystem": True} for container in old["containerDefinitions"]]
    others = ("containerDefinitions", "taskDefinitionArn", "revision", "tags")
    same = all(old[name] == new[name] for name in old if name not in others)
    return same and expected == new["containerDefinitions"] and {"key": "team", "value": "web"} in new["tags"]


def move_back(place: Place, resource_id: str) -> None:
    """Someone lets the service run the old revision again."""
    place.client("ecs").update_service(cluster=family(resource_id), service="current", taskDefinition=resource_id)


SCENARIOS = {"ECS.5": Scenario(writable_definition, has_read_only_successor, described, move_back)}
