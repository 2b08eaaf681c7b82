"""A CodeBuild project can be changed."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws.errors import NotSimulated

ACCOUNT = "111111111111"
ENVIRONMENT = {"type": "LINUX_CONTAINER", "image": "a", "computeType": "BUILD_GENERAL1_SMALL"}


@pytest.fixture
def codebuild(environment: Any) -> Any:
    client = environment.session(ACCOUNT).client("codebuild", region_name="eu-west-1")
    client.create_project(
        name="shop",
        description="Shop",
        source={"type": "S3", "location": "sources/shop.zip"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={**ENVIRONMENT, "privilegedMode": True},
        serviceRole=f"arn:aws:iam::{ACCOUNT}:role/builds",
    )
    return client


def project(codebuild: Any) -> Any:
    found = codebuild.batch_get_projects(names=["shop"])["projects"][0]
    return {name: value for name, value in found.items() if name != "lastModified"}


def test_environment_is_replaced_as_a_whole_and_the_rest_stays(codebuild: Any) -> None:
    before = project(codebuild)
    answered = codebuild.update_project(name="shop", environment={**ENVIRONMENT, "image": "b"})["project"]

    expected = {**ENVIRONMENT, "image": "b"}
    assert (expected, "Shop") == (answered["environment"], answered["description"])
    assert {**before, "environment": expected} == project(codebuild)


def test_environment_of_an_unknown_type_is_refused(codebuild: Any) -> None:
    with pytest.raises(ClientError, match="InvalidInputException"):
        codebuild.update_project(name="shop", environment={**ENVIRONMENT, "type": "ABACUS"})


def test_setting_that_is_not_simulated_is_named(codebuild: Any) -> None:
    with pytest.raises(NotSimulated, match="concurrentBuildLimit"):
        codebuild.update_project(name="shop", concurrentBuildLimit=1)


def test_project_that_does_not_exist_is_an_error(codebuild: Any) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        codebuild.update_project(name="gone", description="x")
