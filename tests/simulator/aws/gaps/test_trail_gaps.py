"""Trails, metric filters and recorders: what roles make must work, what is not set is not there."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.aws.gaps.young_roles import PROPAGATION_SECONDS

ACCOUNT = "111111111111"
REGION = "eu-west-1"
BUCKET = "audit-of-events"
TRAIL = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/events"
GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:events:*"


class Trails:
    """A bucket, and the clients of the administrator and of a runbook's role."""

    def __init__(self, environment: Any, worker: Any) -> None:
        self.administrator = environment.session(ACCOUNT)
        self.worker = worker
        self.cloudtrail = self.client("cloudtrail")
        where = {"LocationConstraint": REGION}
        self.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)

    def client(self, service: str) -> Any:
        return self.administrator.client(service, region_name=REGION)

    def of_worker(self, service: str) -> Any:
        return self.worker.client(service, region_name=REGION)

    def let_in(self, service: str, path: str) -> None:
        """Let a service look at the bucket and write under a path."""
        principal = {"Service": service}
        looks = ["s3:GetBucketAcl", "s3:ListBucket"]
        statements = [
            {"Effect": "Allow", "Principal": principal, "Action": looks, "Resource": f"arn:aws:s3:::{BUCKET}"},
            {"Effect": "Allow", "Principal": principal, "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{path}"},
        ]
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        self.client("s3").put_bucket_policy(Bucket=BUCKET, Policy=policy)

    def role(self, service: str, actions: list[str]) -> str:
        """Make a role for a service."""
        iam = self.client("iam")
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
        grant = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        trusted = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        role = iam.create_role(RoleName="delivery", AssumeRolePolicyDocument=trusted)["Role"]["Arn"]
        granted = json.dumps({"Version": "2012-10-17", "Statement": [grant]})
        iam.put_role_policy(RoleName="delivery", PolicyName="deliver", PolicyDocument=granted)
        return str(role)


@pytest.fixture
def trails(environment: Any, worker: Any) -> Trails:
    return Trails(environment, worker)


