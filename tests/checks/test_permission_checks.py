from collections.abc import Callable

import pytest

from asr_templates.checks import permissions
from asr_templates.model import Permission, Runbook

Make = Callable[..., Runbook]
Tell = Callable[..., list[str]]

TOPICS = "arn:${AWS::Partition}:sns:*:${AWS::AccountId}:*"
ROLES = "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/ASR-Topics-*"


def test_misspelt_action_is_reported_with_its_place_and_a_hint(runbook: Make, told: Tell) -> None:
    misspelt = runbook(change=(Permission(("sns:SetTopicAttribute",), (TOPICS,)),))
    expected = [
        "EncryptTopic.yaml: permissions.change[0]: unknown IAM action sns:SetTopicAttribute\n"
        "    hint: did you mean sns:SetTopicAttributes?"
    ]

    assert expected == told(permissions.actions_exist, misspelt)


def test_action_in_another_case_is_reported_with_the_right_spelling(runbook: Make, told: Tell) -> None:
    lower = runbook(change=(Permission(("sns:settopicattributes",), (TOPICS,)),))
    expected = [
        "EncryptTopic.yaml: permissions.change[0]: sns:settopicattributes is spelled sns:SetTopicAttributes\n"
        "    hint: write sns:SetTopicAttributes"
    ]

    assert expected == told(permissions.actions_exist, lower)


def test_wildcard_in_an_action_is_reported(runbook: Make, told: Tell) -> None:
    wide = runbook(change=(Permission(("sns:*",), (TOPICS,)),))

    assert "sns:* stands for many actions" in told(permissions.actions_exist, wide)[0]


def test_any_resource_is_reported_where_a_narrower_one_is_possible(runbook: Make, told: Tell) -> None:
    wide = runbook(change=(Permission(("sns:SetTopicAttributes",), ("*",)),))
    expected = [
        "EncryptTopic.yaml: permissions.change[0]: sns:SetTopicAttributes can be limited to topic\n"
        "    hint: instead of * write arn:${AWS::Partition}:sns:*:${AWS::AccountId}:*"
    ]

    assert expected == told(permissions.resources_are_narrow, wide)


def test_resource_is_reported_where_the_action_knows_none(runbook: Make, told: Tell) -> None:
    narrow = runbook(read=(Permission(("ec2:DescribeSecurityGroups",), ("arn:${AWS::Partition}:ec2:*:*:vpc/*",)),))

    assert any("knows no resources" in problem for problem in told(permissions.resources_are_narrow, narrow))


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        ("arn:aws:sns:*:${AWS::AccountId}:*", "exists in one partition only"),
        ("arn:${AWS::Partition}:sns:*:*:*", "reaches into other accounts"),
        ("arn:${AWS::Partition}:sqs:*:${AWS::AccountId}:*", "acts on topic, which none of the resources can be"),
        ("arn:${AWS::Partition}:sns:*:${AWS::AccountId}:${Name}", "has a parameter that is not known"),
    ],
)
def test_resource_that_means_something_else_is_reported(runbook: Make, told: Tell, resource: str, said: str) -> None:
    odd = runbook(change=(Permission(("sns:SetTopicAttributes",), (resource,)),))
    found = told(permissions.resources_are_narrow, odd)

    assert any(said in problem for problem in found), found


def test_role_that_is_passed_to_any_service_is_reported(runbook: Make, told: Tell) -> None:
    everywhere = runbook(dependencies=(Permission(("iam:PassRole",), (ROLES,), "the topic gets a role"),))
    expected = [
        "EncryptTopic.yaml: permissions.dependencies[0]: iam:PassRole without iam:PassedToService\n"
        "    hint: add a condition of StringEquals or StringLike or ArnEquals or ArnLike on iam:PassedToService"
    ]

    assert expected == told(permissions.roles_are_confined, everywhere)


@pytest.mark.parametrize("action", ["iam:AttachRolePolicy", "iam:DetachRolePolicy"])
def test_role_that_gets_or_loses_any_policy_is_reported(runbook: Make, told: Tell, action: str) -> None:
    found = told(permissions.roles_are_confined, runbook(undo=(Permission(("iam:GetRole", action), (ROLES,)),)))

    assert [f"EncryptTopic.yaml: permissions.undo[0]: {action} without iam:PolicyARN"] == [
        problem.partition("\n")[0] for problem in found
    ]


