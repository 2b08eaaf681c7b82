"""EnableIMDSV2OnInstance: metadata only for a session token; every other setting of the metadata stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from asr_templates.simulator.aws.gaps import instances

RUNBOOK = "EnableIMDSV2OnInstance"


class Instance:
    """An instance with some settings of its metadata."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.ec2 = boto3.client("ec2")

    def start(self, **metadata: Any) -> str:
        image = self.ec2.register_image(Name="image")["ImageId"]
        started = self.ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, MetadataOptions=metadata)
        self.id = str(started["Instances"][0]["InstanceId"])
        return f"arn:aws:ec2:us-east-1:{self.account}:instance/{self.id}"

    def describe(self) -> Any:
        return self.ec2.describe_instances(InstanceIds=[self.id])["Reservations"][0]["Instances"][0]

    def loosen(self) -> None:
        self.ec2.modify_instance_metadata_options(InstanceId=self.id, HttpTokens="optional")


@pytest.fixture
def instance(account: str) -> Iterator[Instance]:
    with instances.installed():
        yield Instance(account)


@pytest.mark.parametrize("endpoint", ["enabled", "disabled"])
def test_tokens_are_required_and_the_endpoint_stays_as_it_is(
    prove: Callable[..., Any], instance: Instance, endpoint: str
) -> None:
    arn = instance.start(HttpTokens="optional", HttpEndpoint=endpoint, HttpPutResponseHopLimit=5)

    applied = prove(RUNBOOK, instance.describe, drift=instance.loosen, InstanceARN=arn)
    assert {"HttpTokens": "required"} == applied["After"]
    kept = instance.describe()["MetadataOptions"]
    assert (endpoint, 5) == (kept["HttpEndpoint"], kept["HttpPutResponseHopLimit"])


def test_instance_that_requires_tokens_is_left_alone(remediation: Callable[[str], Any], instance: Instance) -> None:
    arn = instance.start(HttpTokens="required")

    assert "NoChange" == remediation(RUNBOOK)(InstanceARN=arn)["Status"]


def test_terminated_instance_is_gone(remediation: Callable[[str], Any], instance: Instance) -> None:
    arn = instance.start(HttpTokens="optional")
    instance.ec2.terminate_instances(InstanceIds=[instance.id])

    output = remediation(RUNBOOK)(InstanceARN=arn)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
