"""Roles that a call hands to a service."""

from contextlib import nullcontext
from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.aws_reference.operations import is_operation, parameter_names
from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.access.calls import ApiCall
from asr_templates.simulator.aws.access.passed_roles import PASSED, PassedRole, passed_roles
from asr_templates.simulator.aws.errors import NotSimulated

ACCOUNT = "111111111111"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Passed"
POLICY = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": ROLE}


def passed(service: str, operation: str, **parameters: Any) -> tuple[PassedRole, ...]:
    return passed_roles(ApiCall(service, operation, parameters, ACCOUNT, "eu-west-1"))


@pytest.mark.parametrize(("service", "operation"), sorted(PASSED))
def test_table_names_existing_parameters(service: str, operation: str) -> None:
    assert is_operation(service, operation)
    for path, principal in PASSED[(service, operation)]:
        assert path.partition(".")[0] in parameter_names(service, operation)
        assert principal.endswith(".amazonaws.com")


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "principal"),
    [
        ("lambda", "CreateFunction", {"Role": ROLE}, "lambda.amazonaws.com"),
        ("events", "PutTargets", {"Targets": [{"Arn": "x", "RoleArn": ROLE}]}, "events.amazonaws.com"),
        ("ssm", "StartAutomationExecution", {"Parameters": {"AutomationAssumeRole": [ROLE]}}, "ssm.amazonaws.com"),
        ("rds", "ModifyDBInstance", {"MonitoringRoleArn": ROLE}, "monitoring.rds.amazonaws.com"),
        (
            "sns",
            "SetTopicAttributes",
            {"AttributeName": "SQSSuccessFeedbackRoleArn", "AttributeValue": ROLE},
            "sns.amazonaws.com",
        ),
        ("iam", "AddRoleToInstanceProfile", {"RoleName": "Passed"}, "ec2.amazonaws.com"),
        ("apigateway", "UpdateAccount", {"patchOperations": [{"value": ROLE}]}, "apigateway.amazonaws.com"),
    ],
)
def test_role_in_a_parameter_is_passed_to_its_service(
    service: str, operation: str, parameters: dict[str, Any], principal: str
) -> None:
    assert passed(service, operation, **parameters) == (PassedRole(ROLE, principal),)


def test_instance_profile_passes_the_role_in_it(aws: Any) -> None:
    aws.role("Passed")
    iam = aws.administrator("iam")
    iam.create_instance_profile(InstanceProfileName="profile")
    iam.add_role_to_instance_profile(InstanceProfileName="profile", RoleName="Passed")

    found = passed("ec2", "AssociateIamInstanceProfile", IamInstanceProfile={"Name": "profile"}, InstanceId="i-1")
    launched = passed("autoscaling", "CreateLaunchConfiguration", IamInstanceProfile="profile")

    assert found == (PassedRole(ROLE, "ec2.amazonaws.com"),)
    assert launched == found


def test_call_without_a_role_passes_none() -> None:
    assert passed("lambda", "UpdateFunctionConfiguration", FunctionName="f") == ()
    assert passed("sts", "AssumeRole", RoleArn=ROLE) == ()
    assert passed("ssm", "StartAutomationExecution", Parameters={"AutomationAssumeRole": [""]}) == ()


def test_role_in_a_parameter_that_no_rule_knows_is_refused_with_its_place() -> None:
    with pytest.raises(NotSimulated) as raised:
        passed("glue", "CreateJob", Name="x", Role=ROLE)

    assert str(raised.value) == "access: glue.CreateJob: passing a role in the parameter Role is not simulated"


@pytest.mark.parametrize(
    ("condition", "allowed"),
    [
        ({}, True),
        ({"StringEquals": {"iam:PassedToService": "events.amazonaws.com"}}, True),
        ({"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}, False),
    ],
)
def test_caller_needs_pass_role_for_the_service(aws: Any, condition: dict[str, Any], allowed: bool) -> None:
    aws.role("Passed", trust=aws.trust({"Service": "events.amazonaws.com"}))
    events = aws.client("events", aws.allow("events:*"), {**POLICY, "Condition": condition})

    with nullcontext() if allowed else pytest.raises(ClientError, match=f"iam:PassRole on resource: {ROLE}"):
        events.put_rule(Name="r", EventPattern="{}", RoleArn=ROLE)

    assert [(call.action, call.allowed) for call in aws.access.calls] == [
        ("events:PutRule", True),
        ("iam:PassRole", allowed),
    ]


def test_other_modules_can_require_pass_role_for_the_owner_of_a_key(aws: Any) -> None:
    may = aws.session(aws.role("May", POLICY)).get_credentials().access_key
    may_not = aws.session(aws.role("MayNot")).get_credentials().access_key
    administrator = identity.administrator(ACCOUNT).get_credentials()
    assert administrator is not None

    aws.access.require_pass_role(administrator.access_key, ROLE, "ssm.amazonaws.com")
    aws.access.require_pass_role(may, ROLE, "ssm.amazonaws.com")
    for key in (may_not, "AKIAUNKNOWN"):
        with pytest.raises(ClientError) as raised:
            aws.access.require_pass_role(key, ROLE, "ssm.amazonaws.com")
        assert raised.value.response["Error"]["Code"] == "AccessDenied"
