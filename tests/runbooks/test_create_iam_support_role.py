"""CreateIAMSupportRole: somebody may manage incidents with AWS Support."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from asr_templates.simulator.aws.gaps import iam as mended_iam

RUNBOOK = "CreateIAMSupportRole"
ROLE = "ASR-IncidentSupport"
POLICY = "arn:aws:iam::aws:policy/AWSSupportAccess"
GIVEN = {"AccountId": "123456789012", "Partition": "aws"}
STATEMENT = {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})


@pytest.fixture(autouse=True)
def policies_of_aws() -> Iterator[None]:
    with mended_iam.installed():
        yield


@pytest.fixture
def iam(account: str) -> Any:
    return boto3.client("iam")


def role_names(iam: Any) -> list[str]:
    return sorted(role["RoleName"] for page in iam.get_paginator("list_roles").paginate() for role in page["Roles"])


def test_role_is_made_for_tagged_principals_of_the_account(prove: Callable[..., Any], iam: Any) -> None:
    def drift() -> None:
        iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=TRUST)

    applied = prove(RUNBOOK, lambda: role_names(iam), drift=drift, **GIVEN)

    statement = applied["After"]["Trust"]["Statement"][0]
    assert {"AWS": "arn:aws:iam::123456789012:root"} == statement["Principal"]
    assert {"StringEquals": {"aws:PrincipalTag/asr-incident-support": "yes"}} == statement["Condition"]
    assert [POLICY] == applied["After"]["Policies"]


@pytest.mark.parametrize("kind", ["group", "user", "role"])
def test_anyone_with_the_policy_will_do(remediation: Callable[[str], Any], iam: Any, kind: str) -> None:
    if kind == "role":
        # Behind the first page of those that AWS lists.
        for number in range(120):
            iam.create_role(RoleName=f"role-{number}", AssumeRolePolicyDocument=TRUST)
        iam.attach_role_policy(RoleName="role-119", PolicyArn=POLICY)
    elif kind == "user":
        iam.create_user(UserName="ann")
        iam.attach_user_policy(UserName="ann", PolicyArn=POLICY)
    else:
        iam.create_group(GroupName="support")
        iam.attach_group_policy(GroupName="support", PolicyArn=POLICY)

    assert "NoChange" == remediation(RUNBOOK)(**GIVEN)["Status"]


def test_role_of_the_same_name_that_is_not_ours_is_refused(remediation: Callable[[str], Any], iam: Any) -> None:
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=TRUST)

    output = remediation(RUNBOOK)(**GIVEN)

    expected = f"role {ROLE} exists and is not ours: attach AWSSupportAccess to a role, or rename it"
    assert ("Refused", expected) == (output["Status"], output["Message"])


def test_our_role_is_used_again_as_somebody_has_changed_it(remediation: Callable[[str], Any], iam: Any) -> None:
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=TRUST, Tags=[{"Key": "ASR", "Value": RUNBOOK}])

    output = remediation(RUNBOOK)(**GIVEN)

    assert ["attach_role_policy"] == [change["operation"] for change in output["Changes"]]
    assert json.loads(TRUST) == iam.get_role(RoleName=ROLE)["Role"]["AssumeRolePolicyDocument"]


def test_policy_of_the_partition_is_meant(remediation: Callable[[str], Any], iam: Any) -> None:
    preview = remediation(RUNBOOK)("Preview", AccountId="123456789012", Partition="aws-us-gov")

    assert "arn:aws-us-gov:iam::aws:policy/AWSSupportAccess" == preview["Changes"][1]["parameters"]["PolicyArn"]
    assert "arn:aws-us-gov:iam::123456789012:root" in preview["Changes"][0]["parameters"]["AssumeRolePolicyDocument"]
