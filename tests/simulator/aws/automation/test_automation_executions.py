"""Starting, queueing, nesting, stopping and describing automations, and their events."""

import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws.automation.automations import CONCURRENT_EXECUTIONS
from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.aws.errors import NotSimulated

WAIT_A_MINUTE = {"name": "Wait", "action": "aws:sleep", "inputs": {"Duration": "PT1M"}}


def statuses(aws: Any) -> list[str]:
    return [execution.status for execution in aws.automations.executions]


def test_the_api_describes_the_execution_and_its_steps(aws: Any) -> None:
    aws.create("Doc", {"parameters": {"Count": {"type": "Integer"}}, "mainSteps": [WAIT_A_MINUTE]})
    execution = aws.run("Doc", Count=["3"])

    ssm = aws.client("ssm")
    described = ssm.get_automation_execution(AutomationExecutionId=execution.id)["AutomationExecution"]
    steps = ssm.describe_automation_step_executions(AutomationExecutionId=execution.id)["StepExecutions"]

    assert described["AutomationExecutionStatus"] == "Success"
    assert described["DocumentName"] == "Doc"
    assert described["Parameters"] == {"Count": ["3"]}
    assert (described["ExecutionEndTime"] - described["ExecutionStartTime"]).total_seconds() == 60
    assert [(step["StepName"], step["StepStatus"]) for step in steps] == [("Wait", "Success")]


def test_executions_are_listed_newest_first_and_by_filters(aws: Any) -> None:
    aws.create("DocA", {"mainSteps": [WAIT_A_MINUTE]})
    aws.create("DocB", {"mainSteps": [WAIT_A_MINUTE]})
    first, second = aws.run("DocA"), aws.run("DocB")
    ssm = aws.client("ssm")

    everything = ssm.describe_automation_executions()["AutomationExecutionMetadataList"]
    filters = [{"Key": "DocumentNamePrefix", "Values": ["DocA"]}, {"Key": "ExecutionStatus", "Values": ["Success"]}]
    some = ssm.describe_automation_executions(Filters=filters)["AutomationExecutionMetadataList"]

    assert [second.id, first.id] == [item["AutomationExecutionId"] for item in everything]
    assert [first.id] == [item["AutomationExecutionId"] for item in some]
    with pytest.raises(NotSimulated, match="filter TagKey"):
        ssm.describe_automation_executions(Filters=[{"Key": "TagKey", "Values": ["x"]}])


def test_an_unknown_execution_is_not_found(aws: Any) -> None:
    with pytest.raises(ClientError, match="AutomationExecutionNotFoundException"):
        aws.client("ssm").get_automation_execution(AutomationExecutionId=str(uuid.uuid4()))


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"DocumentName": "Gone"}, "AutomationDefinitionNotFoundException"),
        ({"DocumentName": "Doc", "DocumentVersion": "7"}, "AutomationDefinitionVersionNotFoundException"),
        ({"DocumentName": "Doc", "Parameters": {"X": ["1"]}}, "InvalidAutomationExecutionParametersException"),
    ],
)
def test_a_start_that_aws_refuses(aws: Any, request_: dict[str, Any], code: str) -> None:
    aws.create("Doc", {"mainSteps": [WAIT_A_MINUTE]})

    with pytest.raises(ClientError) as refusal:
        aws.client("ssm").start_automation_execution(**request_)

    assert code == refusal.value.response["Error"]["Code"]


def test_a_document_that_is_not_active_cannot_be_started(aws: Any) -> None:
    aws.create("Doc", {"mainSteps": [WAIT_A_MINUTE]})
    aws.automations.set_document_status("111111111111", "eu-west-1", "Doc", "Updating")

    status = aws.client("ssm").describe_document(Name="Doc")["Document"]["Status"]
    with pytest.raises(ClientError, match="has status Updating"):
        aws.start("Doc")

    assert status == "Updating"


