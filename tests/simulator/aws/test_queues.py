"""Event source mappings: batches, failures, windows, permissions."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws.environment import Environment
from asr_templates.simulator.aws.errors import NotSimulated

ADMIN = "111111111111"
MEMBER = "222222222222"
REGION = "us-east-1"

Make = Callable[..., str]

WORKER = """
import time

def handler(event, context):
    failed = [r["messageId"] for r in event["Records"] if "bad" in r["body"]]
    if any("raise" in r["body"] for r in event["Records"]):
        raise ValueError("whole batch")
    if any("slow" in r["body"] for r in event["Records"]):
        time.sleep(20)
    return {"batchItemFailures": [{"itemIdentifier": i} for i in failed]}
"""


def sqs(environment: Environment, account: str = ADMIN) -> Any:
    return environment.session(account).client("sqs", region_name=REGION)


def url(name: str) -> str:
    return f"https://sqs.{REGION}.amazonaws.com/{ADMIN}/{name}"


def connect(environment: Environment, queue_arn: str, **properties: Any) -> Any:
    client = environment.session(ADMIN).client("lambda", region_name=REGION)
    return client.create_event_source_mapping(EventSourceArn=queue_arn, FunctionName="worker", **properties)


def send(environment: Environment, *bodies: str) -> None:
    for body in bodies:
        sqs(environment).send_message(QueueUrl=url("work"), MessageBody=body)


def batches(environment: Environment) -> list[list[str]]:
    return [
        [record["body"] for record in invocation.payload["Records"]] for invocation in environment.functions.invocations
    ]


def left_in(environment: Environment, name: str) -> int:
    attributes = sqs(environment).get_queue_attributes(QueueUrl=url(name), AttributeNames=["All"])["Attributes"]
    return int(attributes["ApproximateNumberOfMessages"]) + int(attributes["ApproximateNumberOfMessagesNotVisible"])


def test_messages_come_in_batches_and_are_deleted(
    environment: Environment, make_function: Make, make_queue: Make
) -> None:
    make_function("worker", WORKER)
    connect(environment, make_queue("work"), BatchSize=2)
    send(environment, "1", "2", "3")
    environment.run()

    assert batches(environment) == [["1", "2"], ["3"]]
    assert left_in(environment, "work") == 0
    record = environment.functions.invocations[0].payload["Records"][0]
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"] == f"arn:aws:sqs:{REGION}:{ADMIN}:work"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"


def test_messages_that_were_there_before_the_mapping_are_taken_too(
    environment: Environment, make_function: Make, make_queue: Make
) -> None:
    make_function("worker", WORKER)
    queue = make_queue("work")
    send(environment, "early")
    connect(environment, queue)
    environment.run()

    assert batches(environment) == [["early"]]


def test_a_failed_item_comes_again_after_the_visibility_time_out_and_ends_in_the_dead_letter_queue(
    environment: Environment, make_function: Make, make_queue: Make
) -> None:
    make_function("worker", WORKER)
    dead = make_queue("dead")
    redrive = f'{{"deadLetterTargetArn": "{dead}", "maxReceiveCount": 3}}'
    queue = make_queue("work", VisibilityTimeout="60", RedrivePolicy=redrive)
    connect(environment, queue, FunctionResponseTypes=["ReportBatchItemFailures"])
    send(environment, "good", "bad")
    begin = time.time()
    environment.run()

    assert batches(environment) == [["good", "bad"], ["bad"], ["bad"]]
    assert (left_in(environment, "work"), left_in(environment, "dead")) == (0, 1)
    assert 180 <= time.time() - begin < 181


def test_without_report_batch_item_failures_the_response_counts_nothing(
    environment: Environment, make_function: Make, make_queue: Make
) -> None:
    make_function("worker", WORKER)
    connect(environment, make_queue("work"))
    send(environment, "bad")
    environment.run()

    assert batches(environment) == [["bad"]]
    assert left_in(environment, "work") == 0


def test_an_exception_fails_the_whole_batch(environment: Environment, make_function: Make, make_queue: Make) -> None:
    make_function("worker", WORKER)
    dead = make_queue("dead")
    redrive = f'{{"deadLetterTargetArn": "{dead}", "maxReceiveCount": 1}}'
    connect(environment, make_queue("work", RedrivePolicy=redrive))
    send(environment, "fine", "raise")
    environment.run()

    assert left_in(environment, "dead") == 2


def test_a_batching_window_gathers_messages(environment: Environment, make_function: Make, make_queue: Make) -> None:
    make_function("worker", WORKER)
    connect(environment, make_queue("work"), BatchSize=3, MaximumBatchingWindowInSeconds=30)
    begin = time.time()
    send(environment, "1", "2")
    environment.run()

    assert time.time() - begin == 30
    send(environment, "3", "4", "5")
    environment.run()

    assert time.time() - begin == 30
    assert batches(environment) == [["1", "2"], ["3", "4", "5"]]


def test_a_delayed_message_comes_when_its_delay_is_over(
    environment: Environment, make_function: Make, make_queue: Make
) -> None:
    make_function("worker", WORKER)
    connect(environment, make_queue("work"))
    begin = time.time()
    sqs(environment).send_message(QueueUrl=url("work"), MessageBody="later", DelaySeconds=90)
    environment.run()

    assert batches(environment) == [["later"]]
    assert 90 <= time.time() - begin < 91


def test_maximum_concurrency_is_kept(environment: Environment, make_function: Make, make_queue: Make) -> None:
    make_function("worker", WORKER, Timeout=30)
    connect(environment, make_queue("work"), BatchSize=1, ScalingConfig={"MaximumConcurrency": 2})
    send(environment, *(f"slow {n}" for n in range(4)))
    begin = time.time()
    environment.run()

    assert len(batches(environment)) == 4
    assert time.time() - begin == 40


@pytest.mark.parametrize("operation", ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"])
def test_a_role_without_a_permission_is_refused_when_the_mapping_is_made(
    environment: Environment, make_function: Make, make_queue: Make, operation: str
) -> None:
    needed = {"ReceiveMessage", "DeleteMessage", "GetQueueAttributes"} - {operation}
    statements = [{"Effect": "Allow", "Action": sorted(f"sqs:{name}" for name in needed), "Resource": "*"}]
    make_function("worker", WORKER, statements)
    with pytest.raises(ClientError, match=f"does not have permissions to call {operation} on SQS"):
        connect(environment, make_queue("work"))


def test_a_permission_that_is_lost_later_is_a_problem_and_the_message_stays(
    environment: Environment, make_function: Make, make_queue: Make
) -> None:
    make_function("worker", WORKER)
    connect(environment, make_queue("work"))
    environment.session(ADMIN).client("iam", region_name=REGION).delete_role_policy(
        RoleName="worker-role", PolicyName="all"
    )
    send(environment, "1")
    environment.run()

    assert batches(environment) == []
    assert left_in(environment, "work") == 1
    assert "AccessDenied" in environment.queues.problems[0]


def test_a_visibility_time_out_below_the_functions_time_out_is_refused(
    environment: Environment, make_function: Make, make_queue: Make
) -> None:
    make_function("worker", WORKER, Timeout=60)
    with pytest.raises(ClientError, match="Queue visibility timeout: 30 seconds is less than Function timeout: 60"):
        connect(environment, make_queue("work", VisibilityTimeout="30"))


def test_filters_are_not_simulated(environment: Environment, make_function: Make, make_queue: Make) -> None:
    make_function("worker", WORKER)
    with pytest.raises(NotSimulated, match="FilterCriteria"):
        connect(environment, make_queue("work"), FilterCriteria={"Filters": [{"Pattern": "{}"}]})


def test_long_polling_waits_virtually(environment: Environment, make_queue: Make) -> None:
    make_queue("work")
    begin = time.time()
    answer = sqs(environment).receive_message(QueueUrl=url("work"), WaitTimeSeconds=20)

    assert "Messages" not in answer
    assert 20 <= time.time() - begin <= 21


def test_a_queue_of_another_account_is_reached_by_its_url(environment: Environment, make_queue: Make) -> None:
    make_queue("work")
    sqs(environment, MEMBER).send_message(QueueUrl=url("work"), MessageBody="across")

    assert left_in(environment, "work") == 1
