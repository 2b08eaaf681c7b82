"""A hidden value is sent as it is, and shown nowhere; so is what is concealed."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.serialize import create_serializer

from asr_templates.embedded.hidden import Concealed, Hidden, hidden_values
from asr_templates.embedded.runner import Change, Plan, run

SECRET = "correct horse"


@pytest.mark.parametrize("shown", [str, repr, "{}".format, "%s".__mod__, lambda value: f"{value}"])
def test_hidden_value_prints_as_hidden(shown: Any) -> None:
    assert "(hidden)" == shown(Hidden(SECRET))


def test_hidden_value_is_the_value_to_whoever_compares_or_encodes_it() -> None:
    assert (SECRET, f'"{SECRET}"') == (Hidden(SECRET), json.dumps(Hidden(SECRET)))


def test_aws_gets_the_value_and_the_record_does_not() -> None:
    got: list[str] = []
    sends = SimpleNamespace(put_secret_value=lambda SecretString: got.append(json.dumps(SecretString)))

    def plan(aws: Any) -> Any:
        if not got:
            yield Change("secretsmanager", "put_secret_value", {"SecretString": Hidden(SECRET)}, undo="lost")
        return {}

    output = run(plan, {"Mode": "Apply"}, lambda service: sends, sleep=lambda seconds: None)

    assert [f'"{SECRET}"'] == got
    assert [{"SecretString": "(hidden)"}] == [change["parameters"] for change in output["Changes"]]
    assert SECRET not in json.dumps(output)


def test_boto3_sends_the_value(account: str) -> None:
    secrets = boto3.client("secretsmanager")
    secrets.create_secret(Name="a", SecretString=Hidden(SECRET))

    assert SECRET == secrets.get_secret_value(SecretId="a")["SecretString"]


def test_names_of_hidden_values_are_shown() -> None:
    pairs = [{"name": "TOKEN", "value": SECRET, "type": "PLAINTEXT"}, {"name": "EMPTY"}]
    expected = [("TOKEN", "(hidden)"), ("EMPTY", "(hidden)")]

    assert expected == [(pair["name"], str(pair["value"])) for pair in hidden_values(pairs)]


@pytest.mark.parametrize(
    ("key", "expected"),
    [(Hidden(SECRET), "(hidden)"), (SECRET, SECRET)],
    ids=["why Hidden is not for XML", "what Concealed sends"],
)
def test_xml_gets_what_a_value_prints(key: str, expected: str) -> None:
    model = boto3.client("cloudfront").meta.service_model.operation_model("CreateKeyGroup")
    wanted = {"KeyGroupConfig": {"Name": "door", "Items": [key]}}
    request = create_serializer("rest-xml").serialize_to_request(wanted, model)

    assert f"<PublicKey>{expected}</PublicKey>".encode() in request["body"]


class Client:
    """A client of a service with one operation, which remembers what it was sent."""

    def __init__(self) -> None:
        self.sent: dict[str, Any] = {}

    def put_key(self, **parameters: Any) -> dict[str, Any]:
        self.sent = parameters
        return {}


def test_what_is_sent_is_not_what_is_recorded() -> None:
    client = Client()

    def plan(aws: Any) -> Plan:
        if not client.sent:
            these = Concealed({"Name": "door", "Key": "correct horse"}, {"Name": "door", "Key": "as before"})
            yield Change("locks", "put_key", these, undo="a key cannot be taken back")
        return {"Name": client.sent.get("Name")}

    preview = run(plan, {"Mode": "Preview"}, lambda service: client, sleep=lambda seconds: None)
    applied = run(plan, {"Mode": "Apply"}, lambda service: client, sleep=lambda seconds: None)

    assert {"Name": "door", "Key": "correct horse"} == client.sent
    assert {"Name": "door", "Key": "as before"} == applied["Changes"][0]["parameters"]
    assert preview["Changes"] == applied["Changes"]
    assert "correct horse" not in json.dumps([preview, applied])
