"""RemoveCodeBuildPrivilegedMode: builds are not privileged; whatever else the environment holds stays."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from asr_templates.simulator.aws.gaps import codebuild as gap

RUNBOOK = "RemoveCodeBuildPrivilegedMode"
REFERENCE = {"name": "STAGE", "value": "/stage", "type": "PARAMETER_STORE"}
IN_CLEAR = {"name": "TOKEN", "value": "not-a-secret", "type": "PLAINTEXT"}


class Project:
    """A project with some environment."""

    def __init__(self) -> None:
        self.codebuild = boto3.client("codebuild")

    def create(self, **environment: Any) -> None:
        self.codebuild.create_project(
            name="shop",
            source={"type": "S3", "location": "sources/shop.zip"},
            artifacts={"type": "NO_ARTIFACTS"},
            environment={
                "type": "LINUX_CONTAINER",
                "image": "aws/codebuild/standard:7.0",
                "computeType": "BUILD_GENERAL1_SMALL",
                **environment,
            },
            serviceRole="arn:aws:iam::123456789012:role/builds",
        )

    def describe(self) -> Any:
        environment = self.codebuild.batch_get_projects(names=["shop"])["projects"][0]["environment"]
        return {"environmentVariables": [], **environment}


@pytest.fixture
def project(account: str) -> Iterator[Project]:
    with gap.installed():
        yield Project()


@pytest.mark.parametrize("variables", [{}, {"environmentVariables": [REFERENCE]}], ids=["none", "a reference"])
def test_privileged_mode_is_switched_off(
    prove: Callable[..., Any], project: Project, variables: dict[str, Any]
) -> None:
    project.create(privilegedMode=True, imagePullCredentialsType="SERVICE_ROLE", **variables)

    def drift() -> None:
        environment = {**project.describe(), "image": "aws/codebuild/standard:8.0"}
        project.codebuild.update_project(name="shop", environment=environment)

    prove(RUNBOOK, project.describe, drift, ProjectName="shop")


def test_values_in_clear_text_stay_and_are_in_no_record_so_that_there_is_no_way_back(
    remediation: Callable[[str], Any], project: Project
) -> None:
    project.create(privilegedMode=True, environmentVariables=[IN_CLEAR, REFERENCE])
    run = remediation(RUNBOOK)
    output = run(ProjectName="shop")

    found = project.describe()
    assert ("Success", False) == (output["Status"], found["privilegedMode"]), output["Message"]
    assert [IN_CLEAR, REFERENCE] == found["environmentVariables"]
    assert IN_CLEAR["value"] not in json.dumps(output)
    refused = run("Undo", output, ProjectName="shop")
    expected = "cannot be undone: the values of its environment variables in clear text are not kept"
    assert ("Refused", expected) == (refused["Status"], refused["Message"])


@pytest.mark.parametrize("environment", [{}, {"privilegedMode": False}])
def test_project_without_privileged_mode_is_left_alone(
    remediation: Callable[[str], Any], project: Project, environment: dict[str, bool]
) -> None:
    project.create(**environment)

    assert "NoChange" == remediation(RUNBOOK)(ProjectName="shop")["Status"]


def test_project_that_is_gone_is_no_change(remediation: Callable[[str], Any], account: str) -> None:
    output = remediation(RUNBOOK)(ProjectName="gone")

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
