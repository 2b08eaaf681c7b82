"""SQS: queues that feed functions, long polling in virtual time, and queues of other accounts.

An event source mapping takes batches from its queue with the permissions of the function's role, calls the function,
and deletes what it has processed. What failed becomes visible again after the queue's visibility time-out and ends,
by moto's own redrive, in the dead-letter queue. (Lambda Developer Guide, "Using Lambda with Amazon SQS".)
"""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any
from unittest import mock

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError
from moto.awslambda.exceptions import InvalidParameterValueException, LambdaClientError
from moto.awslambda.models import EventSourceMapping, LambdaBackend, LambdaFunction
from moto.awslambda.utils import get_backend
from moto.core.botocore_stubber import MockRawResponse
from moto.sqs.models import Queue, SQSBackend, sqs_backends
from moto.sqs.responses import SQSResponse

from asr_templates.simulator.aws.clock import Task, current_task, scheduler
from asr_templates.simulator.aws.errors import NotSimulated

if TYPE_CHECKING:  # functions send to queues
    from asr_templates.simulator.aws.functions import Functions

JSON = Any
SQS_MAXIMUM_MESSAGES = 10
VISIBLE_AGAIN_SECONDS = 0.001
"""moto shows a message after, not at, the end of its visibility time-out."""

SUPPORTED = frozenset(
    {
        "BatchSize",
        "Enabled",
        "EventSourceArn",
        "FunctionName",
        "FunctionResponseTypes",
        "MaximumBatchingWindowInSeconds",
        "ScalingConfig",
        "Tags",
        "AccountId",
        "RegionName",
        "UUID",
    }
)
NEEDED_OPERATIONS = {
    "ReceiveMessage": "receive_message",
    "DeleteMessage": "delete_message",
    "GetQueueAttributes": "get_queue_attributes",
}


def queue_url(queue_arn: str) -> str:
    """The URL of a queue: the one that AWS gives in the queue's region."""
    _, partition, _, region, account, name = queue_arn.split(":", 5)
    suffix = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
    return f"https://sqs.{region}.{suffix}/{account}/{name}"


