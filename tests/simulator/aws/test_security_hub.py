"""Security Hub: who sees findings, what updates keep, events, custom actions, filters."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.aws.environment import Environment
from asr_templates.simulator.aws.errors import NotSimulated

ADMIN = "111111111111"
MEMBER = "222222222222"
HOME = "us-east-1"
AWAY = "eu-west-1"
PRODUCT = f"arn:aws:securityhub:{AWAY}::product/aws/securityhub"

Make = Callable[..., str]


def finding(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {
        "SchemaVersion": "2018-10-08",
        "Id": f"arn:aws:securityhub:{AWAY}:{MEMBER}:security-control/EC2.2/finding/{number}",
        "ProductArn": PRODUCT,
        "GeneratorId": "security-control/EC2.2",
        "AwsAccountId": MEMBER,
        "Types": ["Software and Configuration Checks"],
        "CreatedAt": "2026-01-01T00:00:00Z",
        "UpdatedAt": f"2026-01-0{number}T00:00:00Z",
        "Severity": {"Label": "HIGH"},
        "Title": f"finding {number}",
        "Description": "d",
        "Resources": [{"Type": "AwsEc2SecurityGroup", "Id": f"arn:sg-{number}", "Region": AWAY}],
        "Compliance": {"Status": "FAILED", "SecurityControlId": "EC2.2"},
        "RecordState": "ACTIVE",
        "Workflow": {"Status": "NEW"},
        **fields,
    }


def hub(environment: Environment, account: str = ADMIN, region: str = AWAY) -> Any:
    return environment.session(account).client("securityhub", region_name=region)


def update(environment: Environment, *findings: dict[str, Any], account: str = MEMBER, **changes: Any) -> Any:
    identifiers = [{"Id": each["Id"], "ProductArn": each["ProductArn"]} for each in findings]
    return hub(environment, account).batch_update_findings(FindingIdentifiers=identifiers, **changes)


def events(environment: Environment) -> list[tuple[str, str, str]]:
    return [(each.account, each.region, each.event["detail-type"]) for each in environment.bus.received]


IMPORTED_EVERYWHERE = [
    (MEMBER, AWAY, "Security Hub Findings - Imported"),
    (ADMIN, AWAY, "Security Hub Findings - Imported"),
    (ADMIN, HOME, "Security Hub Findings - Imported"),
]


def test_security_hub_is_on_in_every_account_and_region(environment: Environment) -> None:
    arns = [
        hub(environment, account, region).describe_hub()["HubArn"]
        for account in (ADMIN, MEMBER)
        for region in (HOME, AWAY)
    ]

    assert arns[3] == f"arn:aws:securityhub:{AWAY}:{MEMBER}:hub/default"


def test_a_region_without_security_hub_says_so(environment: Environment) -> None:
    with pytest.raises(ClientError, match=r"InvalidAccessException.*not subscribed"):
        hub(environment, ADMIN, "ap-south-1").get_findings()


def test_an_import_is_seen_by_member_and_admin_and_in_the_aggregation_region(environment: Environment) -> None:
    environment.hub.import_finding(finding())

    assert events(environment) == IMPORTED_EVERYWHERE
    event = environment.bus.received[2].event
    assert event["resources"] == [f"{PRODUCT}/{finding()['Id']}"]
    assert event["detail"] == {"findings": [{**finding(), "WorkflowState": "NEW"}]}
    seen = [
        len(hub(environment, account, region).get_findings()["Findings"])
        for account, region in ((MEMBER, AWAY), (ADMIN, AWAY), (ADMIN, HOME), (MEMBER, HOME))
    ]
    assert seen == [1, 1, 1, 0]


def test_a_stored_finding_raises_no_event(environment: Environment) -> None:
    environment.hub.store(finding(Workflow={"Status": "SUPPRESSED"}))

    assert events(environment) == []
    assert hub(environment).get_findings()["Findings"][0]["Workflow"] == {"Status": "SUPPRESSED"}


@pytest.mark.parametrize("account", [ADMIN, MEMBER])
def test_an_update_changes_the_finding_keeps_updated_at_and_raises_imported(
    environment: Environment, account: str
) -> None:
    environment.hub.store(finding())
    scheduler.call(time.sleep, 60)
    note = {"Text": "done", "UpdatedBy": "ASR-EC2.2"}
    answer = update(environment, finding(), account=account, Workflow={"Status": "RESOLVED"}, Note=note)

    assert answer["UnprocessedFindings"] == []
    assert events(environment) == IMPORTED_EVERYWHERE
    (stored,) = hub(environment).get_findings()["Findings"]
    assert stored["UpdatedAt"] == finding()["UpdatedAt"]
    assert stored["Workflow"] == {"Status": "RESOLVED"}
    assert stored["Note"] == {**note, "UpdatedAt": "2026-01-01T00:01:00.000Z"}
    assert environment.bus.received[0].event["detail"]["findings"][0]["UpdatedAt"] == finding()["UpdatedAt"]


def test_a_finding_that_is_not_there_is_unprocessed(environment: Environment) -> None:
    environment.hub.store(finding())
    answer = update(environment, finding(), finding(2), Workflow={"Status": "RESOLVED"})

    assert len(answer["ProcessedFindings"]) == 1
    assert [each["ErrorCode"] for each in answer["UnprocessedFindings"]] == ["FindingNotFound"]


def test_a_member_cannot_update_the_findings_of_others(environment: Environment) -> None:
    environment.hub.store(finding(AwsAccountId=ADMIN))

    assert update(environment, finding())["UnprocessedFindings"][0]["ErrorCode"] == "FindingNotFound"


def test_a_note_has_at_most_512_characters(environment: Environment) -> None:
    environment.hub.store(finding())
    update(environment, finding(), Note={"Text": "x" * 512, "UpdatedBy": "a"})
    with pytest.raises(ClientError, match=r"InvalidInputException.*513 characters"):
        update(environment, finding(), Note={"Text": "x" * 513, "UpdatedBy": "a"})


def test_an_unknown_workflow_status_is_refused(environment: Environment) -> None:
    with pytest.raises(ClientError, match=r"InvalidInputException.*Workflow\.Status"):
        update(environment, finding(), Workflow={"Status": "DONE"})


def test_a_new_import_keeps_what_the_customer_set(environment: Environment) -> None:
    environment.hub.import_finding(finding())
    note = {"Text": "mine", "UpdatedBy": "me"}
    update(environment, finding(), Note=note, Workflow={"Status": "SUPPRESSED"}, Severity={"Label": "LOW"})
    newer = finding(UpdatedAt="2026-02-01T00:00:00Z", Title="new title", Severity={"Label": "CRITICAL"})
    environment.hub.import_finding(newer)

    stored = environment.hub.finding(PRODUCT, finding()["Id"])
    assert stored is not None
    assert (stored["Title"], stored["UpdatedAt"]) == ("new title", "2026-02-01T00:00:00Z")
    assert (stored["Note"]["Text"], stored["Workflow"]["Status"], stored["Severity"]["Label"]) == (
        "mine",
        "SUPPRESSED",
        "LOW",
    )


def test_a_resolved_finding_that_fails_again_is_new(environment: Environment) -> None:
    environment.hub.import_finding(finding())
    update(environment, finding(), Workflow={"Status": "RESOLVED"})
    environment.hub.import_finding(finding(Compliance={"Status": "PASSED"}))
    environment.hub.import_finding(finding(Compliance={"Status": "FAILED"}))

    stored = environment.hub.finding(PRODUCT, finding()["Id"])
    assert stored is not None
    assert stored["Workflow"] == {"Status": "NEW"}


def test_a_role_imports_only_findings_of_its_own_product(environment: Environment, make_role: Make) -> None:
    role = make_role("importer", {"Service": "lambda.amazonaws.com"}, account=MEMBER)
    client = identity.role_session(role, "lambda.amazonaws.com").client("securityhub", region_name=AWAY)
    own = finding(ProductArn=f"arn:aws:securityhub:{AWAY}:{MEMBER}:product/{MEMBER}/default")
    answer = client.batch_import_findings(Findings=[own, finding(2), {**own, "AwsAccountId": ADMIN}])

    assert (answer["SuccessCount"], answer["FailedCount"]) == (1, 2)
    assert events(environment) == IMPORTED_EVERYWHERE


def test_findings_are_filtered_sorted_and_paged(environment: Environment) -> None:
    for number in (2, 1, 3):
        environment.hub.store(finding(number))
    environment.hub.store(finding(4, Workflow={"Status": "RESOLVED"}, Resources=[{"Type": "AwsS3Bucket", "Id": "b"}]))

    def titles(**query: Any) -> list[str]:
        return [each["Title"] for each in hub(environment).get_findings(**query)["Findings"]]

    new = [{"Value": "NEW", "Comparison": "EQUALS"}]
    sorting = [{"Field": "UpdatedAt", "SortOrder": "desc"}]
    assert titles(Filters={"WorkflowStatus": new}, SortCriteria=sorting) == ["finding 3", "finding 2", "finding 1"]
    prefix = [{"Value": "AwsS3", "Comparison": "PREFIX"}]
    assert titles(Filters={"ResourceType": prefix}) == ["finding 4"]
    unwanted = [{"Value": "finding 1", "Comparison": "NOT_EQUALS"}, {"Value": "finding 2", "Comparison": "NOT_EQUALS"}]
    assert titles(Filters={"Title": unwanted, "WorkflowStatus": new}) == ["finding 3"]
    since = [{"Start": "2026-01-02T00:00:00Z", "End": "2026-01-03T00:00:00Z"}]
    assert titles(Filters={"UpdatedAt": since}) == ["finding 2", "finding 3"]
    pages = hub(environment).get_paginator("get_findings").paginate(PaginationConfig={"PageSize": 3})
    assert [len(page["Findings"]) for page in pages] == [3, 1]


def test_an_unknown_filter_is_not_simulated(environment: Environment) -> None:
    environment.hub.store(finding())
    with pytest.raises(NotSimulated, match="the filter MalwareName"):
        hub(environment).get_findings(Filters={"MalwareName": [{"Value": "x", "Comparison": "EQUALS"}]})


def make_action(environment: Environment, name: str = "Remediate with ASR", id: str = "ASRRemediate") -> str:
    client = hub(environment, ADMIN, HOME)
    return str(client.create_action_target(Name=name, Description="d", Id=id)["ActionTargetArn"])


def test_a_custom_action_sends_one_event_per_finding(environment: Environment) -> None:
    arn = make_action(environment)
    ids = environment.hub.custom_action(ADMIN, HOME, arn, "Remediate with ASR", [finding(1), finding(2)])

    received = [each.event for each in environment.bus.received]
    assert [event["id"] for event in received] == ids
    assert {event["detail-type"] for event in received} == {"Security Hub Findings - Custom Action"}
    assert received[1]["resources"] == [arn] == [f"arn:aws:securityhub:{HOME}:{ADMIN}:action/custom/ASRRemediate"]
    detail = {"actionName": "Remediate with ASR", "actionDescription": "d", "findings": [finding(2)]}
    assert received[1]["detail"] == detail


def test_an_unknown_custom_action_is_an_error_that_lists_the_known_ones(environment: Environment) -> None:
    arn = make_action(environment)
    with pytest.raises(ValueError, match=f"is no custom action of {ADMIN} in {HOME}; there are: {arn}"):
        environment.hub.custom_action(ADMIN, HOME, "arn:x", "x", [finding()])


def test_action_targets_are_listed_changed_and_deleted(environment: Environment) -> None:
    client = hub(environment, ADMIN, HOME)
    arn = make_action(environment)
    make_action(environment, "Preview with ASR", "ASRPreview")
    client.update_action_target(ActionTargetArn=arn, Description="new")
    listed = client.describe_action_targets(ActionTargetArns=[arn])["ActionTargets"]
    client.delete_action_target(ActionTargetArn=arn)
    left = client.describe_action_targets()["ActionTargets"]

    assert listed == [{"ActionTargetArn": arn, "Name": "Remediate with ASR", "Description": "new"}]
    assert [target["Name"] for target in left] == ["Preview with ASR"]
    assert hub(environment, ADMIN, AWAY).describe_action_targets()["ActionTargets"] == []
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client.delete_action_target(ActionTargetArn=arn)


@pytest.mark.parametrize(
    ("name", "id", "code"),
    [
        ("Undo ASR remediation", "ASRUndo", "InvalidInputException"),
        ("Undo with ASR", "ASR-Undo", "InvalidInputException"),
        ("Undo with ASR", "A" * 21, "InvalidInputException"),
        ("Other", "ASRRemediate", "ResourceConflictException"),
    ],
)
def test_a_bad_action_target_is_refused(environment: Environment, name: str, id: str, code: str) -> None:
    make_action(environment)
    with pytest.raises(ClientError, match=code):
        make_action(environment, name, id)


def test_the_aggregator_is_that_of_the_first_region(environment: Environment) -> None:
    client = hub(environment, ADMIN, HOME)
    arn = client.list_finding_aggregators()["FindingAggregators"][0]["FindingAggregatorArn"]

    assert client.get_finding_aggregator(FindingAggregatorArn=arn)["FindingAggregationRegion"] == HOME
    assert hub(environment, MEMBER).list_finding_aggregators()["FindingAggregators"] == []
