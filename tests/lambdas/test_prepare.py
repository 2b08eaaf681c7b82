from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from asr_templates.lambdas.accounts import Members
from asr_templates.lambdas.controls import Controls
from asr_templates.lambdas.finding import project
from asr_templates.lambdas.outcomes import Outcome
from asr_templates.lambdas.prepare import Surroundings, enabled_playbooks, prepare
from asr_templates.lambdas.runtime import ThrottledError

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DOCUMENT = "ASR-SC_2.0.0_EC2.2"
Finding = Callable[..., dict[str, Any]]
Refused = Callable[..., ClientError]


class Hub:
    """Security Hub as far as it is asked for a finding's status; None: it does not have the finding."""

    status: str | None = "NEW"
    failure: Exception | None = None

    def get_findings(self, Filters: dict[str, Any]) -> dict[str, Any]:
        if self.failure:
            raise self.failure
        return {"Findings": [{"Workflow": {"Status": self.status}}] if self.status else []}


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def surroundings(
    controls: Controls, table: Callable[[str], Any], hub: Hub, members: Members, automation: Any
) -> Surroundings:
    automation.documents[DOCUMENT] = "Active"
    return Surroundings("aws", controls, {"SC", "CIS120"}, table("ConfigurationTable"), hub, members)


def run_of(finding: dict[str, Any], **parts: str) -> dict[str, Any]:
    """The input of an execution."""
    return {"Mode": "Apply", "Trigger": "custom action", "Cause": "c", "Finding": project(finding), **parts}


def decide(surroundings: Surroundings, run: dict[str, Any]) -> tuple[Any, str]:
    decision = prepare(run, surroundings, NOW)
    return decision["Outcome"], decision["Message"]


def test_a_finding_that_can_be_remediated_has_a_target_and_no_outcome(
    surroundings: Surroundings, finding: Finding
) -> None:
    decision = prepare(run_of(finding()), surroundings, NOW)

    target = {
        "Account": "222222222222",
        "Region": "eu-west-1",
        "Resource": finding()["Resources"][0]["Id"],
        "Playbook": "SC",
        "Control": "EC2.2",
        "SecurityControl": "EC2.2",
        "Document": DOCUMENT,
    }
    assert {"Target": target, "Outcome": None, "Message": ""} == decision


def test_a_problem_is_an_invalid_finding(surroundings: Surroundings) -> None:
    assert (Outcome.INVALID_FINDING, "no Id") == decide(surroundings, run_of({}, Problem="no Id"))


def test_a_refused_undo_is_refused(surroundings: Surroundings) -> None:
    assert (Outcome.REFUSED, "too large") == decide(surroundings, run_of({}, Refused="too large", Mode="Undo"))


def test_a_control_without_a_row_has_no_runbook(surroundings: Surroundings, finding: Finding) -> None:
    unknown = finding(Id=finding()["Id"].replace("EC2.2", "EC2.9999"))

    assert Outcome.NO_RUNBOOK == decide(surroundings, run_of(unknown))[0]


def test_a_playbook_that_is_not_loaded_is_named_with_its_parameter(
    surroundings: Surroundings, finding: Finding
) -> None:
    outcome, message = decide(replace(surroundings, enabled_playbooks={"CIS120"}), run_of(finding()))

    assert Outcome.PLAYBOOK_NOT_ENABLED == outcome
    assert "set LoadSC of the admin stack to yes" in message


def test_only_a_yes_enables_a_playbook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOAD_SC", "yes")
    monkeypatch.setenv("LOAD_CIS120", "no")

    assert frozenset({"SC"}) == enabled_playbooks()


def test_a_resource_of_another_account_is_an_invalid_finding(surroundings: Surroundings, finding: Finding) -> None:
    resource = {"Id": "arn:aws:ec2:eu-west-1:333333333333:security-group/sg-01234567"}

    assert Outcome.INVALID_FINDING == decide(surroundings, run_of(finding(Resources=[resource])))[0]


@pytest.mark.parametrize("mode", ["Apply", "Preview"])
def test_a_custom_action_on_a_suppressed_finding_is_not_new(
    surroundings: Surroundings, finding: Finding, mode: str
) -> None:
    suppressed = finding(Workflow={"Status": "SUPPRESSED"})

    expected = (Outcome.NOT_NEW, "the finding is SUPPRESSED")
    assert expected == decide(surroundings, run_of(suppressed, Mode=mode))


@pytest.mark.parametrize("status", ["NOTIFIED", "RESOLVED"])
def test_a_person_may_remediate_a_finding_that_is_not_new(
    surroundings: Surroundings, finding: Finding, status: str
) -> None:
    assert (None, "") == decide(surroundings, run_of(finding(Workflow={"Status": status})))


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ("RESOLVED", "the finding is RESOLVED now"),
        ("SUPPRESSED", "the finding is SUPPRESSED now"),
        (None, "the finding is not in Security Hub any more"),
    ],
)
def test_an_imported_finding_that_somebody_dealt_with_since_is_not_new(
    surroundings: Surroundings, hub: Hub, finding: Finding, status: str | None, message: str
) -> None:
    hub.status = status

    assert (Outcome.NOT_NEW, message) == decide(surroundings, run_of(finding(), Trigger="import"))


