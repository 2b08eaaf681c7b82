"""What moto and its mended parts answer, as the administrator and as a runbook's role."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.environment import Environment

ACCOUNT = "111111111111"
REGION = "eu-west-1"


@pytest.fixture
def environment() -> Iterator[Environment]:
    with Environment(accounts=[ACCOUNT], regions=[REGION, "us-east-1"], hub_admin=ACCOUNT) as environment:
        yield environment


@pytest.fixture
def worker(environment: Environment) -> Any:
    """A session of a role that may do everything, as a runbook has it."""
    iam = environment.session(ACCOUNT).client("iam")
    trusting = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ssm.amazonaws.com"}}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [trusting]})
    role = iam.create_role(RoleName="Worker", AssumeRolePolicyDocument=trust)["Role"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
    iam.put_role_policy(RoleName="Worker", PolicyName="all", PolicyDocument=policy)
    return identity.role_session(role["Arn"], "ssm.amazonaws.com")
