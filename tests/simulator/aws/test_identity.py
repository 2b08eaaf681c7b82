"""Who owns which key, and who may assume which role."""

from __future__ import annotations

from collections.abc import Callable

import boto3
import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.environment import Environment

ADMIN = "111111111111"
MEMBER = "222222222222"


def key_of(session: boto3.Session) -> str:
    credentials = session.get_credentials()
    assert credentials is not None
    return str(credentials.access_key)


def test_the_administrator_of_each_account_is_known_by_its_key(environment: Environment) -> None:
    owner = identity.principal_of(key_of(environment.session(MEMBER)))
    caller = environment.session(MEMBER).client("sts", region_name="us-east-1").get_caller_identity()

    assert owner == identity.Principal("administrator", MEMBER, "administrator")
    assert caller["Account"] == MEMBER


def test_a_key_that_was_never_issued_belongs_to_nobody(environment: Environment) -> None:
    assert identity.principal_of("AKIAUNKNOWN") is None


def test_a_service_acts_for_an_account_and_a_resource(environment: Environment) -> None:
    rule = f"arn:aws:events:us-east-1:{ADMIN}:rule/r"
    owner = identity.principal_of(key_of(identity.service("events.amazonaws.com", ADMIN, rule)))

    assert owner == identity.Principal("events.amazonaws.com", ADMIN, "service", rule)


def test_a_service_assumes_a_role_that_trusts_it(environment: Environment, make_role: Callable[..., str]) -> None:
    role = make_role("worker", {"Service": "states.amazonaws.com"}, account=MEMBER)
    session = identity.role_session(role, "states.amazonaws.com")
    caller = session.client("sts", region_name="us-east-1").get_caller_identity()

    assert caller["Arn"] == f"arn:aws:sts::{MEMBER}:assumed-role/worker/states"
    assert identity.principal_of(key_of(session)) == identity.Principal(role, MEMBER, "role", session_name="states")


@pytest.mark.parametrize("service", ["lambda.amazonaws.com", "ssm.amazonaws.com"])
def test_a_service_that_is_not_trusted_is_refused(
    environment: Environment, make_role: Callable[..., str], service: str
) -> None:
    role = make_role("worker", {"Service": "states.amazonaws.com"})
    with pytest.raises(ClientError, match=r"AccessDenied.*not authorized to perform: sts:AssumeRole"):
        identity.role_session(role, service)


def test_a_role_that_does_not_exist_is_refused(environment: Environment) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        identity.role_session(f"arn:aws:iam::{ADMIN}:role/nobody", "states.amazonaws.com")


def test_the_trust_policys_conditions_see_the_source(environment: Environment, make_role: Callable[..., str]) -> None:
    condition = {"StringEquals": {"aws:SourceAccount": ADMIN}}
    role = make_role("worker", {"Service": "ssm.amazonaws.com"}, condition=condition)
    identity.role_session(role, "ssm.amazonaws.com", {"aws:SourceAccount": ADMIN})
    with pytest.raises(ClientError, match="AccessDenied"):
        identity.role_session(role, "ssm.amazonaws.com", {"aws:SourceAccount": MEMBER})


def test_a_role_of_one_account_assumes_a_role_of_another(
    environment: Environment, make_role: Callable[..., str]
) -> None:
    caller = make_role("caller", {"Service": "lambda.amazonaws.com"})
    target = make_role("target", {"AWS": f"arn:aws:iam::{ADMIN}:root"}, account=MEMBER)
    sts = identity.role_session(caller, "lambda.amazonaws.com").client("sts", region_name="eu-west-1")
    issued = sts.assume_role(RoleArn=target, RoleSessionName="me")["Credentials"]

    expected = identity.Principal(target, MEMBER, "role", session_name="me")
    assert identity.principal_of(issued["AccessKeyId"]) == expected


def test_a_role_that_trusts_another_account_is_refused_to_a_caller(
    environment: Environment, make_role: Callable[..., str]
) -> None:
    caller = make_role("caller", {"Service": "lambda.amazonaws.com"})
    target = make_role("target", {"AWS": "arn:aws:iam::333333333333:root"}, account=MEMBER)
    sts = identity.role_session(caller, "lambda.amazonaws.com").client("sts", region_name="eu-west-1")
    with pytest.raises(ClientError, match="AccessDenied"):
        sts.assume_role(RoleArn=target, RoleSessionName="me")


@pytest.mark.parametrize(("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")])
def test_roles_of_other_partitions_are_assumed_there(region: str, partition: str) -> None:
    trust = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",'
        ' "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}]}'
    )
    with Environment([ADMIN], [region], ADMIN) as environment:
        iam = environment.session(ADMIN).client("iam", region_name=region)
        role = iam.create_role(RoleName="worker", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        session = identity.role_session(role, "states.amazonaws.com")
        caller = session.client("sts", region_name=region).get_caller_identity()["Arn"]

    assert role == f"arn:{partition}:iam::{ADMIN}:role/worker"
    assert caller == f"arn:{partition}:sts::{ADMIN}:assumed-role/worker/states"


def test_clients_of_one_session_are_made_once_per_region(environment: Environment) -> None:
    session = environment.session(ADMIN)
    first = session.client("sqs", region_name="us-east-1")

    assert session.client("sqs", region_name="us-east-1") is first
    assert session.client("sqs", region_name="eu-west-1") is not first