class Queues:
    """The event source mappings of all accounts and regions.

    `problems` tells, one line each, why a mapping could not take or delete messages.
    """

    def __init__(self, functions: Functions) -> None:
        self.problems: list[str] = []
        self._functions = functions
        self._planned: dict[str, tuple[float, Task]] = {}
        self._in_work: dict[str, int] = {}

    def _arrived(self, queue: Queue) -> None:
        """A message has been added to the queue: plan when its mappings look."""
        for mapping in _mappings(queue):
            self._plan(mapping, queue)

    def _plan(self, mapping: EventSourceMapping, queue: Queue) -> None:
        """Let the mapping poll at the next time that is worth it, and not before; a former plan is given up."""
        at = _next_poll(mapping, queue)
        planned = self._planned.get(mapping.uuid)
        if planned is not None:
            if planned[0] == at:
                return
            planned[1].cancel()
            del self._planned[mapping.uuid]
        if at is not None:
            delay = max(0.0, at - time.time())
            task = scheduler.spawn(self._poll, mapping, queue, name=f"event source {queue.name}", delay=delay)
            self._planned[mapping.uuid] = (at, task)

    def _poll(self, mapping: EventSourceMapping, queue: Queue) -> None:
        """Start a task for each batch that can be had now."""
        del self._planned[mapping.uuid]
        while mapping in _mappings(queue) and self._has_capacity(mapping):
            try:
                batch = self._receive(mapping, queue)
            except (ClientError, LambdaClientError) as error:
                self.problems.append(f"{queue.queue_arn} -> {mapping.function_arn}: {error}")
                return
            if not batch:
                break
            self._in_work[mapping.uuid] = self._in_work.get(mapping.uuid, 0) + 1
            scheduler.spawn(self._process, mapping, queue, batch, name=f"batch of {queue.name}")
        if not queue.messages:
            self._plan(mapping, queue)

    def _has_capacity(self, mapping: EventSourceMapping) -> bool:
        maximum = (mapping.scaling_config or {}).get("MaximumConcurrency")
        return maximum is None or self._in_work.get(mapping.uuid, 0) < maximum

    def _receive(self, mapping: EventSourceMapping, queue: Queue) -> list[dict[str, JSON]]:
        """At most a batch of messages, as SQS returns them."""
        client = self._client(_function(mapping), queue)
        batch: list[dict[str, JSON]] = []
        while len(batch) < mapping.batch_size:
            received = client.receive_message(
                QueueUrl=queue_url(queue.queue_arn),
                MaxNumberOfMessages=min(SQS_MAXIMUM_MESSAGES, mapping.batch_size - len(batch)),
                AttributeNames=["All"],
                MessageAttributeNames=["All"],
            ).get("Messages", [])
            if not received:
                break
            batch += received
        return batch

    def _process(self, mapping: EventSourceMapping, queue: Queue, batch: list[dict[str, JSON]]) -> None:
        """Call the function with a batch and delete what it has not failed."""
        function = _function(mapping)
        try:
            invocation = self._functions.invoke(function, {"Records": [_record(queue, message) for message in batch]})
            failed = _failed(mapping, batch, invocation.error is not None, invocation.result)
            done = [message for message in batch if message["MessageId"] not in failed]
            self._delete(function, queue, done)
        except (ClientError, LambdaClientError) as error:
            self.problems.append(f"{queue.queue_arn} -> {mapping.function_arn}: {error}")
        finally:
            self._in_work[mapping.uuid] -= 1
        self._plan(mapping, queue)

    def _client(self, function: LambdaFunction, queue: Queue) -> Any:
        return self._functions.session_of(function).client("sqs", region_name=queue.region)

    def _delete(self, function: LambdaFunction, queue: Queue, messages: list[dict[str, JSON]]) -> None:
        client = self._client(function, queue)
        for start in range(0, len(messages), SQS_MAXIMUM_MESSAGES):
            chunk = messages[start : start + SQS_MAXIMUM_MESSAGES]
            entries = [{"Id": str(n), "ReceiptHandle": message["ReceiptHandle"]} for n, message in enumerate(chunk)]
            client.delete_message_batch(QueueUrl=queue_url(queue.queue_arn), Entries=entries)

    def _check(self, mapping: EventSourceMapping) -> None:
        """What Lambda checks when it creates a mapping. Raises InvalidParameterValueException."""
        queue, function = _queue(mapping), _function(mapping)
        if int(queue.visibility_timeout) < int(function.timeout):
            raise InvalidParameterValueException(
                f"Queue visibility timeout: {queue.visibility_timeout} seconds is less than"
                f" Function timeout: {function.timeout} seconds"
            )
        if mapping.batch_size > SQS_MAXIMUM_MESSAGES and not mapping.max_batch_window:
            raise InvalidParameterValueException(
                "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"
            )
        for operation in NEEDED_OPERATIONS:
            if not _may(self._functions.session_of(function), queue, operation):
                raise InvalidParameterValueException(
                    f"The provided execution role does not have permissions to call {operation} on SQS"
                )

    @contextmanager
    def installed(self) -> Iterator[Queues]:
        """Take moto's own delivery of messages to functions out, and put this one in."""
        add, create, update = (
            Queue.add_message,
            LambdaBackend.create_event_source_mapping,
            LambdaBackend.update_event_source_mapping,
        )
        queues = self

        def add_message(self: Queue, message: Any) -> None:
            with mock.patch.object(self, "lambda_event_source_mappings", {}):
                add(self, message)
            queues._arrived(self)

        def create_event_source_mapping(self: LambdaBackend, spec: dict[str, Any]) -> EventSourceMapping:
            _check_supported(spec)
            mapping = create(self, spec)
            try:
                queues._check(mapping)
            except Exception:
                self.delete_event_source_mapping(mapping.uuid)
                raise
            queues._plan(mapping, _queue(mapping))
            return mapping

        def update_event_source_mapping(self: LambdaBackend, uuid: str, spec: dict[str, Any]) -> EventSourceMapping:
            _check_supported(spec)
            mapping = update(self, uuid, spec)
            if mapping is not None and mapping.enabled:
                queues._check(mapping)
                queues._plan(mapping, _queue(mapping))
            return mapping

        hooks: list[tuple[type, str, object]] = [
            (Queue, "add_message", add_message),
            (Queue, "wait_for_messages", _wait_for_messages),
            (SQSResponse, "sqs_backend", property(_backend_of_url)),
            (LambdaBackend, "create_event_source_mapping", create_event_source_mapping),
            (LambdaBackend, "update_event_source_mapping", update_event_source_mapping),
        ]
        with ExitStack() as stack:
            for owner, name, hook in hooks:
                stack.enter_context(mock.patch.object(owner, name, hook))
            yield self


def _wait_for_messages(queue: Queue, timeout: int) -> None:
    """Long polling: a virtual second at a time."""
    if current_task() is None:
        scheduler.call(scheduler.sleep, float(timeout))
    else:
        scheduler.sleep(float(timeout))