def test_the_same_client_token_is_the_same_execution(aws: Any) -> None:
    aws.create("Doc", {"parameters": {"A": {"type": "String"}}, "mainSteps": [WAIT_A_MINUTE]})
    token = str(uuid.uuid4())
    request = {"DocumentName": "Doc", "ClientToken": token}
    ssm = aws.client("ssm")

    first = ssm.start_automation_execution(**request, Parameters={"A": ["1"]})["AutomationExecutionId"]
    second = ssm.start_automation_execution(**request, Parameters={"A": ["1"]})["AutomationExecutionId"]

    assert first == second
    with pytest.raises(ClientError, match="IdempotentParameterMismatch"):
        ssm.start_automation_execution(**request, Parameters={"A": ["2"]})
    with pytest.raises(ClientError, match="is no UUID"):
        ssm.start_automation_execution(DocumentName="Doc", ClientToken="x" * 36)


def test_a_hundred_run_at_once_and_the_rest_wait_in_order(aws: Any) -> None:
    aws.create("Doc", {"mainSteps": [WAIT_A_MINUTE]})
    executions = [aws.start("Doc") for _ in range(CONCURRENT_EXECUTIONS + 2)]

    before = statuses(aws)
    scheduler.run()

    assert before == ["InProgress"] * CONCURRENT_EXECUTIONS + ["Pending"] * 2
    assert statuses(aws) == ["Success"] * (CONCURRENT_EXECUTIONS + 2)
    assert (executions[-1].ended_at - executions[0].ended_at).total_seconds() == 60


def test_adaptive_concurrency_raises_the_limit(aws: Any) -> None:
    setting = "/ssm/automation/enable-adaptive-concurrency"
    aws.create("Doc", {"mainSteps": [WAIT_A_MINUTE]})
    ssm = aws.client("ssm")
    ssm.update_service_setting(SettingId=setting, SettingValue="True")
    for _ in range(CONCURRENT_EXECUTIONS + 2):
        aws.start("Doc")

    assert "Pending" not in statuses(aws)
    assert ssm.get_service_setting(SettingId=setting)["ServiceSetting"]["Status"] == "Customized"
    assert ssm.reset_service_setting(SettingId=setting)["ServiceSetting"]["SettingValue"] == "False"


def child_and_parent(aws: Any, script_step: Any, script: str, **fields: Any) -> None:
    outputs = [{"Name": "Output", "Selector": "$.Payload", "Type": "StringMap"}]
    aws.create("Child", {"outputs": ["Run.Output"], "mainSteps": [script_step(script, outputs=outputs)], **fields})
    call = {"name": "Call", "action": "aws:executeAutomation", "inputs": {"DocumentName": "Child"}}
    aws.create("Parent", {"outputs": ["Call.Output"], "mainSteps": [call]})


def test_a_child_hands_its_outputs_to_the_parent(aws: Any, script_step: Any) -> None:
    child_and_parent(aws, script_step, "def handler(event, context):\n    return {'Status': 'Success'}\n")

    parent = aws.run("Parent")

    child = aws.automations.executions[1]
    assert parent.id == child.parent_id
    assert parent.step_outputs == {
        "Call.ExecutionId": child.id,
        "Call.Status": "Success",
        "Call.Output": ['{"Status": "Success"}'],
    }
    assert parent.outputs == {"Call.Output": ['{"Status": "Success"}']}


def test_a_child_that_fails_fails_the_parent_with_its_reason(aws: Any, script_step: Any) -> None:
    child_and_parent(aws, script_step, "def handler(event, context):\n    raise ValueError('broken thing')\n")

    parent = aws.run("Parent")

    assert statuses(aws) == ["Failed", "Failed"]
    assert "ended with status Failed" in parent.failure_message
    assert "broken thing" in parent.failure_message


