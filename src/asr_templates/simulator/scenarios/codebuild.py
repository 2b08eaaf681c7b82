"""Broken resources of AWS CodeBuild."""

import json
import uuid
from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
}
"""The access key of AWS's documentation."""


def project_name(resource_id: str) -> str:
    """Return the name in a project's ARN."""
    return resource_id.rsplit("/", 1)[1]


def project(place: Place, **environment: Any) -> str:
    """A project with some settings of its environment."""
    name = f"shop-{uuid.uuid4().hex[:8]}"
    role = f"arn:{place.partition}:iam::{place.account}:role/service-role/builds"
    place.client("codebuild").create_project(
        name=name,
        source={"type": "S3", "location": "sources/shop.zip"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/amazonlinux2-x86_64-standard:5.0",
            "computeType": "BUILD_GENERAL1_SMALL",
            **environment,
        },
        serviceRole=role,
    )
    return place.arn("codebuild", f"project/{name}")


def privileged_project(place: Place) -> str:
    """A project whose builds are privileged, with a variable that must stay."""
    variables = [{"name": "STAGE", "value": "/shop/stage", "type": "PARAMETER_STORE"}]
    return project(place, privilegedMode=True, environmentVariables=variables)


def project_with_credentials(place: Place) -> str:
    """A project with the documentation's access key in clear text, besides variables that must stay."""
    credentials = [{"name": name, "value": value} for name, value in CREDENTIALS.items()]
    others = [{"name": "COLOUR", "value": "green"}, {"name": "STAGE", "value": "/stage", "type": "PARAMETER_STORE"}]
    return project(place, environmentVariables=[*credentials, *others])


def project_with_stored_credentials(place: Place) -> str:
    """The same project; an earlier run has made its secrets, and somebody wrote new credentials in clear text since."""
    resource_id = project_with_credentials(place)
    secrets, role = place.client("secretsmanager"), described(place, resource_id)["serviceRole"]
    reading = {
        "Effect": "Allow",
        "Principal": {"AWS": role},
        "Action": "secretsmanager:GetSecretValue",
        "Resource": "*",
    }
    for variable in CREDENTIALS:
        name = f"ASR-CodeBuild/{project_name(resource_id)}/{variable}"
        secrets.create_secret(Name=name, SecretString="outdated", Tags=[{"Key": "ASR", "Value": "CodeBuild.2"}])
        policy = json.dumps({"Version": "2012-10-17", "Statement": [reading]})
        secrets.put_resource_policy(SecretId=name, ResourcePolicy=policy)
    return resource_id


def described(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the whole project, but for when it was changed."""
    found = place.client("codebuild").batch_get_projects(names=[project_name(resource_id)])["projects"][0]
    return {name: value for name, value in found.items() if name != "lastModified"}


def is_unprivileged(place: Place, resource_id: str) -> bool:
    """Builds are not privileged, and the variable is still there."""
    environment = described(place, resource_id)["environment"]
    return not environment["privilegedMode"] and len(environment["environmentVariables"]) == 1


def has_no_credentials_in_clear(place: Place, resource_id: str) -> bool:
    """The credentials are in secrets that the project's role can read; the other variables are as they were."""
    secrets = place.client("secretsmanager")
    found = described(place, resource_id)
    variables = {variable["name"]: variable for variable in found["environment"]["environmentVariables"]}
    for name in CREDENTIALS:
        if variables[name]["type"] != "SECRETS_MANAGER":
            return False
        secret_id = variables[name]["value"]
        policy = secrets.get_resource_policy(SecretId=secret_id)["ResourcePolicy"]
        value = secrets.get_secret_value(SecretId=secret_id)["SecretString"]
        if value != CREDENTIALS[name] or found["serviceRole"] not in policy:
            return False
    return (variables["COLOUR"]["value"], variables["STAGE"]["type"]) == ("green", "PARAMETER_STORE")


def make_privileged(place: Place, resource_id: str) -> None:
    """Someone makes builds privileged again."""
    environment = {**described(place, resource_id)["environment"], "privilegedMode": True}
    place.client("codebuild").update_project(name=project_name(resource_id), environment=environment)


def put_credentials_back(place: Place, resource_id: str) -> None:
    """Someone writes an access key in clear text again."""
    environment = described(place, resource_id)["environment"]
    variables = [{"name": "AWS_ACCESS_KEY_ID", "value": "AKIAI44QH8DHBEXAMPLE"}]
    environment = {**environment, "environmentVariables": variables}
    place.client("codebuild").update_project(name=project_name(resource_id), environment=environment)


SCENARIOS = {
    "CodeBuild.2": Scenario(project_with_credentials, has_no_credentials_in_clear, described, put_credentials_back),
    "CodeBuild.5": Scenario(privileged_project, is_unprivileged, described, make_privileged),
}

VARIANTS = {
    "CodeBuild.2, secrets that are there already": Scenario(
        project_with_stored_credentials, has_no_credentials_in_clear, described, put_credentials_back
    )
}
