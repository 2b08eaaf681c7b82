import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.lambdas.custom_actions import NOT_MADE, answer_to, send

FUNCTION = "arn:aws-us-gov:lambda:us-gov-west-1:111111111111:function:ASR-CustomActions"
ARN = "arn:aws-us-gov:securityhub:us-gov-west-1:111111111111:action/custom/ASRRemediate"


class Hub:
    """Security Hub's action targets by their ARN; `failure` is raised by every call."""

    def __init__(self, refused: Any) -> None:
        self.refused = refused
        self.targets: dict[str, dict[str, str]] = {}
        self.failure: Exception | None = None

    def create_action_target(self, *, Name: str, Description: str, Id: str) -> dict[str, str]:
        self._may_fail()
        arn = ARN.replace("ASRRemediate", Id)
        if arn in self.targets:
            raise self.refused("ResourceConflictException")
        self.targets[arn] = {"Name": Name, "Description": Description}
        return {"ActionTargetArn": arn}

    def describe_action_targets(self, *, ActionTargetArns: list[str]) -> dict[str, Any]:
        return {"ActionTargets": [self.targets[arn] for arn in ActionTargetArns if arn in self.targets]}

    def update_action_target(self, *, ActionTargetArn: str, Name: str, Description: str) -> None:
        self._may_fail()
        self.targets[ActionTargetArn] = {"Name": Name, "Description": Description}

    def delete_action_target(self, *, ActionTargetArn: str) -> None:
        self._may_fail()
        if ActionTargetArn not in self.targets:
            raise self.refused("ResourceNotFoundException")
        del self.targets[ActionTargetArn]

    def _may_fail(self) -> None:
        if self.failure:
            raise self.failure


@pytest.fixture
def hub(refused: Any) -> Hub:
    return Hub(refused)


def request(kind: str, physical_id: str | None = None, **properties: str) -> dict[str, Any]:
    described = {"Id": "ASRRemediate", "Name": "Remediate with ASR", "Description": "d", **properties}
    asked = {
        "RequestType": kind,
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "RemediateAction",
        "ServiceToken": FUNCTION,
        "ResourceProperties": described,
    }
    return asked | ({"PhysicalResourceId": physical_id} if physical_id else {})


def test_an_action_is_made_and_its_arn_answered(hub: Hub) -> None:
    expected = {
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "RemediateAction",
        "Status": "SUCCESS",
        "PhysicalResourceId": ARN,
    }

    assert expected == answer_to(request("Create"), hub)
    assert "Remediate with ASR" == hub.targets[ARN]["Name"]


def test_an_action_of_ours_that_is_there_is_taken_over(hub: Hub) -> None:
    hub.targets[ARN] = {"Name": "Remediate with ASR", "Description": "of an older version"}

    answer = answer_to(request("Create"), hub)

    assert ("SUCCESS", ARN) == (answer["Status"], answer["PhysicalResourceId"])
    assert "d" == hub.targets[ARN]["Description"]


def test_an_action_of_somebody_else_is_left_alone_now_and_when_the_stack_is_rolled_back(hub: Hub) -> None:
    theirs = {"Name": "Ask Jo", "Description": "theirs"}
    hub.targets[ARN] = theirs

    answer = answer_to(request("Create"), hub)
    after = answer_to(request("Delete", answer["PhysicalResourceId"]), hub)

    assert ("FAILED", NOT_MADE) == (answer["Status"], answer["PhysicalResourceId"])
    assert "is not of this solution" in answer["Reason"]
    assert "SUCCESS" == after["Status"]
    assert {ARN: theirs} == hub.targets


def test_without_security_hub_the_stack_says_what_to_turn_on(hub: Hub, refused: Any) -> None:
    hub.failure = refused("InvalidAccessException")

    answer = answer_to(request("Create"), hub)

    assert ("FAILED", "turn on Security Hub CSPM in this region first") == (answer["Status"], answer["Reason"])


def test_a_new_name_changes_the_action_in_its_place(hub: Hub) -> None:
    hub.targets[ARN] = {"Name": "Remediate with ASR", "Description": "d"}

    answer = answer_to(request("Update", ARN, Name="Fix with ASR"), hub)

    assert ("SUCCESS", ARN) == (answer["Status"], answer["PhysicalResourceId"])
    assert "Fix with ASR" == hub.targets[ARN]["Name"]


def test_a_new_id_is_a_new_action_so_that_cloudformation_deletes_the_old_one(hub: Hub) -> None:
    hub.targets[ARN] = {"Name": "Remediate with ASR", "Description": "d"}

    answer = answer_to(request("Update", ARN, Id="XRemediate"), hub)

    assert ARN.replace("ASRRemediate", "XRemediate") == answer["PhysicalResourceId"]


def test_an_action_is_deleted(hub: Hub) -> None:
    hub.targets[ARN] = {"Name": "Remediate with ASR", "Description": "d"}

    assert "SUCCESS" == answer_to(request("Delete", ARN), hub)["Status"]
    assert {} == hub.targets


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "InvalidAccessException"])
def test_an_action_that_is_gone_is_deleted(hub: Hub, refused: Any, code: str) -> None:
    hub.failure = refused(code)

    assert "SUCCESS" == answer_to(request("Delete", ARN), hub)["Status"]


@pytest.mark.parametrize("kind", ["Create", "Update", "Delete"])
def test_any_other_error_is_answered_too(hub: Hub, kind: str) -> None:
    hub.failure = ClientError({"Error": {"Code": "InternalException", "Message": "x" * 5_000}}, "AnyOperation")

    answer = answer_to(request(kind, ARN), hub)

    assert "FAILED" == answer["Status"]
    assert answer["Reason"].startswith("InternalException: x")
    assert len(json.dumps(answer)) < 4_096


def test_properties_that_are_missing_are_answered_too(hub: Hub) -> None:
    asked = request("Create")
    del asked["ResourceProperties"]["Name"]

    assert "FAILED" == answer_to(asked, hub)["Status"]


class Answers(HTTPServer):
    """Takes answers, after refusing as many as it is told to."""

    refuse = 0

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        super().__init__(("127.0.0.1", 0), Taking)


class Taking(BaseHTTPRequestHandler):
    server: Answers

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        is_refused = self.server.refuse > 0
        self.server.refuse -= 1
        if not is_refused:
            self.server.bodies.append(body)
        self.send_response(500 if is_refused else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""


@pytest.fixture
def answers() -> Iterator[Answers]:
    with Answers() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_an_answer_is_put_where_cloudformation_waits_even_if_it_fails_at_first(
    answers: Answers, capsys: pytest.CaptureFixture[str]
) -> None:
    answers.refuse = 2

    send(f"http://127.0.0.1:{answers.server_port}/secret-path", {"Status": "SUCCESS"})

    assert [b'{"Status": "SUCCESS"}'] == answers.bodies
    assert "secret-path" not in capsys.readouterr().out


def test_an_answer_that_is_never_taken_fails_without_telling_the_url(
    answers: Answers, capsys: pytest.CaptureFixture[str]
) -> None:
    answers.refuse = 99

    with pytest.raises(RuntimeError) as caught:
        send(f"http://127.0.0.1:{answers.server_port}/secret-path", {"Status": "SUCCESS"})

    assert "secret-path" not in str(caught.value) + capsys.readouterr().out
