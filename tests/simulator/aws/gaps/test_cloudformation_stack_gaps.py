"""An update of whom a stack notifies takes its time."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.aws.errors import NotSimulated

ACCOUNT = "111111111111"
TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:events"
TEMPLATE = {
    "Parameters": {"Name": {"Type": "String"}, "Stage": {"Type": "String", "Default": "test"}},
    "Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "Name"}}}},
}
SAME = {
    "StackName": "shop",
    "UsePreviousTemplate": True,
    "Parameters": [{"ParameterKey": name, "UsePreviousValue": True} for name in ("Name", "Stage")],
}


@pytest.fixture
def person(environment: Any) -> Any:
    client = environment.session(ACCOUNT).client("cloudformation", region_name="eu-west-1")
    client.create_stack(
        StackName="shop",
        TemplateBody=json.dumps(TEMPLATE),
        Parameters=[{"ParameterKey": "Name", "ParameterValue": "orders"}],
        RoleARN=f"arn:aws:iam::{ACCOUNT}:role/deployer",
    )
    return client


@pytest.fixture
def runbook(person: Any, worker: Any) -> Any:
    return worker.client("cloudformation", region_name="eu-west-1")


def state(client: Any) -> tuple[str, list[str]]:
    stack = client.describe_stacks(StackName="shop")["Stacks"][0]
    return stack["StackStatus"], stack["NotificationARNs"]


def test_what_a_person_changes_is_settled_at_once_and_can_be_taken_back(person: Any) -> None:
    person.update_stack(**SAME, NotificationARNs=[TOPIC])
    notified = state(person)
    person.update_stack(**SAME, NotificationARNs=[])

    assert (("UPDATE_COMPLETE", [TOPIC]), ("UPDATE_COMPLETE", [])) == (notified, state(person))


def test_what_a_runbook_changes_takes_its_time_and_nothing_else_changes(person: Any, runbook: Any) -> None:
    before = person.describe_stacks(StackName="shop")["Stacks"][0]
    runbook.update_stack(**SAME, NotificationARNs=[TOPIC])
    under_way = state(person)
    with pytest.raises(ClientError, match="UPDATE_IN_PROGRESS state and can not be updated"):
        person.update_stack(**SAME, NotificationARNs=[])
    scheduler.run()

    after = person.describe_stacks(StackName="shop")["Stacks"][0]
    kept = ("Parameters", "RoleARN", "StackId")
    assert (("UPDATE_IN_PROGRESS", [TOPIC]), ("UPDATE_COMPLETE", [TOPIC])) == (under_way, state(person))
    assert [before[name] for name in kept] == [after[name] for name in kept]


def test_update_that_changes_nothing_is_refused(person: Any) -> None:
    with pytest.raises(ClientError, match=r"No updates are to be performed\."):
        person.update_stack(**SAME, NotificationARNs=[])


def test_person_can_change_the_template_and_the_stack_keeps_its_role(person: Any) -> None:
    changed = {**TEMPLATE, "Outputs": {"Name": {"Value": {"Ref": "Name"}}}}
    parameters = [{"ParameterKey": "Name", "ParameterValue": "orders"}]
    person.update_stack(
        StackName="shop", TemplateBody=json.dumps(changed), Parameters=parameters, NotificationARNs=[TOPIC]
    )

    stack = person.describe_stacks(StackName="shop")["Stacks"][0]
    expected = (["orders"], f"arn:aws:iam::{ACCOUNT}:role/deployer", [TOPIC])
    assert expected == ([each["OutputValue"] for each in stack["Outputs"]], stack["RoleARN"], stack["NotificationARNs"])


def test_change_of_resources_by_a_runbook_is_not_simulated(runbook: Any) -> None:
    with pytest.raises(NotSimulated, match="by a runbook"):
        runbook.update_stack(StackName="shop", TemplateBody=json.dumps(TEMPLATE))