def _backend_of_url(response: SQSResponse) -> SQSBackend:
    """The queues of the account in the queue's URL; moto looks in the caller's account only."""
    url = response._get_param("QueueUrl")
    parts = url.split("/") if isinstance(url, str) else []
    account = parts[-2] if len(parts) > 2 and parts[-2].isdigit() else response.current_account
    return sqs_backends[account][response.region]


def _mappings(queue: Queue) -> list[EventSourceMapping]:
    mappings = get_backend(queue.account_id, queue.region)._event_source_mappings.values()
    return [mapping for mapping in mappings if mapping.enabled and mapping.event_source_arn == queue.queue_arn]


def _next_poll(mapping: EventSourceMapping, queue: Queue) -> float | None:
    """When the mapping should look for messages: POSIX time in seconds; None if the queue is empty.

    At once if a batch is full, when the batching window of the oldest visible message is over, or else when the first
    of the delayed and the received messages is visible.
    """
    now = time.time()
    due: list[float] = [
        max(message.visible_at, message.delayed_until, message.sent_timestamp or 0) / 1000
        for message in queue._messages
    ]
    visible = [at for at in due if at <= now]
    if len(visible) >= mapping.batch_size:
        return now
    if visible:
        return max(now, min(visible) + float(mapping.max_batch_window or 0))
    return min(due) + VISIBLE_AGAIN_SECONDS if due else None


def _queue(mapping: EventSourceMapping) -> Queue:
    _, _, _, region, account, name = mapping.event_source_arn.split(":", 5)
    return sqs_backends[account][region].queues[name]


def _function(mapping: EventSourceMapping) -> LambdaFunction:
    _, _, _, region, account, _ = mapping.function_arn.split(":", 5)
    return get_backend(account, region).get_function(mapping.function_arn)


def _check_supported(spec: dict[str, Any]) -> None:
    """Refuse what the mapping would silently leave out."""
    unknown = sorted(
        name
        for name in spec
        if name not in SUPPORTED and spec[name] and name not in ("RegionName", "AccountId", "UUID")
    )
    source = spec.get("EventSourceArn", "")
    if unknown:
        raise NotSimulated(f"event source mapping of {source or spec.get('UUID', '')}", ", ".join(unknown))
    if source and source.split(":")[2] != "sqs":
        raise NotSimulated("event source mapping", f"the source {source}")


def _may(session: boto3.Session, queue: Queue, operation: str) -> bool:
    """Whether the session may do this to the queue: a rehearsal that is checked like any call, and not sent."""

    def answer(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        return AWSResponse(request.url, 200, HTTPHeaders(), MockRawResponse(b"{}"))

    client: Any = boto3.Session.client(session, "sqs", region_name=queue.region)
    client.meta.events.register_first("before-send.sqs", answer)
    receipt = {"ReceiptHandle": "rehearsal"} if operation == "DeleteMessage" else {}
    try:
        getattr(client, NEEDED_OPERATIONS[operation])(QueueUrl=queue_url(queue.queue_arn), **receipt)
    except ClientError:
        return False
    return True


def _record(queue: Queue, message: dict[str, JSON]) -> dict[str, JSON]:
    """A message as functions see it (Lambda Developer Guide, "Example Amazon SQS message event")."""
    record = {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {name: _attribute(value) for name, value in message.get("MessageAttributes", {}).items()},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue.queue_arn,
        "awsRegion": queue.region,
    }
    if "MD5OfMessageAttributes" in message:
        record["md5OfMessageAttributes"] = message["MD5OfMessageAttributes"]
    return record


def _attribute(value: dict[str, JSON]) -> dict[str, JSON]:
    attribute: dict[str, JSON] = {"stringListValues": [], "binaryListValues": [], "dataType": value["DataType"]}
    if "StringValue" in value:
        attribute["stringValue"] = value["StringValue"]
    if "BinaryValue" in value:
        attribute["binaryValue"] = base64.b64encode(value["BinaryValue"]).decode()
    return attribute


def _failed(mapping: EventSourceMapping, batch: list[dict[str, JSON]], is_error: bool, result: JSON) -> set[str]:
    """The ids of the messages of a batch that failed.

    Without ReportBatchItemFailures a batch fails as a whole; with it, a response of another shape, or one that names
    an unknown message, fails the whole batch too.
    """
    everything = {message["MessageId"] for message in batch}
    if is_error:
        return everything
    if "ReportBatchItemFailures" not in (mapping.function_response_types or []) or not result:
        return set()
    try:
        failed = {failure["itemIdentifier"] for failure in result.get("batchItemFailures") or []}
    except (AttributeError, KeyError, TypeError):
        return everything
    return failed if failed <= everything else everything