@pytest.mark.parametrize(
    ("conditions", "problems"),
    [
        ({"StringEquals": {"iam:PassedToService": "sns.amazonaws.com"}}, 0),
        ({"StringLike": {"iam:PassedToService": "ec2.amazonaws.com*"}}, 0),
        ({"StringEquals": {"iam:passedtoservice": "sns.amazonaws.com"}}, 0),
        ({"StringLike": {"iam:PassedToService": "*"}}, 1),
        ({"StringLike": {"iam:PassedToService": "*.amazonaws.com"}}, 1),
        ({"StringEquals": {"iam:PassedToService": ""}}, 1),
        ({"StringNotEquals": {"iam:PassedToService": "sns.amazonaws.com"}}, 1),
        ({"StringEqualsIfExists": {"iam:PassedToService": "sns.amazonaws.com"}}, 1),
        ({"StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"}}, 1),
    ],
)
def test_condition_on_a_passed_role_must_name_its_service(
    runbook: Make, told: Tell, conditions: dict[str, dict[str, str]], problems: int
) -> None:
    passing = runbook(dependencies=(Permission(("iam:PassRole",), (ROLES,), "the topic gets a role", conditions),))

    assert problems == len(told(permissions.roles_are_confined, passing))


def test_dependency_without_a_reason_is_reported(runbook: Make, told: Tell) -> None:
    silent = runbook(dependencies=(Permission(("kms:DescribeKey",), ("arn:${AWS::Partition}:kms:*:*:key/*",)),))

    assert "kms:DescribeKey without a reason" in told(permissions.dependencies_have_reasons, silent)[0]


def test_call_without_permission_is_reported_with_its_line(runbook: Make, told: Tell) -> None:
    expected = [
        "EncryptTopic.py:11: sns:set_topic_attributes needs sns:SetTopicAttributes, "
        "which permissions.change does not grant\n    hint: it is granted by undo"
    ]

    assert expected == told(permissions.calls_are_permitted, runbook(change=()))


@pytest.mark.parametrize("group", ["read", "change", "undo"])
def test_each_call_must_be_granted_by_its_own_group(runbook: Make, told: Tell, group: str) -> None:
    found = told(permissions.calls_are_permitted, runbook(**{group: ()}))

    assert len(found) == 1
    assert f"which permissions.{group} does not grant" in found[0]


def test_permission_that_nothing_needs_is_reported(runbook: Make, told: Tell) -> None:
    generous = runbook(read=(Permission(("sns:GetTopicAttributes", "sns:ListTagsForResource"), (TOPICS,)),))
    expected = [
        "EncryptTopic.yaml: permissions.read[0]: nothing of this group calls sns:ListTagsForResource\n"
        "    hint: delete it, or move it to dependencies and say because"
    ]

    assert expected == told(permissions.permissions_are_needed, generous)


def test_dependency_that_is_called_by_name_is_sent_to_its_group(runbook: Make, told: Tell) -> None:
    hidden = runbook(dependencies=(Permission(("sns:GetTopicAttributes",), (TOPICS,), "it looks"),))

    assert (
        "sns:GetTopicAttributes is called by name\n    hint: move it to read"
        in told(permissions.permissions_are_needed, hidden)[0]
    )


def test_tags_in_a_call_need_a_permission_of_their_own(runbook: Make, told: Tell) -> None:
    plan = '''\
from asr_templates.embedded.runner import Aws, Change, Plan


def plan(aws: Aws, TopicArn: str) -> Plan:
    """There is a tagged group."""
    tags = {"TagSpecifications": [{"ResourceType": "security-group", "Tags": []}]}
    these = {"GroupName": TopicArn, "Description": "x", **(tags if TopicArn else {})}
    yield Change("ec2", "create_security_group", these, undo="it may be in use")
    return {}
'''
    found = told(permissions.calls_are_permitted, runbook(plan=plan))

    assert any("needs ec2:CreateTags" in problem for problem in found), found


def test_steps_of_the_document_need_permissions_too(runbook: Make, told: Tell) -> None:
    waiting = runbook()
    waiting.document["mainSteps"].append(
        {
            "name": "Wait",
            "action": "aws:waitForAwsResourceProperty",
            "inputs": {"Service": "rds", "Api": "DescribeDBInstances"},
        }
    )
    expected = [
        "EncryptTopic.yaml: step Wait: step Wait needs rds:DescribeDBInstances, "
        "which permissions.read does not grant\n    hint: add it there"
    ]

    assert expected == told(permissions.calls_are_permitted, waiting)
