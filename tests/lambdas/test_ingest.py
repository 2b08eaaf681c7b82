import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_templates.lambdas.batches import each_message
from asr_templates.lambdas.controls import Controls
from asr_templates.lambdas.execution import execution_name
from asr_templates.lambdas.ingest import Ingest, UnreadableEventError

ADMIN = "111111111111"
HUB = "arn:aws:securityhub:eu-west-1:222222222222"
ACTION = f"arn:aws:securityhub:us-east-1:{ADMIN}:action/custom/"
Finding = Callable[..., dict[str, Any]]


def custom_action(findings: list[object], action: str = "ASRRemediate", event_id: str = "event-1") -> dict[str, Any]:
    """The event of a custom action."""
    return {
        "id": event_id,
        "source": "aws.securityhub",
        "account": ADMIN,
        "detail-type": "Security Hub Findings - Custom Action",
        "resources": [f"{ACTION}{action}"],
        "detail": {"actionName": "Remediate with ASR", "findings": findings},
    }


def imported(finding: object, event_id: str = "event-1") -> dict[str, Any]:
    """The event of an imported finding."""
    event = custom_action([finding], event_id=event_id)
    return event | {"detail-type": "Security Hub Findings - Imported", "resources": ["arn:of:the:finding"]}


@pytest.fixture
def configuration(table: Callable[[str], Any]) -> Any:
    made = table("ConfigurationTable")
    made.put_item(Item={"Subject": "automatic", "Control": "SC/EC2.2", "Enabled": True})
    return made


@pytest.fixture
def ingest(states: Any, configuration: Any, controls: Controls) -> Ingest:
    modes: Any = {"ASRRemediate": "Apply", "ASRPreview": "Preview"}
    return Ingest(states, "arn:machine", configuration, controls, ADMIN, modes)


def inputs(states: Any) -> list[dict[str, Any]]:
    return list(states.executions.values())


@pytest.mark.parametrize(("action", "mode"), [("ASRRemediate", "Apply"), ("ASRPreview", "Preview")])
def test_a_custom_action_starts_an_execution_in_its_mode(
    ingest: Ingest, states: Any, finding: Finding, action: str, mode: str
) -> None:
    ingest.event(custom_action([finding()], action))

    (started,) = inputs(states)
    assert {"Mode": mode, "Trigger": "custom action", "Cause": "event-1"}.items() <= started.items()
    assert finding()["Id"] == started["Finding"]["Id"]
    assert "Problem" not in started


def test_several_findings_start_one_execution_each_and_a_bad_one_harms_no_other(
    ingest: Ingest, states: Any, finding: Finding
) -> None:
    ingest.event(custom_action([finding(), "junk", finding(Id=None), finding(Id="other")]))

    assert 4 == len(states.executions)
    assert 2 == sum("Problem" in started for started in inputs(states))


def test_the_same_event_again_starts_nothing_and_a_new_click_does(
    ingest: Ingest, states: Any, finding: Finding
) -> None:
    ingest.event(custom_action([finding()]))
    ingest.event(custom_action([finding()]))

    assert 1 == len(states.executions)
    ingest.event(custom_action([finding()], event_id="event-2"))
    assert 2 == len(states.executions)


def test_a_preview_and_a_remediation_of_one_cause_are_two_executions() -> None:
    assert execution_name("Preview", "id", "cause") != execution_name("Apply", "id", "cause")


@given(st.text(), st.text())
def test_a_name_suits_step_functions_whatever_the_finding_says(finding_id: str, cause: str) -> None:
    assert re.fullmatch(r"[0-9A-Za-z_-]{1,80}", execution_name("Apply", finding_id, cause))


def test_an_imported_finding_of_an_automatic_control_is_remediated_once(
    ingest: Ingest, states: Any, finding: Finding
) -> None:
    ingest.event(imported(finding(), "event-1"))
    ingest.event(imported(finding(), "event-2"))

    (started,) = inputs(states)
    assert ("Apply", "import", finding()["UpdatedAt"]) == (started["Mode"], started["Trigger"], started["Cause"])


@pytest.mark.parametrize(
    "parts",
    [
        {"Compliance": {"Status": "PASSED"}},
        {"Compliance": None},
        {"Workflow": {"Status": "NOTIFIED"}},
        {"Workflow": "NEW"},
        {"RecordState": "ARCHIVED"},
        {"ProductArn": "arn:aws:securityhub:eu-west-1:222222222222:product/222222222222/default"},
        {"Id": f"{HUB}:security-control/EC2.13/finding/1"},
        {"Id": f"{HUB}:security-control/EC2.9999/finding/1"},
        {"Id": f"{HUB}:subscription/cis-aws-foundations-benchmark/v/1.2.0/4.3/finding/1"},
    ],
)
def test_an_imported_finding_that_nobody_wants_remediated_is_dropped(
    ingest: Ingest, states: Any, finding: Finding, parts: dict[str, Any]
) -> None:
    ingest.event(imported(finding(**parts)))

    assert [] == inputs(states)


def test_an_imported_finding_that_is_no_object_is_dropped(ingest: Ingest, states: Any) -> None:
    ingest.event(imported(["junk"]))

    assert [] == inputs(states)


def test_titles_do_not_reach_the_execution(ingest: Ingest, states: Any, finding: Finding) -> None:
    ingest.event(custom_action([finding(Title="secret {{ssm:x}}")]))

    assert "secret" not in json.dumps(inputs(states))
    assert "Problem" not in inputs(states)[0]


def test_a_huge_finding_starts_a_small_execution_with_a_problem(ingest: Ingest, states: Any, finding: Finding) -> None:
    ingest.event(custom_action([finding(GeneratorId="x" * 200_000)]))

    (started,) = inputs(states)
    assert "at most 4,096 are accepted" in started["Problem"]
    assert len(json.dumps(started)) < 2_000


@pytest.mark.parametrize(
    "change",
    [
        {"source": "aws.ec2"},
        {"account": "222222222222"},
        {"detail-type": "Findings Imported V2"},
        {"resources": [f"{ACTION}Other"]},
        {"detail": {"findings": {}}},
    ],
)
def test_an_event_that_should_not_have_come_is_refused(
    ingest: Ingest, states: Any, finding: Finding, change: dict[str, Any]
) -> None:
    with pytest.raises(UnreadableEventError):
        ingest.event(custom_action([finding()]) | change)

    assert [] == inputs(states)


def test_of_a_batch_only_the_messages_that_failed_come_again(ingest: Ingest, states: Any, finding: Finding) -> None:
    bodies = {"good": json.dumps(custom_action([finding()])), "poison": "no JSON", "alien": "[]", "empty": "{}"}
    event = {"Records": [{"messageId": name, "body": body} for name, body in bodies.items()]}

    answer = each_message(event, ingest.event)

    assert ["poison", "alien", "empty"] == [failed["itemIdentifier"] for failed in answer["batchItemFailures"]]
    assert 1 == len(states.executions)


def test_the_log_has_no_finding(ingest: Ingest, finding: Finding, capsys: pytest.CaptureFixture[str]) -> None:
    ingest.event(custom_action([finding()]))

    assert finding()["Resources"][0]["Id"] not in capsys.readouterr().out
