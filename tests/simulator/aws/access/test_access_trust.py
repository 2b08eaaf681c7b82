"""Trust policies."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws.access.context import ORGANIZATION
from asr_templates.simulator.aws.access.trust import trusted

ACCOUNT = "111111111111"
OTHER = "222222222222"
REGION = "eu-west-1"
SERVICE = "lambda.amazonaws.com"
ORCHESTRATOR = f"arn:aws:iam::{ACCOUNT}:role/Orchestrator"


def test_service_is_trusted_only_for_the_account_and_resource_of_the_conditions(aws: Any) -> None:
    conditions = {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:ssm:*:{ACCOUNT}:automation-execution/*"},
    }
    role = aws.role("Member", trust=aws.trust({"Service": "ssm.amazonaws.com"}, Condition=conditions))
    source = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": f"arn:aws:ssm:{REGION}:{ACCOUNT}:automation-execution/1"}

    assert trusted(role, "ssm.amazonaws.com", source)
    assert not trusted(role, "ssm.amazonaws.com", {**source, "aws:SourceAccount": OTHER})
    assert not trusted(role, "ssm.amazonaws.com", {})
    assert not trusted(role, "lambda.amazonaws.com", source)


def test_account_is_trusted_for_the_role_of_the_condition_and_its_organization(aws: Any) -> None:
    conditions = {
        "ArnEquals": {"aws:PrincipalArn": ORCHESTRATOR},
        "StringEquals": {"aws:PrincipalOrgID": ORGANIZATION},
    }
    principal = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    role = aws.role("Member", account=OTHER, trust=aws.trust(principal, Condition=conditions))

    assert trusted(role, ORCHESTRATOR, {})
    assert not trusted(role, f"arn:aws:iam::{ACCOUNT}:role/team/Orchestrator", {})
    assert not trusted(role, f"arn:aws:iam::{OTHER}:role/Orchestrator", {})


def test_external_id_must_be_that_of_the_condition(aws: Any) -> None:
    role = aws.role(
        "Member", trust=aws.trust({"AWS": ACCOUNT}, Condition={"StringEquals": {"sts:ExternalId": "secret"}})
    )

    assert trusted(role, ORCHESTRATOR, {"sts:ExternalId": "secret"})
    assert not trusted(role, ORCHESTRATOR, {})


def test_role_that_does_not_exist_trusts_nobody(aws: Any) -> None:
    assert not trusted(f"arn:aws:iam::{ACCOUNT}:role/Nothing", SERVICE, {})
    assert not trusted("nothing", SERVICE, {})


@pytest.mark.parametrize("has_policy", [True, False])
@pytest.mark.parametrize("trusts_account", [True, False])
def test_role_of_another_account_needs_both_sides(aws: Any, has_policy: bool, trusts_account: bool) -> None:
    target = f"arn:aws:iam::{OTHER}:role/Member"
    principal = {"AWS": f"arn:aws:iam::{ACCOUNT if trusts_account else OTHER}:root"}
    aws.role("Member", account=OTHER, trust=aws.trust(principal))
    caller = aws.role("Orchestrator", *([aws.allow("sts:AssumeRole", target)] if has_policy else []))
    sts = aws.session(caller).client("sts", region_name=REGION)

    if has_policy and trusts_account:
        assert sts.assume_role(RoleArn=target, RoleSessionName="test")["AssumedRoleUser"]["Arn"].startswith(
            "arn:aws:sts"
        )
    else:
        with pytest.raises(ClientError) as raised:
            sts.assume_role(RoleArn=target, RoleSessionName="test")
        assert raised.value.response["Error"] == {
            "Code": "AccessDenied",
            "Message": (
                f"User: arn:aws:sts::{ACCOUNT}:assumed-role/Orchestrator/lambda is not authorized to perform: "
                f"sts:AssumeRole on resource: {target}"
            ),
        }


def test_role_that_is_named_outright_needs_no_policy_in_its_own_account(aws: Any) -> None:
    caller = aws.role("Caller")
    aws.role("ByName", trust=aws.trust({"AWS": caller}))
    aws.role("ByAccount", trust=aws.trust({"AWS": ACCOUNT}))
    sts = aws.session(caller).client("sts", region_name=REGION)

    assert sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/ByName", RoleSessionName="test")["Credentials"]
    with pytest.raises(ClientError, match="not authorized to perform: sts:AssumeRole"):
        sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/ByAccount", RoleSessionName="test")
