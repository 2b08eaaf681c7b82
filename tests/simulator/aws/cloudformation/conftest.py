"""An AWS without traffic: moto, identities and in-process Lambda functions, and a way to create stacks in it."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from moto import mock_aws

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.aws.cloudformation import Stack, StackFailed, create_stack, known_accounts
from asr_templates.simulator.aws.functions import Functions

ACCOUNT = "111111111111"
OTHER_ACCOUNT = "222222222222"
REGION = "eu-west-1"


@dataclass
class World:
    """What the tests of this folder use: stacks of one account and region."""

    exports: dict[str, str] = field(default_factory=dict)

    def client(self, service: str, region: str = REGION, account: str = ACCOUNT) -> Any:
        return identity.administrator(account).client(service, region_name=region)

    def create(
        self,
        template: Mapping[str, Any] | str | None = None,
        *,
        name: str = "root",
        parameters: Mapping[str, str] | None = None,
        url: str | None = None,
        region: str = REGION,
    ) -> Stack:
        def launch() -> Stack:
            return create_stack(
                name=name,
                template=template,
                template_url=url,
                parameters=parameters or {},
                account=ACCOUNT,
                region=region,
                exports=self.exports,
            )

        return scheduler.call(launch)

    def create_resources(self, **resources: Mapping[str, Any]) -> Stack:
        return self.create({"Resources": resources})

    def outputs(self, parameters: Mapping[str, str] | None = None, **template: Any) -> dict[str, str]:
        """Create a stack with one harmless resource and return its outputs, given as values."""
        outputs = {name: {"Value": value} for name, value in template.pop("Outputs").items()}
        handle = {"Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}
        resources = {**handle, **template.pop("Resources", {})}

        return self.create({**template, "Resources": resources, "Outputs": outputs}, parameters=parameters).outputs

    def failure(self, template: Mapping[str, Any] | str | None = None, **options: Any) -> StackFailed:
        with pytest.raises(StackFailed) as caught:
            self.create(template, **options)
        return caught.value

    def resource_failure(self, **resources: Mapping[str, Any]) -> str:
        return str(self.failure({"Resources": resources}))

    def create_role(self, name: str, service: str, *actions: str) -> str:
        allowed = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        document = {"Version": "2012-10-17", "Statement": [allowed]}
        policies = [{"PolicyName": "own", "PolicyDocument": document}] if actions else []
        properties = {"RoleName": name, "Policies": policies}
        return str(self.create_resources(Role=role(service, **properties)).resources["Role"].attributes["Arn"])


def role(service: str, **properties: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    trust = {"Version": "2012-10-17", "Statement": [statement]}
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust, **properties}}


@pytest.fixture
def world() -> Iterator[World]:
    with ExitStack() as stack:
        stack.enter_context(mock_aws(config={"core": {"reset_boto3_session": False}}))
        stack.enter_context(identity.installed())
        scheduler.start()
        stack.callback(scheduler.stop)
        stack.enter_context(Functions().installed())
        known_accounts.update({ACCOUNT, OTHER_ACCOUNT})
        stack.callback(known_accounts.clear)
        yield World()
