"""IAM: AWS's own policies, console passwords, and who holds a policy."""

import json
from typing import Any

import pytest

from asr_templates.simulator.scenarios.past import days_ago

ACCOUNT = "111111111111"
POLICY = "arn:aws:iam::aws:policy/AWSSupportAccess"
ALLOWED = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ACCOUNT}}
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [ALLOWED]})


@pytest.fixture
def iam(environment: Any) -> Any:
    return environment.session(ACCOUNT).client("iam")


def test_policies_of_aws_can_be_attached(iam: Any) -> None:
    iam.create_role(RoleName="support", AssumeRolePolicyDocument=TRUST)
    iam.attach_role_policy(RoleName="support", PolicyArn=POLICY)

    attached = iam.list_attached_role_policies(RoleName="support")["AttachedPolicies"]

    assert attached == [{"PolicyName": "AWSSupportAccess", "PolicyArn": POLICY}]
    assert iam.list_policies(Scope="Local")["Policies"] == []


def test_console_password_has_a_date_of_its_own(iam: Any) -> None:
    with days_ago(100):
        user = iam.create_user(UserName="ann")["User"]

    created = iam.create_login_profile(UserName="ann", Password="correct horse")["LoginProfile"]["CreateDate"]

    assert (created - user["CreateDate"]).days == 100
    assert iam.get_login_profile(UserName="ann")["LoginProfile"]["CreateDate"] == created


def test_holders_of_a_policy_come_in_pages_and_none_is_left_out(iam: Any) -> None:
    for number in range(120):
        iam.create_role(RoleName=f"role-{number:03}", AssumeRolePolicyDocument=TRUST)
        iam.attach_role_policy(RoleName=f"role-{number:03}", PolicyArn=POLICY)
    iam.create_user(UserName="ann", Path="/teams/")
    iam.attach_user_policy(UserName="ann", PolicyArn=POLICY)

    pages = [*iam.get_paginator("list_entities_for_policy").paginate(PolicyArn=POLICY)]
    of_teams = iam.list_entities_for_policy(PolicyArn=POLICY, PathPrefix="/teams/")
    roles = iam.list_entities_for_policy(PolicyArn=POLICY, EntityFilter="Role", MaxItems=10)

    assert [len(page["PolicyRoles"]) + len(page["PolicyUsers"]) for page in pages] == [100, 21]
    assert [user["UserName"] for user in of_teams["PolicyUsers"]] == ["ann"]
    assert of_teams["PolicyRoles"] == []
    assert (len(roles["PolicyRoles"]), roles["PolicyUsers"], roles["IsTruncated"]) == (10, [], True)
