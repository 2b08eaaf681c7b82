"""A hidden value is sent as it is, and shown nowhere."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from asr_templates.embedded.hidden import Hidden, hidden_values
from asr_templates.embedded.runner import Change, run

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
