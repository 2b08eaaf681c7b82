"""Instances: settings of metadata that are not named stay; a termination takes its time."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.aws.gaps.instances import TERMINATION_SECONDS

REGION = "eu-west-1"


@pytest.fixture
def person(environment: Any) -> Any:
    return environment.session("111111111111").client("ec2", region_name=REGION)


@pytest.fixture
def runbook(person: Any, worker: Any) -> Any:
    return worker.client("ec2", region_name=REGION)


def start(ec2: Any, **properties: Any) -> str:
    image = ec2.register_image(Name="image")["ImageId"]
    return str(ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, **properties)["Instances"][0]["InstanceId"])


def describe(ec2: Any, instance: str) -> Any:
    return ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]


def state(ec2: Any, instance: str) -> str:
    return str(describe(ec2, instance)["State"]["Name"])


def test_options_that_are_not_named_stay(person: Any) -> None:
    given = {"HttpTokens": "optional", "HttpEndpoint": "disabled", "HttpPutResponseHopLimit": 7}
    instance = start(person, MetadataOptions=given)
    before = describe(person, instance)["MetadataOptions"]

    person.modify_instance_metadata_options(InstanceId=instance, HttpTokens="required")

    assert {**before, "HttpTokens": "required"} == describe(person, instance)["MetadataOptions"]


def test_what_a_person_terminates_is_terminated_at_once(person: Any) -> None:
    instance = start(person)
    person.terminate_instances(InstanceIds=[instance])

    assert "terminated" == state(person, instance)


def test_what_a_runbook_terminates_is_shutting_down_for_a_while(person: Any, runbook: Any) -> None:
    instance = start(person)
    [answered] = runbook.terminate_instances(InstanceIds=[instance])["TerminatingInstances"]
    seen = []
    scheduler.spawn(lambda: seen.append(state(person, instance)), name="look", delay=TERMINATION_SECONDS - 1)

    scheduler.run()

    assert ("running", "shutting-down") == tuple(answered[key]["Name"] for key in ("PreviousState", "CurrentState"))
    assert (["shutting-down"], "terminated") == (seen, state(person, instance))


def test_protected_instance_is_not_terminated(person: Any, runbook: Any) -> None:
    instance = start(person)
    person.modify_instance_attribute(InstanceId=instance, DisableApiTermination={"Value": True})

    for ec2 in (person, runbook):
        with pytest.raises(ClientError, match="OperationNotPermitted"):
            ec2.terminate_instances(InstanceIds=[instance])
    assert "running" == state(person, instance)
