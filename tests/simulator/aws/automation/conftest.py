"""A small AWS with SSM Automation in it: all but the rules of access, which test_automation_access.py adds."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
import yaml
from botocore.exceptions import ClientError
from moto import mock_aws

from asr_templates.simulator.aws import gaps, identity, sandbox
from asr_templates.simulator.aws.automation import Automations, Execution, installed
from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.aws.event_bus import EventBus

ACCOUNT = "111111111111"
REGION = "eu-west-1"
Json = Any


@dataclass
class Passing:
    """Who may pass which role: everyone, except for the forbidden roles; remembers what was asked."""

    asked: list[tuple[str, str]] = field(default_factory=list)
    forbidden: set[str] = field(default_factory=set)

    def __call__(self, access_key: str, role_arn: str, service: str) -> None:
        self.asked.append((role_arn, service))
        if role_arn in self.forbidden:
            message = f"not authorized to perform: iam:PassRole on {role_arn}"
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": message}}, "PassRole")


@dataclass
class SmallAws:
    """What the tests of this folder use."""

    automations: Automations
    bus: EventBus
    passing: Passing

    def session(self, account: str = ACCOUNT) -> boto3.Session:
        return identity.administrator(account)

    def client(self, service: str, region: str = REGION, account: str = ACCOUNT) -> Any:
        return self.session(account).client(service, region_name=region)  # type: ignore[call-overload]

    def create(self, name: str, document: dict[str, Json], region: str = REGION, account: str = ACCOUNT) -> None:
        content = yaml.safe_dump({"schemaVersion": "0.3", **document}, sort_keys=False)
        self.client("ssm", region, account).create_document(
            Name=name, Content=content, DocumentType="Automation", DocumentFormat="YAML"
        )

    def start(self, name: str, region: str = REGION, **parameters: list[str]) -> Execution:
        request = {"Parameters": parameters} if parameters else {}
        started = self.client("ssm", region).start_automation_execution(DocumentName=name, **request)
        return self.automations.find(ACCOUNT, region, started["AutomationExecutionId"])

    def run(self, name: str, region: str = REGION, **parameters: list[str]) -> Execution:
        execution = self.start(name, region, **parameters)
        scheduler.run()
        return execution

    def create_role(
        self, name: str, condition: dict[str, Json] | None = None, service: str = "ssm.amazonaws.com"
    ) -> str:
        statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        if condition:
            statement["Condition"] = condition
        trust = {"Version": "2012-10-17", "Statement": [statement]}
        role = self.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        return str(role["Role"]["Arn"])


@pytest.fixture
def aws() -> Iterator[SmallAws]:
    bus, passing = EventBus(), Passing()
    automations = Automations(bus, passing)
    with ExitStack() as stack:
        stack.enter_context(mock_aws())
        stack.enter_context(identity.installed())
        stack.enter_context(sandbox.installed())
        scheduler.start()
        stack.callback(scheduler.stop)
        stack.enter_context(installed(automations))
        stack.enter_context(gaps.installed())
        yield SmallAws(automations, bus, passing)


@pytest.fixture
def script_step() -> Callable[..., dict[str, Json]]:
    """An aws:executeScript step of a script's text."""

    def step(script: str, name: str = "Run", **others: Json) -> dict[str, Json]:
        payload = others.pop("payload", {})
        inputs = {"Runtime": "python3.11", "Handler": "handler", "InputPayload": payload, "Script": script}
        return {"name": name, "action": "aws:executeScript", "inputs": inputs, **others}

    return step