def refusal(call: Any, **parameters: Any) -> str:
    """The code of the error that a call ends in."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return str(caught.value.response["Error"]["Code"])


# CloudTrail


def test_trail_has_no_key_and_no_log_group_until_they_are_set_and_after_they_are_taken_away(trails: Trails) -> None:
    trails.cloudtrail.create_trail(Name="events", S3BucketName=BUCKET)
    before = trails.cloudtrail.get_trail(Name="events")["Trail"]
    key = trails.client("kms").create_key()["KeyMetadata"]["Arn"]
    trails.cloudtrail.update_trail(Name="events", KmsKeyId=key)

    assert key == trails.cloudtrail.get_trail(Name="events")["Trail"]["KmsKeyId"]

    trails.cloudtrail.update_trail(Name="events", KmsKeyId="")

    assert before == trails.cloudtrail.get_trail(Name="events")["Trail"]
    assert {"KmsKeyId", "CloudWatchLogsLogGroupArn"}.isdisjoint(before)


def test_name_of_a_trail_is_taken_in_every_region_that_it_covers(trails: Trails) -> None:
    trails.cloudtrail.create_trail(Name="events", S3BucketName=BUCKET, IsMultiRegionTrail=True)
    elsewhere = trails.administrator.client("cloudtrail", region_name="us-east-1")

    assert "TrailAlreadyExistsException" == refusal(elsewhere.create_trail, Name="events", S3BucketName=BUCKET)


def test_trail_is_deleted_by_its_arn_and_only_once(trails: Trails) -> None:
    trails.cloudtrail.create_trail(Name="events", S3BucketName=BUCKET)
    trails.cloudtrail.delete_trail(Name=TRAIL)

    assert [] == trails.cloudtrail.describe_trails()["trailList"]
    assert "TrailNotFoundException" == refusal(trails.cloudtrail.delete_trail, Name="events")


def test_trail_that_was_given_no_selectors_takes_every_management_event(trails: Trails) -> None:
    trails.cloudtrail.create_trail(Name="events", S3BucketName=BUCKET)

    [selector] = trails.cloudtrail.get_event_selectors(TrailName="events")["EventSelectors"]
    assert ("All", True) == (selector["ReadWriteType"], selector["IncludeManagementEvents"])
    assert trails.cloudtrail.get_trail(Name="events")["Trail"]["HasCustomEventSelectors"] is False

    only_writes = [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True}]
    trails.cloudtrail.put_event_selectors(TrailName="events", EventSelectors=only_writes)

    assert trails.cloudtrail.get_trail(Name="events")["Trail"]["HasCustomEventSelectors"] is True


def test_trail_of_a_role_needs_a_bucket_that_lets_cloudtrail_in(trails: Trails) -> None:
    create = trails.of_worker("cloudtrail").create_trail

    assert "S3BucketDoesNotExistException" == refusal(create, Name="events", S3BucketName="nowhere")
    assert "InsufficientS3BucketPolicyException" == refusal(create, Name="events", S3BucketName=BUCKET)

    trails.let_in("cloudtrail.amazonaws.com", f"{BUCKET}/AWSLogs/{ACCOUNT}/*")

    assert TRAIL == create(Name="events", S3BucketName=BUCKET)["TrailARN"]


def test_key_of_a_trail_must_let_cloudtrail_encrypt(trails: Trails) -> None:
    trails.cloudtrail.create_trail(Name="events", S3BucketName=BUCKET)
    kms, update = trails.client("kms"), trails.of_worker("cloudtrail").update_trail
    key = kms.create_key()["KeyMetadata"]["Arn"]
    missing = key[:-12] + "000000000000"

    assert "KmsKeyNotFoundException" == refusal(update, Name="events", KmsKeyId=missing)
    assert "InsufficientEncryptionPolicyException" == refusal(update, Name="events", KmsKeyId=key)

    actions = ["kms:GenerateDataKey*", "kms:DescribeKey"]
    encrypt = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": actions}
    policy = {"Version": "2012-10-17", "Statement": [{**encrypt, "Resource": "*"}]}
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))
    update(Name="events", KmsKeyId=key)
    kms.disable_key(KeyId=key.rpartition("/")[2])

    assert "KmsKeyDisabledException" == refusal(update, Name="events", KmsKeyId=key)


def test_role_of_a_trail_is_seen_a_while_after_it_was_made(trails: Trails) -> None:
    trails.cloudtrail.create_trail(Name="events", S3BucketName=BUCKET)
    trails.client("logs").create_log_group(logGroupName="events")
    role = trails.role("cloudtrail.amazonaws.com", ["logs:CreateLogStream", "logs:PutLogEvents"])
    update = trails.of_worker("cloudtrail").update_trail
    delivery = {"CloudWatchLogsLogGroupArn": GROUP, "CloudWatchLogsRoleArn": role}

    assert "InvalidCloudWatchLogsRoleArnException" == refusal(update, Name="events", **delivery)

    scheduler.call(scheduler.sleep, PROPAGATION_SECONDS)

    assert role == update(Name="events", **delivery)["CloudWatchLogsRoleArn"]


@pytest.mark.parametrize(
    ("service", "actions", "group", "expected"),
    [
        ("ec2.amazonaws.com", ["logs:*"], GROUP, "InvalidCloudWatchLogsRoleArnException"),
        ("cloudtrail.amazonaws.com", ["logs:PutLogEvents"], GROUP, "InvalidCloudWatchLogsRoleArnException"),
        (
            "cloudtrail.amazonaws.com",
            ["logs:*"],
            GROUP.removesuffix(":*"),
            "InvalidCloudWatchLogsLogGroupArnException",
        ),
    ],
    ids=["trust", "permissions", "log group"],
)
def test_delivery_to_a_log_group_that_cannot_work_is_refused(
    trails: Trails, service: str, actions: list[str], group: str, expected: str
) -> None:
    trails.cloudtrail.create_trail(Name="events", S3BucketName=BUCKET)
    trails.client("logs").create_log_group(logGroupName="events")
    role = trails.role(service, actions)
    scheduler.call(scheduler.sleep, PROPAGATION_SECONDS)
    update = trails.of_worker("cloudtrail").update_trail

    assert expected == refusal(update, Name="events", CloudWatchLogsLogGroupArn=group, CloudWatchLogsRoleArn=role)


# CloudWatch Logs


def filter_of(name: str, pattern: str) -> dict[str, Any]:
    metric = {"metricName": name, "metricNamespace": "Orders", "metricValue": "1"}
    return {"filterName": name, "filterPattern": pattern, "metricTransformations": [metric]}


def test_filter_of_the_same_name_is_replaced(trails: Trails) -> None:
    logs = trails.client("logs")
    logs.create_log_group(logGroupName="events")
    logs.put_metric_filter(logGroupName="events", **filter_of("a", "one"))
    logs.put_metric_filter(logGroupName="events", **filter_of("a", "two"))
    logs.put_metric_filter(logGroupName="events", **filter_of("b", "three"))

    found = logs.describe_metric_filters(logGroupName="events")["metricFilters"]
    assert [("a", "two"), ("b", "three")] == [(each["filterName"], each["filterPattern"]) for each in found]
    assert [2] == [group["metricFilterCount"] for group in logs.describe_log_groups()["logGroups"]]


def test_filters_go_with_their_log_group(trails: Trails) -> None:
    logs = trails.client("logs")
    logs.create_log_group(logGroupName="events")
    logs.put_metric_filter(logGroupName="events", **filter_of("a", "one"))
    logs.delete_log_group(logGroupName="events")

    assert "ResourceNotFoundException" == refusal(logs.describe_metric_filters, logGroupName="events")
    assert [] == logs.describe_metric_filters()["metricFilters"]


def test_filter_that_is_not_there_cannot_be_deleted_nor_put_into_no_group(trails: Trails) -> None:
    logs = trails.client("logs")
    nowhere = refusal(logs.put_metric_filter, logGroupName="events", **filter_of("a", "one"))
    logs.create_log_group(logGroupName="events")

    assert ("ResourceNotFoundException",) * 2 == (
        nowhere,
        refusal(logs.delete_metric_filter, logGroupName="events", filterName="a"),
    )


# AWS Config


def recorder(role: str, **more: Any) -> dict[str, Any]:
    everything = {"allSupported": True, "includeGlobalResourceTypes": False}
    return {"ConfigurationRecorder": {"name": "default", "roleARN": role, "recordingGroup": everything, **more}}


def test_service_linked_role_of_config_has_its_name(trails: Trails) -> None:
    role = trails.client("iam").create_service_linked_role(AWSServiceName="config.amazonaws.com")["Role"]

    assert "AWSServiceRoleForConfig" == role["RoleName"]


def test_recorder_of_a_role_needs_a_role_that_trusts_config(trails: Trails) -> None:
    put = trails.of_worker("config").put_configuration_recorder
    stranger = trails.role("ec2.amazonaws.com", ["s3:*"])
    scheduler.call(scheduler.sleep, PROPAGATION_SECONDS)

    assert "InvalidRoleException" == refusal(put, **recorder(stranger))

    role = trails.client("iam").create_service_linked_role(AWSServiceName="config.amazonaws.com")["Role"]["Arn"]
    too_early = refusal(put, **recorder(role))
    scheduler.call(scheduler.sleep, PROPAGATION_SECONDS)
    put(**recorder(role))

    [found] = trails.client("config").describe_configuration_recorders()["ConfigurationRecorders"]
    assert ("InvalidRoleException", role) == (too_early, found["roleARN"])


def test_recording_mode_is_kept(trails: Trails) -> None:
    config = trails.client("config")
    config.put_configuration_recorder(**recorder("arn:aws:iam::111111111111:role/x"))
    [continuous] = config.describe_configuration_recorders()["ConfigurationRecorders"]
    daily = {"recordingFrequency": "DAILY"}
    config.put_configuration_recorder(**recorder("arn:aws:iam::111111111111:role/x", recordingMode=daily))
    [found] = config.describe_configuration_recorders()["ConfigurationRecorders"]

    assert ({"recordingFrequency": "CONTINUOUS"}, daily) == (continuous["recordingMode"], found["recordingMode"])


def test_channel_of_a_role_needs_a_bucket_that_lets_config_in(trails: Trails) -> None:
    trails.client("config").put_configuration_recorder(**recorder("arn:aws:iam::111111111111:role/x"))
    put = trails.of_worker("config").put_delivery_channel

    nowhere = refusal(put, DeliveryChannel={"name": "default", "s3BucketName": "nowhere"})
    closed = refusal(put, DeliveryChannel={"name": "default", "s3BucketName": BUCKET})
    assert ("NoSuchBucketException", "InsufficientDeliveryPolicyException") == (nowhere, closed)

    trails.let_in("config.amazonaws.com", f"{BUCKET}/AWSLogs/{ACCOUNT}/Config/*")
    put(DeliveryChannel={"name": "default", "s3BucketName": BUCKET})

    [channel] = trails.client("config").describe_delivery_channels()["DeliveryChannels"]
    assert BUCKET == channel["s3BucketName"]
