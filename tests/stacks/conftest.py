"""A toy catalog: three controls, of which two are a family, in two playbooks."""

from typing import Any

import pytest

from asr_templates.model import Control, Group, Permission, ResourceId, Runbook
from asr_templates.names import Names
from asr_templates.playbook import Playbook

GROUP = ResourceId("AWS::EC2::SecurityGroup", r"arn:[^:]+:ec2:[^:]+:\d+:security-group/(sg-\w+)", "GroupId")
ACCOUNT = ResourceId("AWS::::Account", r"AWS::::Account:\d{12}", "")
CONTROLS = (
    Control("EC2.2", "EmptyGroup", GROUP, {"TOY": "4.3"}, "emptied"),
    Control("IAM.7", "SetPolicy", ACCOUNT, {}, "set", family="policy"),
    Control("IAM.11", "SetPolicy", ACCOUNT, {"TOY": "1.5"}, "set", family="policy"),
    Control("IAM.12", "SetPolicy", ACCOUNT, {"TOY": "1.6"}, "set", family="policy"),
)
PLAN = '''from asr_templates.embedded.runner import Aws, Plan


def plan(aws: Aws) -> Plan:
    """Nothing is to do."""
    yield from ()
    return {}
'''


class Consolidated(Playbook):
    """Every control, by its own id."""

    key, short, version, standard = "SC", "SC", "2.0.0", "security-control"

    def control_id(self, control: Control) -> str:
        return control.id


class Toy(Playbook):
    """A standard with some of them."""

    key, short, version, standard = "TOY", "TOY", "1.2.0", "toy-benchmark"


def toy_runbook(name: str, parameters: dict[str, Any], resource: str) -> Runbook:
    document = {
        "schemaVersion": "0.3",
        "assumeRole": "{{ AutomationAssumeRole }}",
        "parameters": {"AutomationAssumeRole": {"type": "AWS::IAM::Role::Arn"}, **parameters},
        "mainSteps": [
            {
                "name": "Remediation",
                "action": "aws:executeScript",
                "isEnd": True,
                "inputs": {"Runtime": "python3.11", "Handler": "handler", "Script": f"{name}.py"},
            }
        ],
    }
    permissions: dict[Group, tuple[Permission, ...]] = {
        "read": (Permission(("ec2:DescribeSecurityGroups",), ("*",)),),
        "change": (Permission(("ec2:RevokeSecurityGroupIngress",), (resource,)),),
        "undo": (Permission(("ec2:AuthorizeSecurityGroupIngress",), (resource,)),),
        "dependencies": (Permission(("ec2:DescribeVpcs",), ("*",), because="the group's VPC is read"),),
    }
    return Runbook(name, permissions, document, PLAN)


AWS_OWNED = {"UseAwsOwnedRunbook": {"type": "String", "default": "no", "allowedValues": ["yes", "no"]}}
ANY_GROUP = "arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:security-group/*"
RUNBOOKS = {
    "EmptyGroup": toy_runbook("EmptyGroup", {"GroupId": {"type": "String"}, **AWS_OWNED}, ANY_GROUP),
    "SetPolicy": toy_runbook("SetPolicy", {}, "*"),
}


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture
def runbooks() -> dict[str, Runbook]:
    return RUNBOOKS


@pytest.fixture
def consolidated() -> Playbook:
    return Consolidated(RUNBOOKS, CONTROLS)


@pytest.fixture
def toy() -> Playbook:
    return Toy(RUNBOOKS, CONTROLS)
