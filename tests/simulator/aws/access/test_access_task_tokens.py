"""Answers to a waiting state machine: the resource is the machine that issued the token."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.environment import Environment

ADMIN = "111111111111"
REGION = "us-east-1"
WAITING = {
    "StartAt": "Wait",
    "States": {
        "Wait": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Parameters": {
                "QueueUrl": f"https://sqs.{REGION}.amazonaws.com/{ADMIN}/tokens",
                "MessageBody": {"Token.$": "$$.Task.Token"},
            },
            "End": True,
        }
    },
}


@pytest.mark.parametrize(("granted", "allowed"), [("stateMachine:waiting", True), ("stateMachine:other", False)])
def test_answer_needs_permission_for_the_state_machine_that_waits(
    environment: Environment,
    make_role: Callable[..., str],
    make_queue: Callable[..., str],
    granted: str,
    allowed: bool,
) -> None:
    make_queue("tokens")
    resource = f"arn:aws:states:{REGION}:{ADMIN}:"
    statement = {"Effect": "Allow", "Action": "states:SendTaskSuccess", "Resource": resource + granted}
    answering = make_role("answering", {"Service": "lambda.amazonaws.com"}, [statement])
    states: Any = environment.session(ADMIN).client("stepfunctions", region_name=REGION)
    machine = states.create_state_machine(
        name="waiting",
        definition=json.dumps(WAITING),
        roleArn=make_role("machine", {"Service": "states.amazonaws.com"}),
    )
    states.start_execution(stateMachineArn=machine["stateMachineArn"], name="one")
    sqs: Any = environment.session(ADMIN).client("sqs", region_name=REGION)
    tokens: list[str] = []

    def is_received() -> bool:
        received = sqs.receive_message(QueueUrl=f"https://sqs.{REGION}.amazonaws.com/{ADMIN}/tokens")
        tokens.extend(json.loads(message["Body"])["Token"] for message in received.get("Messages", []))
        return bool(tokens)

    environment.run(is_received)
    lambda_session: Any = identity.role_session(answering, "lambda.amazonaws.com")
    client = lambda_session.client("stepfunctions", region_name=REGION)

    with nullcontext() if allowed else pytest.raises(ClientError, match="AccessDeniedException"):
        client.send_task_success(taskToken=tokens[0], output="{}")

    answers = [call for call in environment.access.calls if call.action == "states:SendTaskSuccess"]
    assert [(call.resource, call.allowed) for call in answers] == [(f"{resource}stateMachine:waiting", allowed)]
