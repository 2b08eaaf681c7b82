"""aws:executeScript: what a script may do and what becomes of what it returns."""

from typing import Any

import pytest

from asr_templates.simulator.aws.errors import NotSimulated


def run(aws: Any, script_step: Any, body: str, **others: Any) -> Any:
    script = "def handler(event, context):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    aws.create("Doc", {"mainSteps": [script_step(script, **others)]})
    return aws.run("Doc")


def seconds(execution: Any) -> float:
    return float((execution.ended_at - execution.started).total_seconds())


def test_the_payload_is_what_the_handler_returns(aws: Any, script_step: Any) -> None:
    execution = run(aws, script_step, "return {'Sum': event['A'] + 1}", payload={"A": 1})

    assert execution.step_outputs["Run.Payload"] == {"Sum": 2}
    assert execution.steps[0].outputs["OutputPayload"] == ['{"Payload": {"Sum": 2}}']


def test_a_script_that_raises_fails_with_its_traceback(aws: Any, script_step: Any) -> None:
    execution = run(aws, script_step, "raise ValueError('no such thing')")

    assert execution.status == "Failed"
    assert "Traceback" in execution.failure_message
    assert "line 2, in handler" in execution.failure_message
    assert "ValueError - no such thing" in execution.failure_message


def test_a_script_waits_in_virtual_time_and_is_stopped_after_600_seconds(aws: Any, script_step: Any) -> None:
    body = "import time\ntry:\n    time.sleep(599)\n    time.sleep(2)\nexcept Exception:\n    pass\nreturn 1"

    execution = run(aws, script_step, body)

    assert (execution.status, execution.steps[0].status, seconds(execution)) == ("TimedOut", "TimedOut", 600.0)


def test_timeout_seconds_shortens_the_limit(aws: Any, script_step: Any) -> None:
    execution = run(aws, script_step, "from time import sleep\nsleep(100)", timeoutSeconds=30)

    assert (execution.status, seconds(execution)) == ("TimedOut", 30.0)


def test_a_waiter_of_boto3_does_not_escape_the_limit(aws: Any, script_step: Any) -> None:
    body = (
        "import boto3\n"
        "waiter = boto3.client('dynamodb').get_waiter('table_exists')\n"
        "try:\n    waiter.wait(TableName='none', WaiterConfig={'Delay': 20, 'MaxAttempts': 3})\n"
        "except Exception:\n    pass\nreturn 1"
    )

    execution = run(aws, script_step, body, timeoutSeconds=30)

    assert execution.status == "TimedOut"


@pytest.mark.parametrize("module", ["yaml", "moto", "asr_templates", "pytest"])
def test_only_the_standard_library_and_boto3_can_be_imported(aws: Any, script_step: Any, module: str) -> None:
    execution = run(aws, script_step, f"import {module}")

    assert f"ModuleNotFoundError - No module named '{module}'" in execution.failure_message


def test_modules_of_the_standard_library_and_boto3_can_be_imported(aws: Any, script_step: Any) -> None:
    imports = "import re, json, boto3, datetime\nfrom botocore.config import Config\n"
    body = f"{imports}return boto3.client('sts').meta.region_name"

    execution = run(aws, script_step, body)

    assert execution.step_outputs["Run.Payload"] == "eu-west-1"


def test_threads_are_not_simulated(aws: Any, script_step: Any) -> None:
    with pytest.raises(NotSimulated, match="Doc, step Run: import threading in a script"):
        run(aws, script_step, "try:\n    import threading\nexcept Exception:\n    pass")


def test_the_context_is_not_simulated(aws: Any, script_step: Any) -> None:
    with pytest.raises(NotSimulated, match="context"):
        run(aws, script_step, "return context['x']")


def test_a_list_is_cut_after_100_items(aws: Any, script_step: Any) -> None:
    execution = run(aws, script_step, "return list(range(101))")

    assert list(range(100)) == execution.step_outputs["Run.Payload"]


def test_more_than_100_kilobytes_fail(aws: Any, script_step: Any) -> None:
    execution = run(aws, script_step, "return {'Text': 'x' * 110_000}")

    assert "at most 102400 are allowed" in execution.failure_message


@pytest.mark.parametrize("value", ["object()", "{1, 2}", "float('nan')"])
def test_what_is_no_json_fails(aws: Any, script_step: Any, value: str) -> None:
    execution = run(aws, script_step, f"return {value}")

    assert "is no JSON" in execution.failure_message


def test_a_missing_handler_and_a_syntax_error_fail(aws: Any, script_step: Any) -> None:
    aws.create("NoHandler", {"mainSteps": [script_step("def other(event, context):\n    pass\n")]})
    aws.create("NoPython", {"mainSteps": [script_step("def handler(:\n")]})

    assert "no function handler" in aws.run("NoHandler").failure_message
    assert "SyntaxError" in aws.run("NoPython").failure_message


def test_syntax_newer_than_the_runtime_fails(aws: Any, script_step: Any) -> None:
    execution = run(aws, script_step, "type Alias = int\nreturn 1")

    assert "SyntaxError" in execution.failure_message


def test_a_script_works_with_the_rights_of_the_role(aws: Any, script_step: Any) -> None:
    role = aws.create_role("Worker")
    script = "import boto3\ndef handler(event, context):\n    return boto3.client('sts').get_caller_identity()['Arn']\n"
    aws.create("Doc", {"assumeRole": role, "mainSteps": [script_step(script)]})

    execution = aws.run("Doc")

    assert execution.step_outputs["Run.Payload"] == "arn:aws:sts::111111111111:assumed-role/Worker/ssm"


def test_two_regions_do_not_share_clients(aws: Any, script_step: Any) -> None:
    role = aws.create_role("Worker")
    script = "import boto3\ndef handler(event, context):\n    return boto3.client('ec2').meta.region_name\n"
    for region in ("eu-west-1", "us-east-1"):
        aws.create("Doc", {"assumeRole": role, "mainSteps": [script_step(script)]}, region=region)

    found = [aws.run("Doc", region=region).step_outputs["Run.Payload"] for region in ("eu-west-1", "us-east-1")]

    assert found == ["eu-west-1", "us-east-1"]
