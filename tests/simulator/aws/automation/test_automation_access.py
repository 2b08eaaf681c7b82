"""Automations in the whole environment: rights of starters and roles, rules on status events."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from botocore.exceptions import ClientError

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.environment import Environment

ACCOUNT = "111111111111"
REGION = "eu-west-1"
START = "ssm:StartAutomationExecution"


@pytest.fixture
def environment() -> Iterator[Environment]:
    with Environment(accounts=[ACCOUNT], regions=[REGION], hub_admin=ACCOUNT) as environment:
        yield environment


def client(environment: Environment, service: str) -> Any:
    return environment.session(ACCOUNT).client(service, region_name=REGION)


def create_role(environment: Environment, name: str, *statements: tuple[str, str], service: str = "ssm") -> str:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": f"{service}.amazonaws.com"}}
    iam = client(environment, "iam")
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    if statements:
        allowed = [{"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in statements]
        policy = json.dumps({"Version": "2012-10-17", "Statement": allowed})
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy)
    return str(arn)


def create(environment: Environment, name: str, step: dict[str, Any], role: str) -> None:
    content = {"schemaVersion": "0.3", "assumeRole": role, "mainSteps": [step]}
    client(environment, "ssm").create_document(
        Name=name, Content=yaml.safe_dump(content), DocumentType="Automation", DocumentFormat="YAML"
    )


def nested(environment: Environment, *parent_rights: tuple[str, str]) -> Any:
    """Run a parent whose child describes VPCs; returns the parent's execution."""
    child_role = create_role(environment, "ChildRole", ("ec2:DescribeVpcs", "*"))
    parent_role = create_role(environment, "ParentRole", *parent_rights)
    look = {"name": "Look", "action": "aws:executeAwsApi", "inputs": {"Service": "ec2", "Api": "DescribeVpcs"}}
    call = {"name": "Call", "action": "aws:executeAutomation", "inputs": {"DocumentName": "Child"}}
    create(environment, "Child", look, child_role)
    create(environment, "Parent", call, parent_role)
    started = client(environment, "ssm").start_automation_execution(DocumentName="Parent")
    environment.run()
    return environment.automations.find(ACCOUNT, REGION, started["AutomationExecutionId"])


MAY_START = (START, "*")
MAY_PASS = ("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/ChildRole")


def test_a_parent_that_may_start_and_pass_runs_its_child_in_the_childs_role(environment: Environment) -> None:
    parent = nested(environment, MAY_START, MAY_PASS)

    calls = {(call.principal.rsplit("/", 1)[-1], call.operation) for call in environment.access.calls}
    assert (parent.status, parent.failure_message) == ("Success", "")
    assert {("ParentRole", "StartAutomationExecution"), ("ChildRole", "DescribeVpcs")} <= calls


@pytest.mark.parametrize(("right", "missing"), [(MAY_PASS, START), (MAY_START, "iam:PassRole")])
def test_a_parent_without_a_right_fails_naming_it(
    environment: Environment, right: tuple[str, str], missing: str
) -> None:
    parent = nested(environment, right)

    assert parent.status == "Failed"
    assert missing in parent.failure_message


def test_a_call_that_the_role_does_not_allow_fails_naming_the_action(environment: Environment) -> None:
    role = create_role(environment, "Nobody")
    look = {"name": "Look", "action": "aws:executeAwsApi", "inputs": {"Service": "ec2", "Api": "DescribeVpcs"}}
    create(environment, "Doc", look, role)
    started = client(environment, "ssm").start_automation_execution(DocumentName="Doc")

    environment.run()

    execution = environment.automations.find(ACCOUNT, REGION, started["AutomationExecutionId"])
    assert execution.status == "Failed"
    assert "ec2:DescribeVpcs" in execution.failure_message


def test_a_starter_needs_pass_role(environment: Environment) -> None:
    role = create_role(environment, "Worker")
    starter = create_role(environment, "Starter", MAY_START, service="lambda")
    create(environment, "Doc", {"name": "Wait", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}, role)
    ssm = identity.role_session(starter, "lambda.amazonaws.com").client("ssm", region_name=REGION)

    with pytest.raises(ClientError, match="iam:PassRole") as refusal:
        ssm.start_automation_execution(DocumentName="Doc")

    assert refusal.value.response["Error"]["Code"] == "AccessDeniedException"


def test_a_rule_on_status_events_reaches_its_queue(environment: Environment) -> None:
    sqs, events = client(environment, "sqs"), client(environment, "events")
    url = sqs.create_queue(QueueName="ended")["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:ended"
    send = {
        "Effect": "Allow",
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Principal": {"Service": "events.amazonaws.com"},
    }
    sqs.set_queue_attributes(
        QueueUrl=url, Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [send]})}
    )
    pattern = {"source": ["aws.ssm"], "detail": {"Status": ["Success", "Failed"], "Definition": [{"wildcard": "D*c"}]}}
    events.put_rule(Name="ended", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="ended", Targets=[{"Id": "queue", "Arn": arn}])
    role = create_role(environment, "Worker")
    create(environment, "Doc", {"name": "Wait", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}, role)
    client(environment, "ssm").start_automation_execution(DocumentName="Doc")

    environment.run()

    [message] = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert json.loads(message["Body"])["detail"]["Status"] == "Success"
