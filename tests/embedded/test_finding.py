"""Step UpdateFinding: where the finding is updated, what its note becomes, and when the step fails."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_templates.embedded import finding
from asr_templates.embedded.finding import update, with_former
from asr_templates.lambdas.notes import merged_note

FINDING = "arn:aws:securityhub:eu-west-1:111111111111:security-control/EC2.2/finding/0a1b"
PRODUCT = "arn:aws:securityhub:eu-west-1::product/aws/securityhub"
CONCURRENT = {"ErrorCode": "ConcurrentUpdateError", "ErrorMessage": "try again"}
NOT_FOUND = {"ErrorCode": "FindingNotFound", "ErrorMessage": "no such finding"}


class Hub:
    """Security Hub of one region: findings with their notes, and answers to BatchUpdateFindings."""

    def __init__(self) -> None:
        self.region = ""
        self.found: list[dict[str, Any]] = [{"Id": FINDING}]
        self.unprocessed: list[list[dict[str, str]]] = []
        self.updates: list[dict[str, Any]] = []

    def get_findings(self, Filters: dict[str, Any]) -> dict[str, Any]:
        assert [{"Value": FINDING, "Comparison": "EQUALS"}] == Filters["Id"]
        assert [{"Value": PRODUCT, "Comparison": "EQUALS"}] == Filters["ProductArn"]
        return {"Findings": self.found}

    def batch_update_findings(self, **changes: Any) -> dict[str, Any]:
        self.updates.append(changes)
        return {"UnprocessedFindings": self.unprocessed.pop(0) if self.unprocessed else []}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, clock: Any) -> Hub:
    hub = Hub()

    def client(service: str, region_name: str, config: object) -> Hub:
        assert "securityhub" == service
        hub.region = region_name
        return hub

    monkeypatch.setattr(finding, "boto3", SimpleNamespace(client=client))
    monkeypatch.setattr(finding, "time", SimpleNamespace(sleep=clock.sleep))
    return hub


def event(**fields: str) -> dict[str, str]:
    return {
        "FindingId": FINDING,
        "ProductArn": PRODUCT,
        "Note": "Emptied the group.",
        "Workflow": "RESOLVED",
        "Prefix": "ASR-",
        "UpdatedBy": "ASR-RemoveVPCDefaultSecurityGroupRules",
        **fields,
    }


def test_finding_is_updated_in_the_region_of_its_product(hub: Hub) -> None:
    update(event(), None)

    expected = {
        "FindingIdentifiers": [{"Id": FINDING, "ProductArn": PRODUCT}],
        "Note": {"Text": "Emptied the group.", "UpdatedBy": "ASR-RemoveVPCDefaultSecurityGroupRules"},
        "Workflow": {"Status": "RESOLVED"},
    }
    assert ("eu-west-1", [expected]) == (hub.region, hub.updates)


def test_without_a_workflow_status_only_the_note_is_written(hub: Hub) -> None:
    update(event(Workflow=""), None)

    assert ["FindingIdentifiers", "Note"] == sorted(hub.updates[0])


def test_finding_that_is_not_processed_fails_the_step(hub: Hub) -> None:
    hub.unprocessed = [[NOT_FOUND]]

    with pytest.raises(RuntimeError, match=r"^the finding was not updated: FindingNotFound no such finding$"):
        update(event(), None)
    assert 1 == len(hub.updates)


def test_concurrent_update_is_repeated(hub: Hub, clock: Any) -> None:
    hub.unprocessed = [[CONCURRENT], [CONCURRENT]]

    update(event(), None)

    assert (3, [1, 4]) == (len(hub.updates), clock.sleeps)


def test_update_that_stays_concurrent_fails_the_step(hub: Hub) -> None:
    hub.unprocessed = [[CONCURRENT]] * 9

    with pytest.raises(RuntimeError, match="ConcurrentUpdateError"):
        update(event(), None)
    assert 4 == len(hub.updates)


def noted(hub: Hub, text: str, author: str, note: str = "Emptied the group.") -> str:
    hub.found = [{"Id": FINDING, "Note": {"Text": text, "UpdatedBy": author}}]
    update(event(Note=note), None)
    return str(hub.updates[-1]["Note"]["Text"])


def test_note_of_a_person_is_kept_in_front(hub: Hub) -> None:
    assert "Ask Ann. | ASR: Emptied the group." == noted(hub, "Ask Ann.", "ann")


def test_note_of_ours_is_replaced(hub: Hub) -> None:
    assert "Emptied the group." == noted(hub, "Refused: why.", "ASR-Other")


def test_note_of_a_person_is_kept_when_we_wrote_last(hub: Hub) -> None:
    assert "Ask Ann. | ASR: Emptied the group." == noted(hub, "Ask Ann. | ASR: Refused: why.", "ASR-Other")


def test_finding_that_the_hub_does_not_show_gets_our_note(hub: Hub) -> None:
    hub.found = []
    update(event(), None)

    assert "Emptied the group." == hub.updates[0]["Note"]["Text"]


def test_ours_is_shortened_before_a_persons_note(hub: Hub) -> None:
    text = noted(hub, "p" * 240, "ann", note="o" * 500)

    assert (512, "p" * 240 + " | ASR: o") == (len(text), text[:249])


def test_ours_keeps_256_characters_next_to_a_persons_note(hub: Hub) -> None:
    text = noted(hub, "p" * 512, "ann", note="o" * 500)

    assert "p" * 248 + " | ASR: " + "o" * 256 == text


def test_short_note_of_ours_is_whole_behind_a_long_one(hub: Hub) -> None:
    assert noted(hub, "p" * 512, "ann", note="o" * 100).endswith(" | ASR: " + "o" * 100)


@given(
    former=st.text(max_size=520) | st.builds("{} | ASR: {}".format, st.text(max_size=300), st.text(max_size=300)),
    author=st.sampled_from(["ann", "ASR-Prepare"]),
    note=st.text(min_size=1, max_size=600),
)
def test_documents_and_functions_write_the_same_note(former: str, author: str, note: str) -> None:
    expected = merged_note(former, author.startswith("ASR-"), note)
    actual = with_former(note, {"Text": former, "UpdatedBy": author}, "ASR-")

    assert expected == actual
    assert len(actual) <= 512
