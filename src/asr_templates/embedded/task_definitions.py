"""ECS task definitions and the services that run them, for plans."""

from asr_templates.embedded.runner import Aws, Record

REGISTERED = (
    *("family", "taskRoleArn", "executionRoleArn", "networkMode", "containerDefinitions", "volumes"),
    *("placementConstraints", "requiresCompatibilities", "cpu", "memory", "pidMode", "ipcMode", "proxyConfiguration"),
    *("inferenceAccelerators", "ephemeralStorage", "runtimePlatform", "enableFaultInjection"),
)
"""Fields of a task definition that RegisterTaskDefinition takes; ECS adds the others."""


def newer_revisions(aws: Aws, family: str, revision: int) -> list[str]:
    """Return the ARNs of a family's active revisions after one, the oldest first."""
    pages = aws("ecs").get_paginator("list_task_definitions").paginate(familyPrefix=family, status="ACTIVE")
    numbers = {arn: int(arn.rsplit(":", 1)[1]) for page in pages for arn in page["taskDefinitionArns"]}
    return sorted((arn for arn in numbers if numbers[arn] > revision), key=lambda arn: numbers[arn])


def services_with(aws: Aws, arns: list[str]) -> list[Record]:
    """Return the services of every cluster that run one of some task definitions."""
    ecs = aws("ecs")
    found: list[Record] = []
    clusters = [arn for page in ecs.get_paginator("list_clusters").paginate() for arn in page["clusterArns"]]
    for cluster in clusters:
        pages = ecs.get_paginator("list_services").paginate(cluster=cluster)
        names = [arn for page in pages for arn in page["serviceArns"]]
        for start in range(0, len(names), 10):  # DescribeServices takes ten
            services = ecs.describe_services(cluster=cluster, services=names[start : start + 10])["services"]
            found += [service for service in services if service.get("taskDefinition") in arns]
    return found
