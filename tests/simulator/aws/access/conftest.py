"""An AWS with access control and nothing else, and roles in it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import boto3
import pytest
from moto import mock_aws

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.access.enforcement import Access

ACCOUNT = "111111111111"
REGION = "eu-west-1"
SERVICE = "lambda.amazonaws.com"

Statement = Mapping[str, object]


@dataclass
class Aws:
    """Access control, and what tests do with it."""

    access: Access
    numbers: Iterator[int] = field(default_factory=count)

    @staticmethod
    def allow(action: str | Sequence[str], resource: str | Sequence[str] = "*", **elements: object) -> Statement:
        return {"Effect": "Allow", "Action": action, "Resource": resource, **elements}

    @staticmethod
    def trust(principal: Mapping[str, object] | str, **elements: object) -> Statement:
        return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **elements}

    @staticmethod
    def document(*statements: Statement) -> str:
        return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})

    def administrator(self, service: str, account: str = ACCOUNT) -> Any:
        session: Any = identity.administrator(account)
        return session.client(service, region_name=REGION)

    def role(self, name: str, *statements: Statement, account: str = ACCOUNT, **properties: Any) -> str:
        """Create a role that Lambda may assume, with these statements as its policy; gives its ARN."""
        iam = self.administrator("iam", account)
        trusted = properties.pop("trust", self.trust({"Service": SERVICE}))
        created = iam.create_role(RoleName=name, AssumeRolePolicyDocument=self.document(trusted), **properties)
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=self.document(*statements))
        arn: str = created["Role"]["Arn"]
        return arn

    def session(self, role_arn: str) -> boto3.Session:
        return identity.role_session(role_arn, SERVICE)

    def client(self, service: str, *statements: Statement) -> Any:
        """A client under a new role with these statements as its policy."""
        role_arn = self.role(f"role-{next(self.numbers)}", *statements)
        session: Any = self.session(role_arn)
        return session.client(service, region_name=REGION)


@pytest.fixture
def aws() -> Iterator[Aws]:
    access = Access()
    with mock_aws(), identity.installed(), access.installed():
        yield Aws(access)
