"""EnableAWSConfig: what records stays as it is; what is missing is made; what Config recorded is never lost."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from asr_templates.simulator.aws.gaps import config as gap

RUNBOOK = "EnableAWSConfig"
ROLE = "arn:aws:iam::123456789012:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
OWN_ROLE = "arn:aws:iam::123456789012:role/recorder"
EVERYTHING = {"allSupported": True, "includeGlobalResourceTypes": False}
REASON = "what AWS Config records would be missing"


class Region:
    """AWS Config of one region."""

    def __init__(self, account: str) -> None:
        self.these = {
            "includeConfigServiceLinkedRoleCheck": True,
            "IncludeGlobalResourceTypes": True,
            "AccountId": account,
            "Region": "us-east-1",
            "Partition": "aws",
        }
        self.config = boto3.client("config")
        self.s3 = boto3.client("s3")

    def recorder(self, role: str = ROLE, **more: Any) -> None:
        these = {"name": "mine", "roleARN": role, "recordingGroup": EVERYTHING, **more}
        self.config.put_configuration_recorder(ConfigurationRecorder=these)

    def channel(self, *principals: str) -> None:
        """Make a channel to a bucket whose policy names these principals; none: it has no policy."""
        self.s3.create_bucket(Bucket="mine")
        if principals:
            statement = {"Effect": "Allow", "Principal": {"Service": list(principals)}, "Action": "s3:PutObject"}
            policy = {"Version": "2012-10-17", "Statement": [{**statement, "Resource": "arn:aws:s3:::mine/*"}]}
            self.s3.put_bucket_policy(Bucket="mine", Policy=json.dumps(policy))
        self.config.put_delivery_channel(DeliveryChannel={"name": "mine", "s3BucketName": "mine"})

    def start(self) -> None:
        self.config.start_configuration_recorder(ConfigurationRecorderName="mine")

    def describe(self) -> Any:
        [recorder] = self.config.describe_configuration_recorders()["ConfigurationRecorders"]
        [channel] = self.config.describe_delivery_channels()["DeliveryChannels"]
        [status] = self.config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
        return recorder, channel, status["recording"]


@pytest.fixture
def region(account: str) -> Iterator[Region]:
    with gap.installed():
        yield Region(account)


def test_region_without_config_records_everything_into_a_bucket_for_config_alone(
    remediation: Callable[[str], Any], region: Region
) -> None:
    output = remediation(RUNBOOK)(**region.these)

    recorder, channel, recording = region.describe()
    policy = json.loads(region.s3.get_bucket_policy(Bucket="asr-config-123456789012-us-east-1")["Policy"])
    allowed = [statement for statement in policy["Statement"] if statement["Effect"] == "Allow"]
    assert "Success" == output["Status"], output["Message"]
    assert (ROLE, True, "asr-config-123456789012-us-east-1", True) == (
        recorder["roleARN"],
        recorder["recordingGroup"]["includeGlobalResourceTypes"],
        channel["s3BucketName"],
        recording,
    )
    assert {"config.amazonaws.com"} == {statement["Principal"]["Service"] for statement in allowed}
    assert all("123456789012" == statement["Condition"]["StringEquals"]["aws:SourceAccount"] for statement in allowed)


def test_nothing_that_was_recorded_is_undone(remediation: Callable[[str], Any], region: Region) -> None:
    run = remediation(RUNBOOK)
    output = run("Undo", run(**region.these), **region.these)

    assert ("Refused", True) == (output["Status"], REASON in output["Message"])
    assert region.describe()[2]


def test_recorder_that_records_is_left_alone_even_without_global_types(
    remediation: Callable[[str], Any], region: Region
) -> None:
    region.recorder()
    region.channel()
    region.start()
    before = region.describe()

    assert ("NoChange", before) == (remediation(RUNBOOK)(**region.these)["Status"], region.describe())


def test_stopped_recorder_is_started_as_it_is(remediation: Callable[[str], Any], region: Region) -> None:
    region.recorder(recordingMode={"recordingFrequency": "DAILY"})
    region.channel()
    recorder, channel, _ = region.describe()
    output = remediation(RUNBOOK)(**region.these)

    assert ["start_configuration_recorder"] == [change["operation"] for change in output["Changes"]]
    assert (recorder, channel, True) == region.describe()


def test_recorder_gets_the_service_linked_role_and_keeps_the_rest(
    remediation: Callable[[str], Any], region: Region
) -> None:
    region.recorder(OWN_ROLE, recordingMode={"recordingFrequency": "DAILY"})
    region.channel("config.amazonaws.com")
    region.start()
    recorder, channel, _ = region.describe()
    remediation(RUNBOOK)(**region.these)

    assert ({**recorder, "roleARN": ROLE}, channel, True) == region.describe()


def test_role_does_not_matter_where_the_customer_says_so(remediation: Callable[[str], Any], region: Region) -> None:
    region.recorder(OWN_ROLE)
    region.channel()
    region.start()
    output = remediation(RUNBOOK)(**{**region.these, "includeConfigServiceLinkedRoleCheck": False})

    assert "NoChange" == output["Status"]


@pytest.mark.parametrize("principals", [(), ("logging.s3.amazonaws.com",)], ids=["no policy", "another's policy"])
def test_role_is_not_changed_where_config_itself_may_not_write(
    remediation: Callable[[str], Any], region: Region, principals: tuple[str, ...]
) -> None:
    region.recorder(OWN_ROLE)
    region.channel(*principals)
    region.start()
    before = region.describe()
    output = remediation(RUNBOOK)(**region.these)

    expected = "under its service-linked role it may not write to mine: let config.amazonaws.com in by a bucket policy"
    assert ("Refused", expected, before) == (output["Status"], output["Message"], region.describe())


def test_recorder_of_chosen_types_is_refused(remediation: Callable[[str], Any], region: Region) -> None:
    chosen = {"allSupported": False, "resourceTypes": ["AWS::EC2::Instance"]}
    region.recorder(recordingGroup=chosen)
    region.channel()
    output = remediation(RUNBOOK)(**region.these)

    expected = "recorder mine leaves out types of resources: see which ones your controls need"
    assert ("Refused", expected) == (output["Status"], output["Message"])
