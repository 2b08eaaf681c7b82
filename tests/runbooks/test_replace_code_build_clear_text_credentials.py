"""ReplaceCodeBuildClearTextCredentials: AWS credentials move to secrets that the project's role alone can read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from asr_templates.simulator.aws.gaps import codebuild as gap

RUNBOOK = "ReplaceCodeBuildClearTextCredentials"
ROLE = "arn:aws:iam::123456789012:role/builds"
ID = {"name": "AWS_ACCESS_KEY_ID", "value": "AKIAIOSFODNN7EXAMPLE", "type": "PLAINTEXT"}
KEY = {"name": "AWS_SECRET_ACCESS_KEY", "value": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
TOKEN = {"name": "TOKEN", "value": "not-a-secret", "type": "PLAINTEXT"}
REFERENCE = {"name": "AWS_ACCESS_KEY_ID", "value": "/id", "type": "PARAMETER_STORE"}
SECRET = "ASR-CodeBuild/shop/AWS_ACCESS_KEY_ID"


class Project:
    """A project with some environment variables, and the account's secrets."""

    def __init__(self) -> None:
        self.codebuild, self.secrets = boto3.client("codebuild"), boto3.client("secretsmanager")

    def create(self, *variables: dict[str, str]) -> None:
        self.codebuild.create_project(
            name="shop",
            source={"type": "S3", "location": "sources/shop.zip"},
            artifacts={"type": "NO_ARTIFACTS"},
            environment={**ENVIRONMENT, "environmentVariables": list(variables)},
            serviceRole=ROLE,
        )

    def set(self, *variables: dict[str, str]) -> None:
        environment = {**ENVIRONMENT, "environmentVariables": list(variables)}
        self.codebuild.update_project(name="shop", environment=environment)

    def variables(self) -> Any:
        return self.codebuild.batch_get_projects(names=["shop"])["projects"][0]["environment"]["environmentVariables"]

    def secret(self, name: str) -> str:
        return str(self.secrets.get_secret_value(SecretId=f"ASR-CodeBuild/shop/{name}")["SecretString"])


ENVIRONMENT = {
    "type": "LINUX_CONTAINER",
    "image": "aws/codebuild/standard:7.0",
    "computeType": "BUILD_GENERAL1_SMALL",
    "privilegedMode": True,
}


@pytest.fixture
def project(account: str) -> Iterator[Project]:
    with gap.installed():
        yield Project()


def test_credentials_are_moved_and_other_variables_stay(remediation: Callable[[str], Any], project: Project) -> None:
    project.create(ID, TOKEN, KEY)
    output = remediation(RUNBOOK)(ProjectName="shop")

    moved = [
        {"name": name, "type": "SECRETS_MANAGER", "value": f"ASR-CodeBuild/shop/{name}"}
        for name in (ID["name"], KEY["name"])
    ]
    assert "Success" == output["Status"], output["Message"]
    assert [TOKEN, *moved] == project.variables()
    assert (ID["value"], KEY["value"]) == (project.secret(ID["name"]), project.secret(KEY["name"]))


def test_no_value_is_in_a_record(remediation: Callable[[str], Any], project: Project) -> None:
    project.create(ID, TOKEN, KEY)
    run = remediation(RUNBOOK)
    text = json.dumps([run("Preview", ProjectName="shop"), run(ProjectName="shop"), run(ProjectName="shop")])

    assert [] == [variable["name"] for variable in (ID, TOKEN, KEY) if variable["value"] in text]


def test_role_of_the_project_alone_may_read_the_secret(remediation: Callable[[str], Any], project: Project) -> None:
    project.create(ID)
    remediation(RUNBOOK)(ProjectName="shop")

    policy = json.loads(project.secrets.get_resource_policy(SecretId=SECRET)["ResourcePolicy"])
    [statement] = policy["Statement"]
    expected = ("Allow", {"AWS": ROLE}, "secretsmanager:GetSecretValue")
    assert expected == (statement["Effect"], statement["Principal"], statement["Action"])


def test_key_that_was_rotated_and_written_in_clear_text_again_replaces_the_stale_one(
    remediation: Callable[[str], Any], project: Project
) -> None:
    project.create(ID)
    remediation(RUNBOOK)(ProjectName="shop")
    project.set({**ID, "value": "AKIAI44QH8DHBEXAMPLE"})

    output = remediation(RUNBOOK)(ProjectName="shop")

    operations = [change["operation"] for change in output["Changes"]]
    assert ("Success", ["put_secret_value", "update_project"]) == (output["Status"], operations)
    assert "AKIAI44QH8DHBEXAMPLE" == project.secret(ID["name"])


def test_undo_is_refused_since_the_clear_text_is_not_kept(remediation: Callable[[str], Any], project: Project) -> None:
    project.create(ID)
    run = remediation(RUNBOOK)
    refused = run("Undo", run(ProjectName="shop"), ProjectName="shop")

    expected = "cannot be undone: the credentials in clear text are not kept"
    assert ("Refused", expected) == (refused["Status"], refused["Message"])


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, f"secret {SECRET} is not ours"),
        ({"Tags": [{"Key": "ASR", "Value": "CodeBuild.2"}]}, f"the policy of secret {SECRET} is not for {ROLE} alone"),
    ],
    ids=["no tag", "another policy"],
)
def test_secret_that_others_made_or_opened_is_refused(
    remediation: Callable[[str], Any], project: Project, settings: dict[str, Any], expected: str
) -> None:
    project.create(ID)
    project.secrets.create_secret(Name=SECRET, SecretString="theirs", **settings)
    project.secrets.put_resource_policy(SecretId=SECRET, ResourcePolicy='{"Version": "2012-10-17", "Statement": []}')

    output = remediation(RUNBOOK)(ProjectName="shop")

    assert ("Refused", expected) == (output["Status"], output["Message"])
    assert ([ID], "theirs") == (project.variables(), project.secret(ID["name"]))


def test_secret_that_is_to_be_deleted_is_refused(remediation: Callable[[str], Any], project: Project) -> None:
    project.create(ID)
    project.secrets.create_secret(Name=SECRET, SecretString="old", Tags=[{"Key": "ASR", "Value": "CodeBuild.2"}])
    project.secrets.delete_secret(SecretId=SECRET)

    output = remediation(RUNBOOK)(ProjectName="shop")

    assert "Refused" == output["Status"]
    assert f"secret {SECRET} is to be deleted: restore it first" == output["Message"]


@pytest.mark.parametrize("variables", [[], [TOKEN], [REFERENCE]])
def test_project_without_credentials_in_clear_text_is_left_alone(
    remediation: Callable[[str], Any], project: Project, variables: list[dict[str, str]]
) -> None:
    project.create(*variables)
    output = remediation(RUNBOOK)(ProjectName="shop")

    assert ("NoChange", []) == (output["Status"], project.secrets.list_secrets()["SecretList"])


def test_project_that_is_gone_is_no_change(remediation: Callable[[str], Any], account: str) -> None:
    output = remediation(RUNBOOK)(ProjectName="gone")

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
