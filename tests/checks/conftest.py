from collections.abc import Callable
from typing import Any

import pytest

from asr_templates.model import Control, Group, Permission, Problem, ResourceId, Runbook

PLAN = '''\
from asr_templates.embedded.runner import Aws, Change, Plan, Undo


def plan(aws: Aws, TopicArn: str) -> Plan:
    """The topic is encrypted."""
    sns = aws("sns")
    key = sns.get_topic_attributes(TopicArn=TopicArn)["Attributes"].get("KmsMasterKeyId", "")
    if not key:
        these = {"TopicArn": TopicArn, "AttributeName": "KmsMasterKeyId", "AttributeValue": "alias/mine"}
        back = Undo("set_topic_attributes", {**these, "AttributeValue": key})
        yield Change("sns", "set_topic_attributes", these, undo=back)
    return {"KmsMasterKeyId": key}
'''
TOPICS = "arn:${AWS::Partition}:sns:*:${AWS::AccountId}:*"
PERMISSIONS: dict[Group, tuple[Permission, ...]] = {
    "read": (Permission(("sns:GetTopicAttributes",), (TOPICS,)),),
    "change": (Permission(("sns:SetTopicAttributes",), (TOPICS,)),),
    "undo": (Permission(("sns:SetTopicAttributes",), (TOPICS,)),),
    "dependencies": (),
}
TOPIC = ResourceId(
    type="AWS::SNS::Topic",
    pattern=r"^(arn:(?:aws|aws-cn|aws-us-gov):sns:[a-z0-9-]+:\d{12}:[\w-]{1,256})$",
    parameter="TopicArn",
    good=(
        "arn:aws:sns:us-east-1:111111111111:news",
        "arn:aws-cn:sns:cn-north-1:111111111111:news",
        "arn:aws-us-gov:sns:us-gov-west-1:111111111111:news",
    ),
    bad=("arn:aws:sns:us-east-1:111111111111:",),
)

Checked = Callable[..., list[str]]


def toy_document() -> dict[str, Any]:
    return {
        "schemaVersion": "0.3",
        "description": "Encrypt a topic.",
        "assumeRole": "{{ AutomationAssumeRole }}",
        "outputs": ["Remediation.Output"],
        "parameters": {
            "AutomationAssumeRole": {"type": "AWS::IAM::Role::Arn"},
            "TopicArn": {"type": "String", "allowedPattern": "^arn:.+$"},
            "Mode": {"type": "String", "default": "Apply", "allowedValues": ["Apply", "Preview", "Undo"]},
            "Record": {"type": "String", "default": ""},
        },
        "mainSteps": [
            {
                "name": "Remediation",
                "action": "aws:executeScript",
                "timeoutSeconds": 600,
                "isEnd": True,
                "inputs": {
                    "Runtime": "python3.11",
                    "Handler": "handler",
                    "InputPayload": {
                        "TopicArn": "{{ TopicArn }}",
                        "Mode": "{{ Mode }}",
                        "Record": "{{ Record }}",
                    },
                    "Script": "EncryptTopic.py",
                },
                "outputs": [{"Name": "Output", "Selector": "$.Payload", "Type": "StringMap"}],
            }
        ],
    }


@pytest.fixture
def runbook() -> Callable[..., Runbook]:
    """Makes a sound runbook, its plan with the replacements given as pairs of texts."""

    def make(*replacements: tuple[str, str], plan: str = PLAN, **permissions: tuple[Permission, ...]) -> Runbook:
        for old, new in replacements:
            assert old in plan, f"{old!r} is not in the plan"
            plan = plan.replace(old, new)
        granted: dict[Any, tuple[Permission, ...]] = {**PERMISSIONS, **permissions}
        return Runbook("EncryptTopic", granted, toy_document(), plan)

    return make


@pytest.fixture
def row() -> Callable[..., Control]:
    """Makes a sound row of the runbook, with other fields where given."""

    def make(**fields: Any) -> Control:
        sound: dict[str, Any] = {
            "id": "SNS.1",
            "runbook": "EncryptTopic",
            "resource": TOPIC,
            "ids": {"AFSBP": "SNS.1"},
            "note": "The topic is encrypted.",
        }
        return Control(**{**sound, **fields})

    return make


@pytest.fixture
def told() -> Callable[..., list[str]]:
    """Returns what a check says, as people read it."""

    def tell(check: Callable[..., Any], subject: object) -> list[str]:
        found: list[Problem] = list(check(subject))
        return [str(problem) for problem in found]

    return tell
