import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from asr_templates.lambdas.configuration import hold, place_hold
from asr_templates.lambdas.history import History, Record, record_of, row_of
from asr_templates.lambdas.outcomes import NOTED, Outcome
from asr_templates.lambdas.record import (
    Recorder,
    answer,
    ended_record,
    error_message,
    failed_record,
    notification,
    subject,
)

NOW = datetime(2026, 1, 1, 0, 1, tzinfo=UTC)
EXECUTION = "arn:aws:states:us-east-1:111111111111:execution:ASR-Orchestrator:abc"
Make = Callable[..., Record]


class Hub:
    """Security Hub that has every finding, and keeps what is written."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def get_findings(self, Filters: dict[str, Any]) -> dict[str, Any]:
        return {"Findings": [{}]}

    def batch_update_findings(self, **arguments: Any) -> dict[str, Any]:
        self.notes.append(arguments["Note"]["Text"])
        return {"UnprocessedFindings": []}


class Topic:
    """A topic that keeps its messages, or does not take any."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.failure: Exception | None = None

    def publish(self, TopicArn: str, Subject: str, Message: str) -> None:
        if self.failure:
            raise self.failure
        self.messages.append(json.loads(Message))


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def topic() -> Topic:
    return Topic()


@pytest.fixture
def regions() -> list[str]:
    """The regions in which a hub was asked for."""
    return []


@pytest.fixture
def recorder(table: Callable[[str], Any], hub: Hub, topic: Topic, regions: list[str]) -> Recorder:
    def regional(region: str) -> Hub:
        regions.append(region)
        return hub

    history = History(table("HistoryTable"))
    return Recorder(history, table("ConfigurationTable"), topic, "arn:topic", regional, "ASR")


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_is_kept_and_told_once(recorder: Recorder, topic: Topic, record: Make, outcome: Outcome) -> None:
    recorder.record(record("a", outcome=outcome))
    recorder.record(record("a", outcome=outcome))

    kept = recorder.history.get("a")
    assert kept is not None
    assert (outcome, True) == (kept.outcome, kept.notified)
    assert [outcome] == [message["Outcome"] for message in topic.messages]


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_finding_is_noted_where_a_person_can_act_and_nobody_else_noted_it(
    recorder: Recorder, hub: Hub, regions: list[str], record: Make, outcome: Outcome
) -> None:
    recorder.record(record("a", outcome=outcome))

    assert (outcome in NOTED) is bool(hub.notes)
    assert (["eu-west-1"] if outcome in NOTED else []) == regions


def test_a_note_says_outcome_changes_and_where_to_look(recorder: Recorder, hub: Hub, record: Make) -> None:
    recorder.record(record("abc", outcome=Outcome.REMEDIATION_FAILED, message="denied."))

    expected = "REMEDIATION_FAILED: denied. 1 changes: ec2:revoke_security_group_ingress. asr history abc"
    assert [expected] == hub.notes


@pytest.mark.parametrize("product", [None, "", "arn", "arn:aws:securityhub:nowhere::product/aws/securityhub"])
def test_a_finding_whose_home_is_unknown_gets_no_note(
    recorder: Recorder, hub: Hub, record: Make, product: str | None
) -> None:
    finding = {"Id": "id"} | ({} if product is None else {"ProductArn": product})

    recorder.record(record("a", outcome=Outcome.NO_RUNBOOK, finding=finding))

    assert [] == hub.notes


def test_what_could_not_be_told_is_in_the_history_and_told_when_the_failure_is_seen(
    recorder: Recorder, topic: Topic, record: Make, refused: Any
) -> None:
    topic.failure = refused("InternalError")
    with pytest.raises(ClientError):
        recorder.record(record("a", outcome=Outcome.NO_CHANGE))
    assert (kept := recorder.history.get("a")) is not None
    assert not kept.notified

    topic.failure = None
    recorder.record(record("a", outcome=Outcome.ORCHESTRATOR_ERROR))

    assert ["NO_CHANGE"] == [message["Outcome"] for message in topic.messages]


