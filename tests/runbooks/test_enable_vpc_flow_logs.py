"""EnableVPCFlowLogs: rejected traffic is recorded; what others have made is neither used nor removed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

RUNBOOK = "EnableVPCFlowLogs"


class Network:
    """A VPC, and what records its traffic."""

    def __init__(self, account: str) -> None:
        self.ec2, self.logs, self.iam = (boto3.client(service) for service in ("ec2", "logs", "iam"))
        self.vpc = str(self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])
        self.name = f"ASR-VPCFlowLogs-{self.vpc}"
        facts = {"AccountId": account, "Partition": "aws", "Region": "us-east-1"}
        self.parameters = {"VPC": self.vpc, "TrafficType": "REJECT", "RetentionInDays": 365, **facts}

    def record(self, traffic: str) -> None:
        boto3.client("s3").create_bucket(Bucket="records")
        target = {"LogDestinationType": "s3", "LogDestination": "arn:aws:s3:::records"}
        self.ec2.create_flow_logs(ResourceType="VPC", ResourceIds=[self.vpc], TrafficType=traffic, **target)

    def flow_logs(self) -> list[tuple[str, str | None]]:
        found = self.ec2.describe_flow_logs()["FlowLogs"]
        return sorted((each["TrafficType"], each.get("LogGroupName")) for each in found)

    def describe(self) -> Any:
        groups = [(each["logGroupName"], each.get("retentionInDays")) for each in self.groups()]
        roles = [each["RoleName"] for each in self.iam.list_roles()["Roles"]]
        return self.flow_logs(), groups, roles

    def groups(self) -> list[Any]:
        return list(self.logs.describe_log_groups()["logGroups"])


@pytest.fixture
def network(account: str) -> Network:
    return Network(account)


def test_vpc_gets_a_flow_log_in_a_log_group_of_its_own_until_undo(
    remediation: Callable[[str], Any], network: Network
) -> None:
    network.record("ACCEPT")
    run, before = remediation(RUNBOOK), network.describe()

    assert ("Preview", before) == (run("Preview", **network.parameters)["Status"], network.describe())
    applied = run(**network.parameters)
    assert [("ACCEPT", None), ("REJECT", network.name)] == network.flow_logs()
    assert [(network.name, 365)] == network.describe()[1]
    assert "NoChange" == run(**network.parameters)["Status"]
    assert ("Undone", before) == (run("Undo", applied, **network.parameters)["Status"], network.describe())


def test_undo_after_somebody_has_changed_the_retention_is_refused(
    remediation: Callable[[str], Any], network: Network
) -> None:
    run = remediation(RUNBOOK)
    applied = run(**network.parameters)
    network.logs.put_retention_policy(logGroupName=network.name, retentionInDays=1)

    assert "Refused" == run("Undo", applied, **network.parameters)["Status"]


def test_what_is_made_is_tagged_and_for_this_vpc_alone(remediation: Callable[[str], Any], network: Network) -> None:
    remediation(RUNBOOK)(**network.parameters)

    role = network.iam.get_role(RoleName=network.name)["Role"]
    policy = network.iam.get_role_policy(RoleName=network.name, PolicyName="WriteFlowLogs")["PolicyDocument"]
    group = network.groups()[0]
    tags = network.logs.list_tags_for_resource(resourceArn=group["arn"].removesuffix(":*"))["tags"]
    flow_log = network.ec2.describe_flow_logs()["FlowLogs"][0]

    mine = {"ASR": RUNBOOK}
    assert (mine, mine, mine) == (tags, pairs(role["Tags"]), pairs(flow_log["Tags"]))
    statement = role["AssumeRolePolicyDocument"]["Statement"][0]
    assert {"Service": "vpc-flow-logs.amazonaws.com"} == statement["Principal"]
    own = "arn:aws:ec2:us-east-1:123456789012:vpc-flow-log/*"
    assert {"aws:SourceArn": own} == statement["Condition"]["ArnLike"]
    writable = [each["Resource"] for each in policy["Statement"] if "logs:PutLogEvents" in each["Action"]]
    assert [f"arn:aws:logs:us-east-1:123456789012:log-group:{network.name}:*"] == writable


def pairs(tags: list[dict[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}


@pytest.mark.parametrize("traffic", ["REJECT", "ALL"])
def test_flow_log_that_records_rejected_traffic_suffices(
    remediation: Callable[[str], Any], network: Network, traffic: str
) -> None:
    network.record(traffic)

    assert "NoChange" == remediation(RUNBOOK)(**network.parameters)["Status"]


def test_flow_log_of_rejected_traffic_does_not_suffice_where_all_is_asked_for(
    remediation: Callable[[str], Any], network: Network
) -> None:
    network.record("REJECT")
    remediation(RUNBOOK)(**{**network.parameters, "TrafficType": "ALL"})

    assert [("ALL", network.name), ("REJECT", None)] == network.flow_logs()


def test_what_an_earlier_run_left_is_used_again_and_stays_after_undo(
    remediation: Callable[[str], Any], network: Network
) -> None:
    run = remediation(RUNBOOK)
    run(**network.parameters)
    network.ec2.delete_flow_logs(FlowLogIds=[network.ec2.describe_flow_logs()["FlowLogs"][0]["FlowLogId"]])
    left = network.describe()

    again = run(**network.parameters)
    assert ["create_flow_logs"] == [change["operation"] for change in again["Changes"]]

    run("Undo", again, **network.parameters)
    assert left == network.describe()


def test_log_group_that_has_got_logs_is_not_deleted(remediation: Callable[[str], Any], network: Network) -> None:
    run = remediation(RUNBOOK)
    applied = run(**network.parameters)
    network.logs.create_log_stream(logGroupName=network.name, logStreamName="eni-1")
    undone = run("Undo", applied, **network.parameters)

    assert ("Refused", "cannot be undone: the resource was changed since") == (undone["Status"], undone["Message"])


@pytest.mark.parametrize("kind", ["log group", "role"])
def test_namesake_that_is_not_ours_is_refused(remediation: Callable[[str], Any], network: Network, kind: str) -> None:
    if kind == "role":
        network.iam.create_role(RoleName=network.name, AssumeRolePolicyDocument=json.dumps({"Statement": []}))
    else:
        network.logs.create_log_group(logGroupName=network.name)
    output = remediation(RUNBOOK)(**network.parameters)

    expected = f"{kind} {network.name} exists and has no tag ASR: it is not ours"
    assert ("Refused", expected, []) == (output["Status"], output["Message"], output["Changes"])


def test_vpc_that_is_gone_is_no_change(remediation: Callable[[str], Any], network: Network) -> None:
    network.ec2.delete_vpc(VpcId=network.vpc)
    output = remediation(RUNBOOK)(**network.parameters)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
