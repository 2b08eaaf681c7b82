"""Each outcome of the orchestrator, produced for real."""

import copy
import json

import pytest

from asr_templates.simulator import Cloud
from asr_templates.simulator.scenarios import Place, scenarios

ADMIN, MEMBER, STRANGER = "111111111111", "222222222222", "333333333333"
HOME, ELSEWHERE = "us-east-1", "eu-west-1"


def rules_of(cloud: Cloud, finding):
    resource = finding["Resources"][0]["Id"]
    return scenarios()["EC2.2"].described(Place(cloud, MEMBER, ELSEWHERE), resource)


def recorded(cloud: Cloud, run) -> str:
    """The outcome in the history table."""
    table = cloud.outputs["HistoryTable"]
    key = {"Execution": {"S": run.execution}}
    return cloud.client("dynamodb").get_item(TableName=table, Key=key)["Item"]["Outcome"]["S"]


def is_told(cloud: Cloud, run) -> bool:
    """The outcome is recorded once and notified once."""
    return recorded(cloud, run) == run.status and [each["Outcome"] for each in run.notifications] == [run.status]


def test_a_broken_resource_is_fixed_and_a_fixed_one_is_left_alone(cloud, broken) -> None:
    finding = broken("EC2.2")

    first, second = cloud.remediate(finding), cloud.remediate(finding)

    assert ("SUCCESS", "NO_CHANGE") == (first.status, second.status)
    assert is_told(cloud, first)
    assert is_told(cloud, second)


def test_a_preview_shows_what_would_change(cloud, broken) -> None:
    run = cloud.remediate(broken("EC2.2"), mode="Preview")

    assert run.status == "PREVIEW"
    assert is_told(cloud, run)
    assert run.changes


def test_an_undo_is_an_outcome_of_its_own_and_holds_automatic_runs_off(cloud, broken) -> None:
    finding = broken("EC2.2")
    cloud.switch_on("EC2.2")
    undone = cloud.undo(cloud.remediate(finding))
    again = cloud.import_finding({**finding, "UpdatedAt": "2026-01-02T00:00:00.000Z"})

    assert undone.status == "UNDONE"
    assert is_told(cloud, undone)
    assert again is not None
    assert again.status == "EXEMPT"


def test_a_resource_that_must_not_be_touched_is_refused_with_the_reason(cloud, broken) -> None:
    finding = broken("EC2.13")
    other = {**finding, "Id": finding["Id"].replace("EC2.13", "EC2.2")}
    other["Compliance"] = {**finding["Compliance"], "SecurityControlId": "EC2.2"}

    run = cloud.remediate(other)

    assert run.status == "REFUSED"
    assert "not the default security group" in run.message
    assert is_told(cloud, run)
    assert run.workflow_status == "NEW"


def test_an_exempt_resource_is_not_touched(cloud, broken) -> None:
    finding = broken("EC2.2")
    before = rules_of(cloud, finding)
    cloud.exempt(finding["Resources"][0]["Id"], control="EC2.2", reason="bastion", until="2027-01-01")

    run = cloud.remediate(finding)

    assert run.status == "EXEMPT"
    assert "bastion" in run.message
    assert before == rules_of(cloud, finding)
    assert is_told(cloud, run)


def test_an_exemption_ends(cloud, broken) -> None:
    finding = broken("EC2.2")
    cloud.exempt(finding["Resources"][0]["Id"], control="EC2.2", reason="bastion", until="2025-12-31")

    assert cloud.remediate(finding).status == "SUCCESS"


def test_an_exemption_that_cannot_be_understood_exempts(cloud, broken) -> None:
    finding = broken("EC2.2")
    cloud.exempt(finding["Resources"][0]["Id"], control="EC2.2", reason="bastion", until="next year")

    assert cloud.remediate(finding).status == "EXEMPT"


def test_a_suppressed_finding_is_not_new(cloud, broken) -> None:
    run = cloud.remediate({**broken("EC2.2"), "Workflow": {"Status": "SUPPRESSED"}})

    assert run.status == "NOT_NEW"
    assert run.workflow_status == "SUPPRESSED"
    assert is_told(cloud, run)


def test_a_control_without_a_row_has_no_runbook(cloud, broken) -> None:
    finding = broken("EC2.2")
    unknown = {**finding, "Id": finding["Id"].replace("EC2.2", "EC2.999")}
    unknown["Compliance"] = {**finding["Compliance"], "SecurityControlId": "EC2.999"}

    run = cloud.remediate(unknown)

    assert run.status == "NO_RUNBOOK"
    assert is_told(cloud, run)