def holds(recorder: Recorder) -> list[str]:
    return [row["Control"] for row in recorder.configuration.scan()["Items"]]


def test_an_undo_holds_automatic_runs_off(recorder: Recorder, record: Make) -> None:
    recorder.record(record("undo", mode="Undo", outcome=Outcome.UNDONE))

    assert ["hold:EC2.2"] == holds(recorder)


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.REMEDIATION_FAILED, Outcome.NO_RUNBOOK])
def test_an_undo_that_came_to_nothing_lifts_the_hold_it_placed(
    recorder: Recorder, record: Make, outcome: Outcome
) -> None:
    made = record("undo", mode="Undo", outcome=outcome, output=None)
    place_hold(recorder.configuration, made.resource, "EC2.2", "undo", NOW, anew=True)

    recorder.record(made)

    assert [] == holds(recorder)


def test_an_undo_that_failed_half_way_keeps_its_hold(recorder: Recorder, record: Make) -> None:
    recorder.record(record("undo", mode="Undo", outcome=Outcome.REMEDIATION_FAILED))

    assert [hold("EC2.2")] == holds(recorder)


def test_a_remediation_touches_no_hold(recorder: Recorder, record: Make) -> None:
    made = record("a", outcome=Outcome.SUCCESS)
    place_hold(recorder.configuration, made.resource, "EC2.2", "a", NOW, anew=True)

    recorder.record(made)

    assert [hold("EC2.2")] == holds(recorder)


def test_a_message_has_all_that_a_reader_needs(record: Make) -> None:
    made = record("abc", outcome=Outcome.SUCCESS)

    told = json.loads(notification(made))

    expected = {
        "Outcome": "SUCCESS",
        "Message": "made 1 changes",
        "Mode": "Apply",
        "Trigger": "custom action",
        "Finding": {"Id": made.finding["Id"]},
        "Account": "222222222222",
        "Region": "eu-west-1",
        "Playbook": "SC",
        "Control": "EC2.2",
        "SecurityControl": "EC2.2",
        "Resource": made.resource,
        "Changes": made.changes,
        "Execution": "abc",
        "Time": "2026-01-01T00:01:00.000+00:00",
    }
    assert expected == told


@given(st.text(), st.text())
def test_a_subject_is_what_sns_takes(account: str, control: str) -> None:
    target = {"Account": account, "SecurityControl": control}
    text = subject(Record("a", Outcome.SUCCESS, "", "Apply", "import", "c", "s", "e", target=target), "ASR")

    assert text.startswith("ASR SUCCESS")
    assert len(text) <= 100
    assert all(" " <= character <= "~" for character in text)


STATE = {
    "Mode": "Apply",
    "Trigger": "import",
    "Cause": "2026-01-01",
    "Finding": {
        "Id": "id",
        "AwsAccountId": "222222222222",
        "Resources": [{"Id": "arn:aws:s3:::b", "Region": "eu-west-1"}],
    },
}
PREPARED = {"Target": {"Account": "222222222222", "Playbook": "SC"}, "Outcome": None, "Message": ""}
ENDED = {"Outcome": "SUCCESS", "Message": "done", "Output": {"Changes": []}, "Automation": {"Id": "1"}}


def ended(**parts: Any) -> Record:
    event = {"Execution": EXECUTION, "Started": "2026-01-01T00:00:00Z", "State": {**STATE, **parts}}
    return ended_record(event, NOW)


def test_a_run_that_ended_is_recorded_as_it_ended() -> None:
    made = ended(Prepared=PREPARED, Ended=ENDED)

    assert ("abc", Outcome.SUCCESS, "done") == (made.execution, made.outcome, made.message)
    assert ({"Changes": []}, {"Id": "1"}, PREPARED["Target"]) == (made.output, made.automation, made.target)


def test_a_decision_of_prepare_is_recorded() -> None:
    made = ended(Prepared={**PREPARED, "Outcome": "EXEMPT", "Message": "legacy"})

    assert (Outcome.EXEMPT, "legacy", None) == (made.outcome, made.message, made.output)


