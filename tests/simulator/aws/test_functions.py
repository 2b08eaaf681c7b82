"""Functions in this process: results, errors, time-outs, roles, retries."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws.environment import Environment
from asr_templates.simulator.aws.errors import NotSimulated

ADMIN = "111111111111"
REGION = "us-east-1"

Make = Callable[..., str]


def invoke(environment: Environment, name: str, payload: object = None, kind: str = "RequestResponse") -> Any:
    client = environment.session(ADMIN).client("lambda", region_name=REGION)
    return client.invoke(FunctionName=name, InvocationType=kind, Payload=json.dumps(payload or {}).encode())


def outcome(response: Any) -> Any:
    return json.loads(response["Payload"].read())


def test_a_function_gets_its_event_environment_and_context(environment: Environment, make_function: Make) -> None:
    code = """
        import os

        def handler(event, context):
            return [event["n"] + 1, os.environ["TABLE"], os.environ["AWS_REGION"], context.function_name,
                    context.memory_limit_in_mb, context.get_remaining_time_in_millis()]
    """
    make_function("f", code, Environment={"Variables": {"TABLE": "t"}}, Timeout=7, MemorySize=256)

    assert outcome(invoke(environment, "f", {"n": 1})) == [2, "t", REGION, "f", "256", 7000]
    invocation = environment.functions.invocations[0]
    assert (invocation.function, invocation.account, invocation.payload, invocation.error) == (
        "f",
        ADMIN,
        {"n": 1},
        None,
    )


def test_a_function_acts_under_its_role(environment: Environment, make_function: Make) -> None:
    code = """
        import boto3

        def handler(event, context):
            me = boto3.client("sts").get_caller_identity()["Arn"]
            boto3.client("sqs").list_queues()
            return me
    """
    make_function("f", code, [{"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}])
    make_function("denied", code, [])

    assert outcome(invoke(environment, "f")) == f"arn:aws:sts::{ADMIN}:assumed-role/f-role/f"
    denied = invoke(environment, "denied")
    assert denied["FunctionError"] == "Unhandled"
    assert "is not authorized to perform: sqs:listqueues" in outcome(denied)["errorMessage"].lower()


def test_an_exception_is_an_unhandled_error_with_the_functions_own_frames(
    environment: Environment, make_function: Make
) -> None:
    code = """
        def handler(event, context):
            print("working")
            raise KeyError("lost")
    """
    make_function("f", code)
    response = invoke(environment, "f")
    error = outcome(response)

    assert response["FunctionError"] == "Unhandled"
    assert (error["errorType"], error["errorMessage"]) == ("KeyError", "'lost'")
    assert len(error["stackTrace"]) == 1
    assert 'raise KeyError("lost")' in error["stackTrace"][0]
    assert "working" in environment.functions.invocations[0].log


@pytest.mark.parametrize(
    ("code", "error_type"),
    [
        ("import no_such_module\n", "Runtime.ImportModuleError"),
        ("def handler(event context):\n", "Runtime.UserCodeSyntaxError"),
        ("def other(event, context):\n    pass\n", "Runtime.HandlerNotFound"),
        ("def handler(event, context):\n    return {1, 2}\n", "Runtime.MarshalError"),
        ("import sys\ndef handler(event, context):\n    sys.exit(3)\n", "Runtime.ExitError"),
    ],
)
def test_faults_have_the_error_types_of_the_runtime(
    environment: Environment, make_function: Make, code: str, error_type: str
) -> None:
    make_function("f", code)

    assert outcome(invoke(environment, "f"))["errorType"] == error_type


def test_waiting_costs_no_real_time_and_ends_exactly_at_the_time_out(
    environment: Environment, make_function: Make
) -> None:
    code = """
        import time

        def handler(event, context):
            time.sleep(event["seconds"])
            return context.get_remaining_time_in_millis()
    """
    make_function("f", code, Timeout=900)
    begin = time.time()

    assert outcome(invoke(environment, "f", {"seconds": 899})) == 1000
    assert time.time() - begin == 899
    error = outcome(invoke(environment, "f", {"seconds": 2000}))
    assert error["errorType"] == "Sandbox.Timedout"
    assert error["errorMessage"].endswith("Task timed out after 900.00 seconds")
    assert time.time() - begin == 899 + 900


def test_a_warm_function_keeps_its_globals_and_a_busy_one_gets_a_second_environment(
    environment: Environment, make_function: Make
) -> None:
    code = """
        import time

        calls = []

        def handler(event, context):
            calls.append(1)
            time.sleep(10)
            return len(calls)
    """
    make_function("f", code, Timeout=60)
    for _ in range(2):
        invoke(environment, "f", kind="Event")
    environment.run()
    invoke(environment, "f")

    assert [invocation.result for invocation in environment.functions.invocations] == [1, 1, 2]


def test_an_asynchronous_invocation_is_retried_twice_and_ends_in_the_dead_letter_queue(
    environment: Environment, make_function: Make, make_queue: Make
) -> None:
    queue = make_queue("dead")
    code = "def handler(event, context):\n    raise ValueError(event['why'])\n"
    make_function("f", code, DeadLetterConfig={"TargetArn": queue})
    begin = time.time()
    response = invoke(environment, "f", {"why": "broken"}, kind="Event")
    environment.run()

    assert response["StatusCode"] == 202
    assert len(environment.functions.invocations) == 3
    assert time.time() - begin == 180
    sqs = environment.session(ADMIN).client("sqs", region_name=REGION)
    url = sqs.get_queue_url(QueueName="dead")["QueueUrl"]
    assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == '{"why": "broken"}'


def test_a_role_that_does_not_trust_lambda_is_refused(
    environment: Environment, make_function: Make, make_role: Make
) -> None:
    role = make_role("other", {"Service": "states.amazonaws.com"})
    with pytest.raises(ClientError, match="cannot be assumed by Lambda"):
        make_function("f", "", Role=role)


def test_other_runtimes_are_not_simulated(environment: Environment, make_function: Make) -> None:
    with pytest.raises(NotSimulated, match=r"function f: runtime nodejs22\.x is not simulated"):
        make_function("f", "", Runtime="nodejs22.x")


def test_a_gap_of_the_simulator_is_no_error_of_the_function(environment: Environment, make_function: Make) -> None:
    code = """
        import urllib.request

        def handler(event, context):
            try:
                urllib.request.urlopen("http://198.51.100.1/metrics")
            except Exception:
                pass
    """
    make_function("f", code)
    with pytest.raises(NotSimulated, match=r"198\.51\.100\.1"):
        invoke(environment, "f")
