"""The functions' surroundings: the tables of the real template on moto, and stand-ins for what moto does not have."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from asr_templates.documents.controls_json import controls_json
from asr_templates.lambdas.accounts import Members
from asr_templates.lambdas.controls import Controls
from asr_templates.lambdas.history import Record
from asr_templates.loading import load
from asr_templates.names import Names
from asr_templates.stacks.orchestrator import CODE, orchestrator_template

ACCOUNT, REGION = "222222222222", "eu-west-1"
GROUP = f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/sg-0123456789abcdef0"
ROLE_PATH = "/security/ASR-Orchestrator-Member"
Json = dict[str, Any]


def refusal(code: str, operation: str = "AnyOperation") -> ClientError:
    """An error as AWS answers it."""
    return ClientError({"Error": {"Code": code, "Message": f"message of {code}"}}, operation)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty AWS."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        yield


@pytest.fixture(scope="session")
def template() -> Json:
    """The orchestrator's template."""
    rendered: Json = orchestrator_template(Names(), {CODE: "code.zip"}, ["SC", "CIS120"]).to_dict()
    return rendered


@pytest.fixture
def table(aws: None, template: Json) -> Callable[[str], Any]:
    """Makes a table as the template describes it: table("SlotsTable")."""
    names = ("TableName", "AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes")

    def make(logical_id: str) -> Any:
        properties = template["Resources"][logical_id]["Properties"]
        return boto3.resource("dynamodb").create_table(
            **{name: properties[name] for name in names if name in properties}
        )

    return make


@pytest.fixture(scope="session")
def controls() -> Controls:
    """The rows of the real playbooks SC and CIS120."""
    playbooks = load().select(["SC", "CIS120"], [], Names())
    return Controls(json.loads(json.dumps(controls_json(playbooks))))


@pytest.fixture
def finding() -> Callable[..., Json]:
    """A whole finding of EC2.2, with parts replaced: finding(AwsAccountId="...")."""

    def make(**parts: object) -> Json:
        return {
            "SchemaVersion": "2018-10-08",
            "Id": f"arn:aws:securityhub:{REGION}:{ACCOUNT}:security-control/EC2.2/finding/0e0b6e6c",
            "ProductArn": f"arn:aws:securityhub:{REGION}::product/aws/securityhub",
            "GeneratorId": "security-control/EC2.2",
            "AwsAccountId": ACCOUNT,
            "Region": REGION,
            "UpdatedAt": "2026-01-01T00:00:00.000Z",
            "Title": "a title that its owner chose",
            "Workflow": {"Status": "NEW"},
            "RecordState": "ACTIVE",
            "Compliance": {
                "Status": "FAILED",
                "SecurityControlId": "EC2.2",
                "AssociatedStandards": [{"StandardsId": "standards/cis-aws-foundations-benchmark/v/1.2.0"}],
            },
            "Resources": [
                {"Type": "AwsEc2SecurityGroup", "Id": GROUP, "Region": REGION, "Partition": "aws", "Tags": {"a": "b"}}
            ],
            **parts,
        }

    return make


class States:
    """Step Functions as far as its callers need it: executions by name, and task tokens that are alive or over."""

    def __init__(self) -> None:
        self.executions: dict[str, Json] = {}
        self.over: set[str] = set()
        self.beats: list[str] = []
        self.ends: dict[str, Json] = {}

    def start_execution(self, *, stateMachineArn: str, name: str, input: str) -> Json:
        if name in self.executions:
            raise refusal("ExecutionAlreadyExists")
        self.executions[name] = json.loads(input)
        return {"executionArn": f"{stateMachineArn}:{name}"}

    def send_task_heartbeat(self, *, taskToken: str) -> None:
        if taskToken in self.over:
            raise refusal("TaskTimedOut")
        self.beats.append(taskToken)

    def send_task_success(self, *, taskToken: str, output: str) -> None:
        if taskToken in self.over:
            raise refusal("TaskTimedOut")
        self.over.add(taskToken)
        self.ends[taskToken] = json.loads(output)


class Automation:
    """Systems Manager in a member account: documents, and automations by their client token."""

    def __init__(self) -> None:
        self.documents: dict[str, str] = {}
        self.started: dict[str, Json] = {}
        self.described: dict[str, Json] = {}
        self.failure: Exception | None = None

    def describe_document(self, *, Name: str) -> Json:
        if self.failure:
            raise self.failure
        if Name not in self.documents:
            raise refusal("InvalidDocument")
        return {"Document": {"Name": Name, "Status": self.documents[Name]}}

    def start_automation_execution(self, **arguments: Any) -> Json:
        if self.failure:
            raise self.failure
        identifier = f"automation-{arguments['ClientToken']}"
        self.started[identifier] = arguments
        self.described.setdefault(identifier, {"AutomationExecutionStatus": "InProgress"})
        return {"AutomationExecutionId": identifier}

    def get_automation_execution(self, *, AutomationExecutionId: str) -> Json:
        if self.failure:
            raise self.failure
        if AutomationExecutionId not in self.described:
            raise refusal("AutomationExecutionNotFoundException")
        return {"AutomationExecution": self.described[AutomationExecutionId]}


@pytest.fixture
def states() -> States:
    return States()


@pytest.fixture
def automation() -> Automation:
    return Automation()


@pytest.fixture
def members(aws: None, automation: Automation) -> Members:
    """Member accounts in which everything is `automation`."""
    return Members(boto3.client("sts"), "aws", ROLE_PATH, "ASR-Prepare", lambda *arguments: automation)


@pytest.fixture
def refused() -> Callable[..., ClientError]:
    """An error as AWS answers it: refused("AccessDenied")."""
    return refusal


@pytest.fixture
def record() -> Callable[..., Record]:
    """The record of a remediation with one change: record(execution="b", outcome="SUCCESS")."""

    def make(execution: str = "a", **parts: Any) -> Record:
        fields: Json = {
            "outcome": "SUCCESS",
            "message": "made 1 changes",
            "mode": "Apply",
            "trigger": "custom action",
            "cause": "event",
            "started": "2026-01-01T00:00:00.000+00:00",
            "ended": "2026-01-01T00:01:00.000+00:00",
            "finding": {
                "Id": f"arn:aws:securityhub:{REGION}:{ACCOUNT}:security-control/EC2.2/finding/0e0b6e6c",
                "ProductArn": f"arn:aws:securityhub:{REGION}::product/aws/securityhub",
            },
            "target": {
                "Account": ACCOUNT,
                "Region": REGION,
                "Resource": GROUP,
                "Playbook": "SC",
                "Control": "EC2.2",
                "SecurityControl": "EC2.2",
                "Document": "ASR-SC_2.0.0_EC2.2",
            },
            "output": {
                "Status": "Success",
                "Message": "made 1 changes",
                "Before": {"Rules": [1]},
                "After": {"Rules": []},
                "Changes": [
                    {
                        "service": "ec2",
                        "operation": "revoke_security_group_ingress",
                        "parameters": {"GroupId": "sg-1"},
                        "undo": {"operation": "authorize_security_group_ingress", "parameters": {"GroupId": "sg-1"}},
                    }
                ],
            },
        }
        return Record(execution=execution, **{**fields, **parts})

    return make