@pytest.mark.parametrize("name", ["States.Timeout", "States.HeartbeatTimeout"])
def test_a_run_of_which_nothing_was_heard_is_timed_out(name: str) -> None:
    made = ended(Prepared=PREPARED, Error={"Error": name})

    assert Outcome.TIMED_OUT == made.outcome


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ({"Error": "States.Timeout"}, "States.Timeout: "),
        ({"Error": "KeyError", "Cause": '{"errorMessage": "Mode", "stackTrace": ["secret"]}'}, "KeyError: Mode"),
        ({"Error": "SQS.X", "Cause": "no such queue"}, "SQS.X: no such queue"),
    ],
)
def test_an_error_before_the_run_is_an_error_of_the_orchestrator(error: dict[str, str], message: str) -> None:
    made = ended(Error=error)

    assert (Outcome.ORCHESTRATOR_ERROR, message) == (made.outcome, made.message)
    assert {"Account": "222222222222", "Region": "eu-west-1", "Resource": "arn:aws:s3:::b"} == made.target


def test_an_error_of_the_run_is_an_error_of_the_orchestrator() -> None:
    assert Outcome.ORCHESTRATOR_ERROR == ended(Prepared=PREPARED, Error={"Error": "SQS.X"}).outcome


@given(st.text(), st.text())
def test_any_cause_can_be_told_and_is_short(name: str, cause: str) -> None:
    assert len(error_message({"Error": name, "Cause": cause})) <= 500


def test_the_executions_output_has_what_its_caller_reads() -> None:
    assert ["Outcome", "Message", "Mode", "Finding", "Target", "Output", "Automation"] == list(
        answer(ended(Prepared=PREPARED, Ended=ENDED))
    )


def status_change(**parts: Any) -> dict[str, Any]:
    return {
        "executionArn": EXECUTION,
        "name": "abc",
        "status": "FAILED",
        "startDate": 1767225600000,
        "input": json.dumps(STATE),
        **parts,
    }


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_an_execution_that_failed_itself_is_recorded_as_an_error_of_the_orchestrator(status: str) -> None:
    made = failed_record(status_change(status=status), NOW)

    assert ("abc", Outcome.ORCHESTRATOR_ERROR) == (made.execution, made.outcome)
    assert made.message.startswith(f"the execution ended {status}")
    assert ("Apply", "import", "2026-01-01T00:00:00.000+00:00") == (made.mode, made.trigger, made.started)
    assert "arn:aws:s3:::b" == made.resource


@pytest.mark.parametrize("text", [None, "", "no JSON", "[]", '{"Finding": 7}', "7"])
def test_an_execution_whose_input_cannot_be_read_is_recorded_all_the_same(
    recorder: Recorder, topic: Topic, text: str | None
) -> None:
    recorder.record(failed_record(status_change(input=text), NOW))

    assert ["ORCHESTRATOR_ERROR"] == [message["Outcome"] for message in topic.messages]


@given(
    st.dictionaries(st.text(), st.text(), max_size=3),
    st.none() | st.dictionaries(st.text(), st.integers() | st.floats(allow_nan=False), max_size=3),
)
def test_a_finding_and_an_output_of_any_kind_survive_the_history(finding: dict[str, str], output: Any) -> None:
    made = Record("a", "SUCCESS", "m", "Apply", "import", "c", "s", NOW.isoformat(), finding, {}, output)

    assert made == record_of(row_of(made))


def test_a_publish_reaches_real_subscribers(aws: None, record: Make) -> None:
    sns, sqs = boto3.client("sns"), boto3.client("sqs")
    arn = sns.create_topic(Name="t")["TopicArn"]
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    queue_arn = "arn:aws:sqs:us-east-1:123456789012:q"
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue_arn, Attributes={"RawMessageDelivery": "true"})
    made = record("é", outcome=Outcome.SUCCESS)

    sns.publish(TopicArn=arn, Subject=subject(made, "ASR"), Message=notification(made))

    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert "é" == json.loads(message["Body"])["Execution"]