def test_an_empty_value_can_be_handed_to_a_child(aws: Any) -> None:
    parameters = {"Record": {"type": "String", "default": ""}}
    inputs = {"DocumentName": "Child", "RuntimeParameters": {"Record": "{{ Record }}"}}
    aws.create("Child", {"parameters": parameters, "mainSteps": [WAIT_A_MINUTE]})
    call = {"name": "Call", "action": "aws:executeAutomation", "inputs": inputs}
    aws.create("Parent", {"parameters": parameters, "mainSteps": [call]})

    assert (aws.run("Parent").status, aws.automations.executions[1].parameters) == ("Success", {"Record": ""})


def test_a_child_that_is_not_there_fails_the_step(aws: Any) -> None:
    call = {"name": "Call", "action": "aws:executeAutomation", "inputs": {"DocumentName": "Gone"}}
    aws.create("Parent", {"mainSteps": [call]})

    assert "AutomationDefinitionNotFoundException" in aws.run("Parent").failure_message


def test_children_count_for_the_limit(aws: Any) -> None:
    call = {"name": "Call", "action": "aws:executeAutomation", "inputs": {"DocumentName": "Child"}}
    aws.create("Child", {"mainSteps": [WAIT_A_MINUTE]})
    aws.create("Parent", {"mainSteps": [call]})
    for _ in range(CONCURRENT_EXECUTIONS):
        aws.start("Parent")

    scheduler.run()

    assert statuses(aws) == ["InProgress"] * CONCURRENT_EXECUTIONS + ["Pending"] * CONCURRENT_EXECUTIONS


def test_a_child_in_another_account_runs_in_its_execution_role(aws: Any, script_step: Any) -> None:
    other = "222222222222"
    trust = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",'
        '"Principal": {"AWS": "arn:aws:iam::111111111111:root"}}]}'
    )
    aws.client("iam", account=other).create_role(RoleName="Runner", AssumeRolePolicyDocument=trust)
    script = "import boto3\ndef handler(event, context):\n    return boto3.client('sts').get_caller_identity()['Arn']\n"
    outputs = [{"Name": "Who", "Selector": "$.Payload", "Type": "String"}]
    step = script_step(script, outputs=outputs)
    aws.create("Child", {"outputs": ["Run.Who"], "mainSteps": [step]}, region="us-east-1", account=other)
    target = {"Accounts": [other], "Regions": ["us-east-1"], "ExecutionRoleName": "Runner"}
    call = {
        "name": "Call",
        "action": "aws:executeAutomation",
        "inputs": {"DocumentName": "Child", "TargetLocations": [target]},
    }
    aws.create("Parent", {"outputs": ["Call.Output"], "mainSteps": [call]})

    parent = aws.run("Parent")

    assert parent.failure_message == ""
    assert parent.outputs["Call.Output"][0].startswith(f"arn:aws:sts::{other}:assumed-role/Runner/")


def test_the_role_must_exist(aws: Any) -> None:
    aws.create("Doc", {"assumeRole": "arn:aws:iam::111111111111:role/Gone", "mainSteps": [WAIT_A_MINUTE]})

    with pytest.raises(ClientError, match="unable to be assumed: arn:aws:iam::111111111111:role/Gone"):
        aws.start("Doc")


