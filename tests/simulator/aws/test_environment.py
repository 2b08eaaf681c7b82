"""The embedded AWS as a whole: a stack is deployed, a finding goes in, a message comes out, and nothing stays."""

from __future__ import annotations

import gc
import json
import os
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any

import boto3
import botocore.handlers
import pytest
from botocore.exceptions import ClientError
from moto.awslambda.models import LambdaFunction
from moto.core.botocore_stubber import BotocoreStubber
from moto.events.models import EventsBackend
from moto.securityhub.responses import SecurityHubResponse
from moto.securityhub.urls import url_paths
from moto.sqs.models import Queue
from moto.sts.models import STSBackend

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.aws.environment import Environment
from asr_templates.simulator.aws.errors import NotSimulated

ADMIN = "111111111111"
MEMBER = "222222222222"
REGION = "us-east-1"


def role(service: str, *statements: dict[str, Any]) -> dict[str, Any]:
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [{"PolicyName": "own", "PolicyDocument": document}],
        },
    }


def allow(actions: str | list[str], resource: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


STARTER = """
import json, os
import boto3

def handler(event, context):
    for record in event["Records"]:
        finding = json.loads(record["body"])["detail"]["findings"][0]
        boto3.client("stepfunctions").start_execution(
            stateMachineArn=os.environ["MACHINE"], name=record["messageId"], input=json.dumps({"id": finding["Id"]}))
"""

MACHINE = {
    "StartAt": "Wait",
    "States": {
        "Wait": {"Type": "Wait", "Seconds": 3600, "Next": "Tell"},
        "Tell": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sns:publish",
            "Parameters": {"TopicArn": "${Topic}", "Message.$": "$.id"},
            "End": True,
        },
    },
}


def get(name: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [name, "Arn"]}


def template() -> dict[str, Any]:
    queue_policy = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": get("Queue"),
        "Condition": {"ArnEquals": {"aws:SourceArn": get("Rule")}},
    }
    pattern = {
        "source": ["aws.securityhub"],
        "detail-type": ["Security Hub Findings - Imported"],
        "account": [{"Ref": "AWS::AccountId"}],
        "detail": {"findings": {"Compliance": {"Status": ["FAILED"]}}},
    }
    logs = allow(["logs:CreateLogStream", "logs:PutLogEvents"], "*")
    receive = allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], get("Queue"))
    definition = {"Fn::Sub": json.dumps(MACHINE)}
    return {
        "Resources": {
            "Topic": {"Type": "AWS::SNS::Topic"},
            "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 60}},
            "QueuePolicy": {
                "Type": "AWS::SQS::QueuePolicy",
                "Properties": {
                    "Queues": [{"Ref": "Queue"}],
                    "PolicyDocument": {"Version": "2012-10-17", "Statement": [queue_policy]},
                },
            },
            "Rule": {
                "Type": "AWS::Events::Rule",
                "Properties": {"EventPattern": pattern, "Targets": [{"Id": "queue", "Arn": get("Queue")}]},
            },
            "StarterRole": role(
                "lambda.amazonaws.com", receive, logs, allow("states:StartExecution", {"Ref": "Machine"})
            ),
            "Starter": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "Runtime": "python3.13",
                    "Handler": "index.handler",
                    "Role": get("StarterRole"),
                    "Code": {"ZipFile": STARTER},
                    "Environment": {"Variables": {"MACHINE": {"Ref": "Machine"}}},
                },
            },
            "Mapping": {
                "Type": "AWS::Lambda::EventSourceMapping",
                "Properties": {"EventSourceArn": get("Queue"), "FunctionName": {"Ref": "Starter"}},
            },
            "MachineRole": role("states.amazonaws.com", allow("sns:Publish", {"Ref": "Topic"})),
            "Machine": {
                "Type": "AWS::StepFunctions::StateMachine",
                "Properties": {"RoleArn": get("MachineRole"), "DefinitionString": definition},
            },
        },
        "Outputs": {"Topic": {"Value": {"Ref": "Topic"}}},
    }


def finding() -> dict[str, Any]:
    return {
        "Id": "finding-1",
        "ProductArn": f"arn:aws:securityhub:{REGION}::product/aws/securityhub",
        "AwsAccountId": MEMBER,
        "UpdatedAt": "2026-01-01T00:00:00Z",
        "Compliance": {"Status": "FAILED"},
    }


def test_a_finding_of_a_member_runs_through_a_deployed_stack_of_the_admin() -> None:
    with Environment([ADMIN, MEMBER], [REGION], ADMIN) as environment:
        stack = environment.deploy(ADMIN, REGION, "loop", template())
        begin = time.time()
        environment.hub.import_finding(finding())
        environment.run()
        messages = environment.messages(stack.outputs["Topic"])

        assert messages == ["finding-1"]
        assert time.time() - begin == 3600
        assert (environment.bus.undelivered, environment.queues.problems) == ([], [])
        assert {call.action for call in environment.access.calls if call.allowed} >= {
            "sqs:SendMessage",
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "states:StartExecution",
            "sns:Publish",
        }
        assert [call for call in environment.access.calls if not call.allowed] == []