def test_a_runbook_that_is_not_active_is_not_started(cloud, broken) -> None:
    finding = broken("EC2.7")
    document = (MEMBER, ELSEWHERE, "ASR-SC_2.0.0_EC2.7")
    cloud.aws.automations.set_document_status(*document, "Failed")
    run = cloud.remediate(finding)
    cloud.aws.automations.set_document_status(*document, "Active")

    assert run.status == "RUNBOOK_NOT_ACTIVE"
    assert is_told(cloud, run)


def test_an_account_without_the_roles_cannot_be_reached(cloud, broken) -> None:
    finding = broken("EC2.2")
    moved = json.loads(json.dumps(finding).replace(MEMBER, STRANGER))

    run = cloud.remediate(moved)

    assert run.status == "ASSUME_ROLE_FAILURE"
    assert run.workflow_status is None
    assert is_told(cloud, run)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("AwsAccountId", "222"),
        ("AwsAccountId", STRANGER),
        ("ProductArn", "arn:aws:securityhub:eu-west-1::product/other/product"),
        ("Resources", []),
        ("Resources", "none"),
        ("Id", None),
        ("Id", "arn:aws:securityhub:eu-west-1:222222222222:security-control/EC2.2/finding/{{ssm:secret}}"),
    ],
)
def test_a_finding_that_contradicts_itself_is_invalid(cloud, broken, field, value) -> None:
    finding = broken("EC2.2")
    before = rules_of(cloud, finding)

    run = cloud.remediate({**finding, field: value})

    assert run.status == "INVALID_FINDING"
    assert before == rules_of(cloud, finding)
    assert is_told(cloud, run)


def test_a_resource_of_another_account_is_invalid(cloud, broken) -> None:
    finding = broken("EC2.2")
    resource = {**finding["Resources"][0], "Id": finding["Resources"][0]["Id"].replace(MEMBER, ADMIN)}

    assert cloud.remediate({**finding, "Resources": [resource]}).status == "INVALID_FINDING"


def test_a_resource_that_is_gone_is_no_change(cloud, broken) -> None:
    finding = broken("EC2.13")
    group = finding["Resources"][0]["Id"].rsplit("/", 1)[1]
    cloud.client("ec2", account=MEMBER, region=ELSEWHERE).delete_security_group(GroupId=group)

    run = cloud.remediate(finding)

    assert ("NO_CHANGE", "gone") == (run.status, run.message)
    assert run.workflow_status == "RESOLVED"


def test_one_bad_finding_harms_no_other(cloud, broken) -> None:
    good, bad, also_good = broken("EC2.2"), broken("EC2.13"), broken("EC2.2")
    bad["Resources"] = []

    runs = cloud.remediate([good, bad, also_good])

    assert [run.status for run in runs] == ["SUCCESS", "INVALID_FINDING", "SUCCESS"]


def test_the_same_import_twice_is_one_execution(cloud, broken) -> None:
    cloud.switch_on("EC2.7")
    finding = broken("EC2.7", account=ADMIN, region=HOME)
    first, second = cloud.import_finding(finding), cloud.import_finding(finding)

    assert first is not None
    assert first.status == "SUCCESS"
    assert second is None


def test_an_import_is_dropped_where_the_control_is_not_switched_on(cloud, broken) -> None:
    assert cloud.import_finding(broken("EC2.14")) is None


def test_an_imported_finding_that_is_no_longer_new_is_dropped_by_the_rule(cloud, broken) -> None:
    cloud.switch_on("EC2.7")

    assert cloud.import_finding({**broken("EC2.7"), "Workflow": {"Status": "NOTIFIED"}}) is None


def test_an_imported_finding_that_was_handled_meanwhile_is_not_new(cloud, broken) -> None:
    cloud.switch_on("EC2.7")
    finding = broken("EC2.7")
    stored = {**copy.deepcopy(finding), "Workflow": {"Status": "NOTIFIED"}}

    run = cloud.deliver_late(finding, stored)

    assert run.status == "NOT_NEW"
    assert is_told(cloud, run)


def test_a_persons_note_is_kept(cloud, broken) -> None:
    finding = broken("EC2.2")
    finding["Note"] = {"Text": "Ticket 42", "UpdatedBy": "ann", "UpdatedAt": "2026-01-01T00:00:00.000Z"}

    cloud.remediate(finding)

    stored = cloud.aws.hub.finding(finding["ProductArn"], finding["Id"])
    assert stored is not None
    assert stored["Note"]["Text"].startswith("Ticket 42")
    assert "Removed every" in stored["Note"]["Text"]
