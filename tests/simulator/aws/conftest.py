"""A small AWS of two accounts and two regions, and short ways to make roles, functions and queues in it."""

from __future__ import annotations

import io
import json
import textwrap
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from asr_templates.simulator.aws.environment import Environment

ADMIN = "111111111111"
MEMBER = "222222222222"
REGION = "us-east-1"
EVERYTHING = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]


@pytest.fixture
def environment() -> Iterator[Environment]:
    with Environment([ADMIN, MEMBER], [REGION, "eu-west-1"], ADMIN) as environment:
        yield environment


@pytest.fixture
def make_role(environment: Environment) -> Callable[..., str]:
    """make(name, principal, statements=EVERYTHING, account=ADMIN): the ARN of a role that trusts a principal."""

    def make(
        name: str,
        principal: dict[str, str],
        statements: Sequence[dict[str, Any]] = EVERYTHING,
        account: str = ADMIN,
        condition: dict[str, Any] | None = None,
    ) -> str:
        iam = environment.session(account).client("iam", region_name=REGION)
        trust: dict[str, Any] = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        if condition:
            trust["Condition"] = condition
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy([trust]))
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=_policy(statements))
        return str(role["Role"]["Arn"])

    return make


@pytest.fixture
def make_function(environment: Environment, make_role: Callable[..., str]) -> Callable[..., str]:
    """make(name, code, statements=EVERYTHING, **properties): the ARN of a function in module app, function handler."""

    def make(name: str, code: str, statements: Sequence[dict[str, Any]] = EVERYTHING, **properties: Any) -> str:
        role = make_role(f"{name}-role", {"Service": "lambda.amazonaws.com"}, statements)
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr("app.py", textwrap.dedent(code))
        function = (
            environment.session(ADMIN)
            .client("lambda", region_name=REGION)
            .create_function(
                **{
                    "FunctionName": name,
                    "Role": role,
                    "Runtime": "python3.13",
                    "Handler": "app.handler",
                    "Code": {"ZipFile": content.getvalue()},
                    **properties,
                }
            )
        )
        return str(function["FunctionArn"])

    return make


@pytest.fixture
def make_queue(environment: Environment) -> Callable[..., str]:
    """make(name, **attributes): the ARN of a queue; a `Policy` may be a list of statements."""

    def make(name: str, account: str = ADMIN, region: str = REGION, **attributes: Any) -> str:
        sqs = environment.session(account).client("sqs", region_name=region)
        if isinstance(attributes.get("Policy"), list):
            attributes["Policy"] = _policy(attributes["Policy"])
        sqs.create_queue(QueueName=name, Attributes=attributes)
        return f"arn:aws:sqs:{region}:{account}:{name}"

    return make


def _policy(statements: Sequence[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
