"""Custom resources: a Lambda function is asked, and answers with a PUT to a URL.

Source: CloudFormation User Guide, "Custom resource request and response reference". The URL is that of an HTTP server
of ours on 127.0.0.1. A function that returns without an answer fails the stack at once (AWS waits for an hour).
"""

import json
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from asr_templates.simulator.aws.cloudformation.failures import Refused
from asr_templates.simulator.aws.cloudformation.parameters import text_of
from asr_templates.simulator.aws.cloudformation.stack import Created

MAXIMUM_ANSWER_BYTES = 4096
MAXIMUM_ID_BYTES = 1024


class LambdaClient(Protocol):
    """The one operation that is used of boto3's Lambda client."""

    def invoke(self, *, FunctionName: str, Payload: bytes) -> Mapping[str, Any]:
        """Call a function and wait for its result."""


class _Answers(BaseHTTPRequestHandler):
    """Keeps the body of each PUT in `server.bodies`, by path."""

    server: "_Server"

    def do_PUT(self) -> None:
        """Take one answer."""
        self.server.bodies[self.path] = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.bodies: dict[str, bytes] = {}


@contextmanager
def _response_server() -> Iterator[_Server]:
    server = _Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def create_custom_resource(
    client: LambdaClient, resource_type: str, stack_id: str, logical_id: str, properties: Mapping[str, Any]
) -> Created:
    """Have the function of ServiceToken create a custom resource, and return what it answers.

    client: of the launching principal, in the stack's region. Raises Refused with the function's reason, or with what
    is wrong with its answer.
    """
    request_id = str(uuid.uuid4())
    token = str(properties["ServiceToken"])
    request = {
        "RequestType": "Create",
        "StackId": stack_id,
        "RequestId": request_id,
        "ResourceType": resource_type,
        "LogicalResourceId": logical_id,
        "ServiceToken": token,
        "ResourceProperties": _texts(properties),
    }
    with _response_server() as server:
        path = f"/{request_id}"
        request["ResponseURL"] = f"http://127.0.0.1:{server.server_address[1]}{path}"
        result = client.invoke(FunctionName=token, Payload=json.dumps(request).encode())
        payload = result["Payload"].read().decode()
        body = server.bodies.get(path)
    if body is None:
        failure = result.get("FunctionError", "no error")
        raise Refused(f"function {token} returned without an answer to its ResponseURL ({failure}: {payload[:500]})")
    return _created(_checked_answer(body, request))


def _texts(value: Any) -> Any:
    """Write every scalar as text, as a custom resource's function receives them."""
    if isinstance(value, dict):
        return {name: _texts(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_texts(item) for item in value]
    return text_of(value)


def _checked_answer(body: bytes, request: Mapping[str, Any]) -> dict[str, Any]:
    if len(body) > MAXIMUM_ANSWER_BYTES:
        raise Refused(f"Response object is too long: {len(body)} bytes, at most {MAXIMUM_ANSWER_BYTES}")
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise Refused(f"Invalid response: not JSON ({error})") from error
    if not isinstance(answer, dict):
        raise Refused("Invalid response: not a JSON object")
    for name in ("StackId", "RequestId", "LogicalResourceId"):
        if answer.get(name) != request[name]:
            raise Refused(f"Invalid response: {name} is {answer.get(name)!r}, expected {request[name]!r}")
    if answer.get("Status") not in ("SUCCESS", "FAILED"):
        raise Refused(f"Invalid response: Status is {answer.get('Status')!r}, must be SUCCESS or FAILED")
    return answer


def _created(answer: Mapping[str, Any]) -> Created:
    if answer["Status"] == "FAILED":
        raise Refused(
            f"Received response status [FAILED] from custom resource. Message returned: {answer.get('Reason', '')}"
        )
    physical_id = answer.get("PhysicalResourceId")
    if not isinstance(physical_id, str) or not 0 < len(physical_id.encode()) <= MAXIMUM_ID_BYTES:
        raise Refused(f"Invalid PhysicalResourceId: {physical_id!r}")
    data = answer.get("Data") or {}
    if not isinstance(data, dict):
        raise Refused("Invalid response: Data is not an object")
    return Created(physical_id, data)
