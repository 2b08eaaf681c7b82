"""A role or an instance profile that was made a moment ago is not seen by other services yet."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.aws.gaps.young_roles import PROPAGATION_SECONDS, is_young

ACCOUNT = "111111111111"
REGION = "eu-west-1"
SERVICES = ["vpc-flow-logs.amazonaws.com", "monitoring.rds.amazonaws.com", "sns.amazonaws.com", "ec2.amazonaws.com"]


class Account:
    """A role and an instance profile, just made, and what may be given them."""

    def __init__(self, session: Any, worker: Any) -> None:
        self.person, self.worker = session, worker
        self.vpc = str(self.of_person("ec2").describe_vpcs()["Vpcs"][0]["VpcId"])
        image = self.of_person("ec2").register_image(Name="image")["ImageId"]
        started = self.of_person("ec2").run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"]
        self.instance = str(started[0]["InstanceId"])
        self.topic = str(self.of_person("sns").create_topic(Name="orders")["TopicArn"])
        self.of_person("rds").create_db_instance(
            DBInstanceIdentifier="db",
            DBInstanceClass="db.t3.micro",
            Engine="mysql",
            AllocatedStorage=20,
            MasterUsername="admin",
            MasterUserPassword="not-a-secret",
        )
        iam = self.of_person("iam")
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": SERVICES}}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        self.role = str(iam.create_role(RoleName="new", AssumeRolePolicyDocument=document)["Role"]["Arn"])
        made = iam.create_instance_profile(InstanceProfileName="new")["InstanceProfile"]
        self.profile = str(made["Arn"])
        iam.add_role_to_instance_profile(InstanceProfileName="new", RoleName="new")

    def of_person(self, service: str) -> Any:
        return self.person.client(service, region_name=REGION)

    def of_worker(self, service: str) -> Any:
        return self.worker.client(service, region_name=REGION)


@pytest.fixture
def account(environment: Any, worker: Any) -> Account:
    return Account(environment.session(ACCOUNT), worker)


Client = Callable[[str], Any]


def log_flows(account: Account, client: Client) -> None:
    client("ec2").create_flow_logs(
        ResourceType="VPC",
        ResourceIds=[account.vpc],
        TrafficType="REJECT",
        LogGroupName="flows",
        DeliverLogsPermissionArn=account.role,
    )


def associate_by_name(account: Account, client: Client) -> None:
    profile = {"Name": "new"}
    client("ec2").associate_iam_instance_profile(InstanceId=account.instance, IamInstanceProfile=profile)


def associate_by_arn(account: Account, client: Client) -> None:
    profile = {"Arn": account.profile}
    client("ec2").associate_iam_instance_profile(InstanceId=account.instance, IamInstanceProfile=profile)


def monitor(account: Account, client: Client) -> None:
    client("rds").modify_db_instance(DBInstanceIdentifier="db", MonitoringInterval=60, MonitoringRoleArn=account.role)


def log_deliveries(account: Account, client: Client) -> None:
    these = {"AttributeName": "HTTPFailureFeedbackRoleArn", "AttributeValue": account.role}
    client("sns").set_topic_attributes(TopicArn=account.topic, **these)


USES = [
    (log_flows, "InvalidParameter", "Unable to assume given IAM role"),
    (associate_by_name, "InvalidParameterValue", "Invalid IAM Instance Profile name"),
    (associate_by_arn, "InvalidParameterValue", "Invalid IAM Instance Profile name"),
    (monitor, "InvalidParameterValue", "ENHANCED_MONITORING"),
    (log_deliveries, "InvalidParameter", "role/new"),
]
each_use = pytest.mark.parametrize(("use", "code", "text"), USES, ids=[use.__name__ for use, _, _ in USES])


@each_use
def test_what_is_new_is_refused_for_a_while_and_taken_then(account: Account, use: Any, code: str, text: str) -> None:
    with pytest.raises(ClientError) as refused:
        use(account, account.of_worker)

    scheduler.call(scheduler.sleep, PROPAGATION_SECONDS)
    use(account, account.of_worker)

    error = refused.value.response["Error"]
    assert (code, True) == (error["Code"], text in error["Message"])


@each_use
def test_what_is_new_is_taken_from_the_administrator(account: Account, use: Any, code: str, text: str) -> None:
    use(account, account.of_person)


def test_what_names_no_role_is_not_refused(account: Account) -> None:
    account.of_worker("sns").set_topic_attributes(
        TopicArn=account.topic, AttributeName="DisplayName", AttributeValue="Orders"
    )
    account.of_worker("rds").modify_db_instance(DBInstanceIdentifier="db", DeletionProtection=True)


def test_what_does_not_exist_is_not_young(account: Account) -> None:
    assert [False, False] == [is_young(f"arn:aws:iam::{ACCOUNT}:role/none"), is_young("none")]
