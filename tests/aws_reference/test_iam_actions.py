"""IAM's actions, their spelling and their resources."""

import subprocess
import sys

import pytest

from asr_templates.aws_reference import iam


@pytest.mark.parametrize("action", ["ec2:RevokeSecurityGroupIngress", "EC2:revokesecuritygroupingress", "iam:PassRole"])
def test_existing_action_is_known_in_any_case(action: str) -> None:
    assert iam.is_action(action)


@pytest.mark.parametrize("action", ["ec2:RevokeSecurityGroup", "ec2:*", "nothing:Read", "ec2", ""])
def test_what_is_no_action_is_not_known(action: str) -> None:
    assert not iam.is_action(action)


def test_spelling_is_that_of_aws() -> None:
    assert iam.spelling("EC2:revokesecuritygroupingress") == "ec2:RevokeSecurityGroupIngress"
    assert iam.spelling("lambda:invokefunction") == "lambda:InvokeFunction"
    assert iam.spelling("application-autoscaling:registerscalabletarget") == (
        "application-autoscaling:RegisterScalableTarget"
    )


def test_misspelt_action_is_reported_with_the_nearest_one() -> None:
    with pytest.raises(iam.UnknownActionError) as raised:
        iam.spelling("sns:SetTopicAttribute")

    assert str(raised.value) == "unknown IAM action sns:SetTopicAttribute; did you mean sns:SetTopicAttributes?"


def test_misspelt_prefix_leads_to_the_nearest_service() -> None:
    assert iam.closest("lamda:InvokeFunctio") == "lambda:InvokeFunction"
    assert iam.closest("qqqqqqqq:zzzz") is None


def test_pattern_stands_for_all_actions_that_match() -> None:
    assert iam.expand("sqs:*MessageVisibility") == ("sqs:ChangeMessageVisibility",)
    assert set(iam.expand("sns:*")) == set(iam.actions("sns"))
    assert iam.expand("sns:Nothing*") == ()


def test_action_tells_the_types_of_its_resources() -> None:
    assert iam.resource_types("ec2:RevokeSecurityGroupIngress") == ("security-group",)
    assert iam.resource_types("ec2:DescribeSecurityGroups") == ()


@pytest.mark.parametrize("action", sorted(iam.ADDED_RESOURCE_TYPES))
def test_added_resource_types_are_still_missing_from_the_list(action: str) -> None:
    assert iam._entry(action).get("Resources", []) == []
    assert all(iam.arn_formats(action.partition(":")[0], added) for added in iam.ADDED_RESOURCE_TYPES[action])


@pytest.mark.parametrize(
    ("action", "pattern", "expected"),
    [
        ("ec2:RevokeSecurityGroupIngress", "arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:security-group/*", True),
        ("ec2:RevokeSecurityGroupIngress", "arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:vpc/*", False),
        ("ec2:DescribeSecurityGroups", "arn:aws:ec2:*:1:security-group/*", False),
        ("ec2:DescribeSecurityGroups", "*", True),
        ("s3:ListBucket", "arn:aws:s3:::bucket/*", False),
        ("s3:GetObject", "arn:aws:s3:::bucket/*", True),
        ("s3:GetObject", "arn:aws:s3:::bucket", False),
        ("ssm:StartAutomationExecution", "arn:aws:ssm:*:1:automation-definition/ASR-X:*", True),
        ("ssm:StartAutomationExecution", "arn:aws:ssm:*::document/AWS-X", True),
        ("states:SendTaskSuccess", "arn:aws:states:*:1:stateMachine:X", True),
        ("iam:PassRole", "arn:aws:iam::1:role/ASR-*", True),
        ("iam:PassRole", "arn:aws:iam:eu-west-1:1:role/ASR-*", False),
    ],
)
def test_resource_fits_if_the_action_has_such_resources(action: str, pattern: str, expected: bool) -> None:
    assert expected == iam.resource_fits(action, pattern)


def test_every_resource_type_of_every_action_has_a_format() -> None:
    missing = [
        (action, resource_type)
        for action in iam.expand("*")
        for resource_type in iam.resource_types(action)
        if not iam.arn_formats(action.partition(":")[0], resource_type)
    ]

    assert missing == []


def test_import_loads_neither_cfn_lint_nor_the_list() -> None:
    program = (
        "import sys; from asr_templates.aws_reference import iam; "
        "assert 'cfnlint' not in sys.modules; assert iam._services.cache_info().currsize == 0; "
        "iam.is_action('sns:Publish'); assert 'cfnlint' not in sys.modules"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