def test_the_same_run_twice_makes_the_same_calls_in_the_same_order() -> None:
    runs = []
    for _ in range(2):
        with Environment([ADMIN, MEMBER], [REGION], ADMIN) as environment:
            environment.deploy(ADMIN, REGION, "loop", template())
            for number in range(4):
                environment.hub.import_finding({**finding(), "Id": f"finding-{number}"})
            environment.run()
            runs.append([(call.service, call.operation, call.allowed) for call in environment.access.calls])

    assert runs[0] == runs[1]


def hooks() -> list[object]:
    return [
        list(botocore.handlers.BUILTIN_HANDLERS),
        BotocoreStubber.process_request,
        EventsBackend.put_events,
        LambdaFunction.invoke,
        Queue.add_message,
        STSBackend.assume_role,
        SecurityHubResponse.get_findings,
        hasattr(SecurityHubResponse, "batch_update_findings"),
        dict(url_paths),
        boto3._get_default_session,
        threading.Thread.start,
        time.sleep,
        os.environ.get("MOTO_EC2_LOAD_DEFAULT_AMIS"),
    ]


def test_leaving_takes_back_every_hook_thread_and_object(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MOTO_EC2_LOAD_DEFAULT_AMIS")
    before, threads = hooks(), threading.active_count()
    with Environment([ADMIN], [REGION], ADMIN) as environment:
        environment.deploy(ADMIN, REGION, "loop", template())
        machine = environment.session(ADMIN).client("stepfunctions", region_name=REGION)
        arn = machine.list_state_machines()["stateMachines"][0]["stateMachineArn"]
        machine.start_execution(stateMachineArn=arn, name="unfinished", input='{"id": "x"}')
        environment.run(until=lambda: True)
        inside = hooks()
        reference = weakref.ref(environment)
    del environment
    gc.collect()

    assert hooks() == before
    assert [each for each, other in zip(inside, before, strict=True) if each == other] == []
    assert threading.active_count() == threads
    assert reference() is None


def test_an_environment_within_an_environment_is_refused_and_does_no_harm(environment: Environment) -> None:
    client = environment.session(ADMIN).client("sts", region_name=REGION)
    with pytest.raises(RuntimeError, match="one Environment per process"), Environment([ADMIN], [REGION], ADMIN):
        pass

    assert client.get_caller_identity()["Account"] == ADMIN


def test_an_operation_that_moto_lacks_is_not_simulated(environment: Environment) -> None:
    client = environment.session(ADMIN).client("securityhub", region_name=REGION)
    with pytest.raises(NotSimulated, match=r"securityhub: .*is not simulated"):
        client.list_invitations()


def test_a_key_of_nobody_is_refused(environment: Environment) -> None:
    stranger = boto3.Session(aws_access_key_id="AKIASTRANGER", aws_secret_access_key="x", region_name=REGION)
    with pytest.raises(ClientError, match=r"InvalidClientTokenId|UnrecognizedClient"):
        stranger.client("sqs").list_queues()


def test_a_gap_met_in_a_task_reaches_whoever_runs_the_scheduler(
    environment: Environment, make_function: Callable[..., str]
) -> None:
    code = "import boto3\ndef handler(event, context):\n    boto3.client('securityhub').list_invitations()\n"
    make_function("f", code)
    client = environment.session(ADMIN).client("lambda", region_name=REGION)
    client.invoke(FunctionName="f", InvocationType="Event", Payload=b"{}")
    with pytest.raises(NotSimulated, match="securityhub"):
        environment.run()


def test_an_account_or_hub_admin_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ValueError, match=f"hub_admin {MEMBER} is none of the accounts {ADMIN}"):
        Environment([ADMIN], [REGION], MEMBER)
    with Environment([ADMIN], [REGION], ADMIN) as environment, pytest.raises(ValueError, match="333333333333"):
        environment.session("333333333333")


@pytest.mark.parametrize(("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")])
def test_the_loop_runs_in_other_partitions_too(region: str, partition: str) -> None:
    with Environment([ADMIN, MEMBER], [region], ADMIN) as environment:
        body = json.loads(json.dumps(template()).replace("arn:aws:states", f"arn:{partition}:states"))
        stack = environment.deploy(ADMIN, region, "loop", body)
        product = f"arn:{partition}:securityhub:{region}::product/aws/securityhub"
        environment.hub.import_finding({**finding(), "ProductArn": product})
        environment.run()

        assert stack.outputs["Topic"].startswith(f"arn:{partition}:sns:{region}:{ADMIN}:")
        assert environment.messages(stack.outputs["Topic"]) == ["finding-1"]


def test_time_goes_on_from_the_epoch_in_each_environment(environment: Environment) -> None:
    scheduler.call(time.sleep, 10)

    assert time.time() == 1767225610
    assert identity.principal_of("AKIASTRANGER") is None