@pytest.mark.parametrize(
    ("condition", "is_trusted"),
    [
        ({"StringEquals": {"aws:SourceAccount": "111111111111"}}, True),
        ({"StringEquals": {"aws:SourceAccount": "222222222222"}}, False),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:ssm:eu-west-1:111111111111:automation-execution/*"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:ssm:us-east-1:111111111111:automation-execution/*"}}, False),
    ],
)
def test_the_role_must_trust_systems_manager_for_this_execution(aws: Any, condition: Any, is_trusted: bool) -> None:
    role = aws.create_role("Worker", condition)
    aws.create("Doc", {"assumeRole": role, "mainSteps": [WAIT_A_MINUTE]})

    if is_trusted:
        assert aws.run("Doc").status == "Success"
    else:
        with pytest.raises(ClientError, match="InvalidAutomationExecutionParametersException"):
            aws.start("Doc")


def test_a_role_that_trusts_another_service_only_is_refused(aws: Any) -> None:
    role = aws.create_role("Worker", service="lambda.amazonaws.com")
    aws.create("Doc", {"assumeRole": role, "mainSteps": [WAIT_A_MINUTE]})

    with pytest.raises(ClientError, match="unable to be assumed"):
        aws.start("Doc")


def test_the_starter_must_be_allowed_to_pass_the_role(aws: Any) -> None:
    role = aws.create_role("Worker")
    aws.create("Doc", {"assumeRole": role, "mainSteps": [WAIT_A_MINUTE]})
    aws.passing.forbidden.add(role)

    with pytest.raises(ClientError, match="iam:PassRole") as refusal:
        aws.start("Doc")

    assert refusal.value.response["Error"]["Code"] == "AccessDeniedException"
    assert aws.passing.asked == [(role, "ssm.amazonaws.com")]


def test_stopping_ends_a_wait_at_once_and_its_children_too(aws: Any) -> None:
    call = {"name": "Call", "action": "aws:executeAutomation", "inputs": {"DocumentName": "Child"}}
    aws.create("Child", {"mainSteps": [WAIT_A_MINUTE]})
    aws.create("Parent", {"mainSteps": [call, WAIT_A_MINUTE]})
    parent = aws.start("Parent")
    ssm = aws.client("ssm")
    scheduler.spawn(lambda: ssm.stop_automation_execution(AutomationExecutionId=parent.id), name="stop", delay=20)

    scheduler.run()

    assert statuses(aws) == ["Cancelled", "Cancelled"]
    assert (parent.ended_at - parent.started).total_seconds() == 20
    with pytest.raises(ClientError, match="InvalidAutomationStatusUpdateException"):
        ssm.stop_automation_execution(AutomationExecutionId=parent.id)


def test_on_cancel_runs_its_workflow(aws: Any) -> None:
    tidy = {"name": "Tidy", "action": "aws:sleep", "inputs": {"Duration": "PT5S"}, "isEnd": True}
    aws.create("Doc", {"mainSteps": [{**WAIT_A_MINUTE, "onCancel": "step:Tidy", "isEnd": True}, tidy]})
    execution = aws.start("Doc")
    scheduler.spawn(lambda: aws.automations.stop(execution), name="stop", delay=10)

    scheduler.run()

    assert execution.status == "Cancelled"
    assert [(r.step.name, r.status) for r in execution.steps] == [("Wait", "Cancelled"), ("Tidy", "Success")]
    assert (execution.ended_at - execution.started).total_seconds() == 15


def test_status_events_tell_of_the_start_and_the_end(aws: Any) -> None:
    aws.create("Doc", {"mainSteps": [WAIT_A_MINUTE]})

    execution = aws.run("Doc")

    assert [received.event["detail"]["Status"] for received in aws.bus.received] == ["InProgress", "Success"]
    event = aws.bus.received[-1].event
    assert (event["account"], event["region"], event["source"]) == ("111111111111", "eu-west-1", "aws.ssm")
    assert event["detail-type"] == "EC2 Automation Execution Status-change Notification"
    assert event["detail"]["ExecutionId"] == execution.id
    assert event["detail"]["Definition"] == "Doc"
    assert event["detail"]["EndTime"] == "Jan 1, 2026 12:01:00 AM"


def test_a_parameter_value_with_braces_is_not_simulated(aws: Any) -> None:
    aws.create("Doc", {"parameters": {"A": {"type": "String"}}, "mainSteps": [WAIT_A_MINUTE]})

    with pytest.raises(NotSimulated, match="in the value of parameter A"):
        aws.start("Doc", A=["{{ ssm:/secret }}"])


def test_owned_documents_that_are_not_written_are_not_simulated(aws: Any) -> None:
    with pytest.raises(NotSimulated, match="AWS-TerminateEC2Instance"):
        aws.start("AWS-TerminateEC2Instance", InstanceId=["i-1"])