def test_an_imported_finding_that_is_still_new_is_remediated(surroundings: Surroundings, finding: Finding) -> None:
    assert (None, "") == decide(surroundings, run_of(finding(), Trigger="import"))


@pytest.mark.parametrize(("mode", "outcome"), [("Apply", Outcome.EXEMPT), ("Preview", None), ("Undo", None)])
def test_only_a_remediation_heeds_exemptions(
    surroundings: Surroundings, finding: Finding, mode: str, outcome: Outcome | None
) -> None:
    resource = finding()["Resources"][0]["Id"]
    surroundings.configuration.put_item(Item={"Subject": resource, "Control": "*", "Reason": "legacy"})

    assert outcome == decide(surroundings, run_of(finding(), Mode=mode))[0]


def test_a_configuration_that_cannot_be_read_stops_the_remediation(
    surroundings: Surroundings, finding: Finding
) -> None:
    surroundings.configuration.delete()

    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        prepare(run_of(finding()), surroundings, NOW)


class Sts:
    """A token service that answers with an error."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def assume_role(self, **arguments: str) -> None:
        raise self.error


def with_sts(surroundings: Surroundings, error: Exception) -> Surroundings:
    return replace(surroundings, members=Members(Sts(error), "aws", "/ASR-Orchestrator-Member", "s"))


def test_an_account_without_the_role_is_named_with_what_to_launch(
    surroundings: Surroundings, finding: Finding, refused: Refused
) -> None:
    outcome, message = decide(with_sts(surroundings, refused("AccessDenied")), run_of(finding()))

    assert Outcome.ASSUME_ROLE_FAILURE == outcome
    assert "arn:aws:iam::222222222222:role/ASR-Orchestrator-Member cannot be assumed" in message
    assert "launch the member roles stack in account 222222222222" in message


def test_a_busy_token_service_is_tried_again(surroundings: Surroundings, finding: Finding, refused: Refused) -> None:
    with pytest.raises(ThrottledError):
        prepare(run_of(finding()), with_sts(surroundings, refused("Throttling")), NOW)


@pytest.mark.parametrize("code", ["UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure"])
def test_a_region_that_is_not_enabled_has_its_own_message(
    surroundings: Surroundings, automation: Any, finding: Finding, refused: Refused, code: str
) -> None:
    automation.failure = refused(code)

    outcome, message = decide(surroundings, run_of(finding()))

    assert Outcome.ASSUME_ROLE_FAILURE == outcome
    assert "region eu-west-1 is not enabled in account 222222222222" in message


def test_a_region_that_does_not_answer_is_an_assume_role_failure(
    surroundings: Surroundings, automation: Any, finding: Finding
) -> None:
    automation.failure = EndpointConnectionError(endpoint_url="https://ssm.eu-west-1.amazonaws.com")

    assert Outcome.ASSUME_ROLE_FAILURE == decide(surroundings, run_of(finding()))[0]


def test_a_role_that_may_not_look_is_an_assume_role_failure_with_the_denied_action(
    surroundings: Surroundings, automation: Any, finding: Finding, refused: Refused
) -> None:
    automation.failure = refused("AccessDeniedException", "DescribeDocument")

    outcome, message = decide(surroundings, run_of(finding()))

    assert Outcome.ASSUME_ROLE_FAILURE == outcome
    assert "message of AccessDeniedException" in message


def test_an_absent_document_is_no_runbook(surroundings: Surroundings, automation: Any, finding: Finding) -> None:
    automation.documents.clear()

    outcome, message = decide(surroundings, run_of(finding()))

    assert Outcome.NO_RUNBOOK == outcome
    assert f"there is no {DOCUMENT} in account 222222222222 and region eu-west-1: launch the member stack" in message


@pytest.mark.parametrize("status", ["Creating", "Updating", "Deleting", "Failed"])
def test_a_document_that_is_not_active_is_never_taken_for_active(
    surroundings: Surroundings, automation: Any, finding: Finding, status: str
) -> None:
    automation.documents[DOCUMENT] = status

    outcome, message = decide(surroundings, run_of(finding()))

    assert Outcome.RUNBOOK_NOT_ACTIVE == outcome
    assert message.endswith(f"is {status}, not Active")


@pytest.mark.parametrize("code", ["ThrottlingException", "RequestLimitExceeded"])
def test_a_busy_systems_manager_is_tried_again_and_not_taken_for_a_missing_runbook(
    surroundings: Surroundings, automation: Any, finding: Finding, refused: Refused, code: str
) -> None:
    automation.failure = refused(code)

    with pytest.raises(ThrottledError):
        prepare(run_of(finding()), surroundings, NOW)


def test_any_other_error_is_not_taken_for_an_outcome(
    surroundings: Surroundings, automation: Any, finding: Finding, refused: Refused
) -> None:
    automation.failure = refused("InternalServerError")

    with pytest.raises(ClientError):
        prepare(run_of(finding()), surroundings, NOW)
