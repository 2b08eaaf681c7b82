"""LimitECSRootFilesystemAccess: a successor with read-only root file systems, and the services run it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from moto.ecs.models import ecs_backends

RUNBOOK = "LimitECSRootFilesystemAccess"
TOKEN = "not-a-secret"
WEB = {
    "name": "web",
    "image": "web:1",
    "memory": 128,
    "environment": [{"name": "TOKEN", "value": TOKEN}],
    "logConfiguration": {"logDriver": "splunk", "options": {"splunk-token": TOKEN}},
}


class Family:
    """A family with one revision, and services in two clusters that run it."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.ecs = boto3.client("ecs")

    def register(self, **settings: Any) -> str:
        made = self.ecs.register_task_definition(family="shop", containerDefinitions=[WEB], **settings)
        return str(made["taskDefinition"]["taskDefinitionArn"])

    def serve(self, cluster: str, *names: str, **settings: Any) -> None:
        self.ecs.create_cluster(clusterName=cluster)
        for name in names:
            self.ecs.create_service(
                cluster=cluster, serviceName=name, taskDefinition="shop:1", desiredCount=1, **settings
            )

    def running(self, cluster: str) -> dict[str, str]:
        arns = self.ecs.list_services(cluster=cluster, maxResults=100)["serviceArns"]
        batches = [arns[start : start + 10] for start in range(0, len(arns), 10)]
        found = [self.ecs.describe_services(cluster=cluster, services=batch)["services"] for batch in batches]
        return {each["serviceName"]: each["taskDefinition"].rsplit("/", 1)[1] for part in found for each in part}

    def tags(self, revision: str) -> Any:
        return self.ecs.describe_task_definition(taskDefinition=revision, include=["TAGS"])["tags"]

    def describe(self) -> Any:
        arns = self.ecs.list_task_definitions(familyPrefix="shop")["taskDefinitionArns"]
        found = [self.ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"] for arn in arns]
        clusters = [arn.rsplit("/", 1)[1] for arn in self.ecs.list_clusters()["clusterArns"]]
        return found, {cluster: self.running(cluster) for cluster in clusters}


@pytest.fixture
def family(account: str) -> Family:
    return Family(account)


def test_services_of_every_cluster_run_the_successor_until_that_is_undone(
    remediation: Callable[[str], Any], family: Family
) -> None:
    family.register(cpu="256", memory="512", networkMode="awsvpc", pidMode="task")
    family.serve("one", *(f"web-{number}" for number in range(12)))
    family.serve("two", "web")
    run = remediation(RUNBOOK)
    before = family.describe()
    output = run(TaskDefinitionId="shop:1", Retire=False)

    assert "Success" == output["Status"], output["Message"]
    assert ({"shop:2"}, 12) == (set(family.running("one").values()), len(family.running("one")))
    assert {"web": "shop:2"} == family.running("two")
    undone = run("Undo", output, TaskDefinitionId="shop:1", Retire=False)
    assert ("Undone", before) == (undone["Status"], family.describe()), undone["Message"]


def test_successor_has_the_tags_of_its_predecessor_until_that_is_undone(
    remediation: Callable[[str], Any], family: Family
) -> None:
    tags = [{"key": "team", "value": "shop"}, {"key": "cost-center", "value": ""}]
    family.register(tags=tags)
    run = remediation(RUNBOOK)
    before = family.describe()
    output = run(TaskDefinitionId="shop:1", Retire=False)

    assert "Success" == output["Status"], output["Message"]
    assert [*tags, {"key": "ASR", "value": "shop:1"}] == family.tags("shop:2")
    undone = run("Undo", output, TaskDefinitionId="shop:1", Retire=False)
    assert ("Undone", before) == (undone["Status"], family.describe()), undone["Message"]
    assert tags == family.tags("shop:1")


def test_values_that_may_be_secrets_are_in_the_successor_and_in_no_record(
    remediation: Callable[[str], Any], family: Family
) -> None:
    family.register()
    output = remediation(RUNBOOK)(TaskDefinitionId="shop:1", Retire=False)

    [container] = family.ecs.describe_task_definition(taskDefinition="shop:2")["taskDefinition"]["containerDefinitions"]
    expected = (True, WEB["environment"], WEB["logConfiguration"])
    assert expected == tuple(container[name] for name in ("readonlyRootFilesystem", "environment", "logConfiguration"))
    assert TOKEN not in json.dumps(output)


def test_old_revision_is_retired_on_request_which_cannot_be_undone(
    remediation: Callable[[str], Any], family: Family
) -> None:
    family.register()
    family.serve("one", "web")
    run = remediation(RUNBOOK)
    output = run(TaskDefinitionId="shop:1", Retire=True)

    assert "Success" == output["Status"], output["Message"]
    assert "INACTIVE" == family.ecs.describe_task_definition(taskDefinition="shop:1")["taskDefinition"]["status"]
    assert "NoChange" == run(TaskDefinitionId="shop:1", Retire=True)["Status"]
    refused = run("Undo", output, TaskDefinitionId="shop:1", Retire=True)
    expected = "cannot be undone: a revision that is no longer registered cannot be brought back"
    assert ("Refused", expected) == (refused["Status"], refused["Message"])


def test_service_that_comes_to_the_old_revision_later_is_moved_to_the_same_successor(
    remediation: Callable[[str], Any], family: Family
) -> None:
    family.register()
    remediation(RUNBOOK)(TaskDefinitionId="shop:1", Retire=False)
    family.serve("one", "web")

    output = remediation(RUNBOOK)(TaskDefinitionId="shop:1", Retire=False)

    assert ["update_service"] == [change["operation"] for change in output["Changes"]]
    assert {"web": "shop:2"} == family.running("one")


def test_revision_that_is_not_the_newest_is_refused(remediation: Callable[[str], Any], family: Family) -> None:
    family.register()
    family.register()
    output = remediation(RUNBOOK)(TaskDefinitionId="shop:1", Retire=False)

    assert ("Refused", "shop:2 is newer: remediate that one") == (output["Status"], output["Message"])


@pytest.mark.parametrize(
    ("definition", "service", "expected"),
    [
        (
            {"runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}},
            {},
            "Windows containers cannot have a read-only root file system",
        ),
        (
            {},
            {"deploymentController": {"type": "CODE_DEPLOY"}},
            "service web is deployed by CODE_DEPLOY: let it deploy a new revision",
        ),
        ({}, {"enableExecuteCommand": True}, "service web has ECS Exec, which writes to the root file system"),
    ],
    ids=["Windows", "CodeDeploy", "ECS Exec"],
)
def test_what_would_break_or_cannot_be_moved_is_refused_with_the_reason(
    remediation: Callable[[str], Any],
    family: Family,
    definition: dict[str, Any],
    service: dict[str, Any],
    expected: str,
) -> None:
    family.register(**definition)
    family.serve("one", "web", **service)
    for made in ecs_backends[family.account]["us-east-1"].services.values():
        made.enable_execute_command = service.get("enableExecuteCommand", False)
    before = family.describe()

    output = remediation(RUNBOOK)(TaskDefinitionId="shop:1", Retire=False)

    assert ("Refused", expected, before) == (output["Status"], output["Message"], family.describe())


@pytest.mark.parametrize("gone", ["shop:1", "shop:2"], ids=["deregistered", "never there"])
def test_revision_that_is_gone_is_no_change(remediation: Callable[[str], Any], family: Family, gone: str) -> None:
    family.ecs.deregister_task_definition(taskDefinition=family.register())
    output = remediation(RUNBOOK)(TaskDefinitionId=gone, Retire=False)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
