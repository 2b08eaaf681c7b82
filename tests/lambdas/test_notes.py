from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st

from asr_templates.lambdas.notes import NOTE_CHARACTERS, OWN_CHARACTERS, SEPARATOR, merged_note, write_note

FINDING = {"Id": "id", "ProductArn": "product"}


@given(st.text(max_size=600), st.booleans(), st.text(min_size=1, max_size=600))
def test_a_note_never_exceeds_what_security_hub_takes(former: str, is_ours: bool, note: str) -> None:
    assert len(merged_note(former, is_ours, note)) <= NOTE_CHARACTERS


@given(st.text(min_size=1, max_size=NOTE_CHARACTERS - OWN_CHARACTERS - len(SEPARATOR)), st.text(max_size=600))
def test_what_a_person_wrote_is_kept_whole_if_ours_can_be_shortened(person: str, note: str) -> None:
    kept = person.partition(SEPARATOR)[0]

    assert merged_note(person, False, note).startswith(kept)


def test_ours_stands_behind_a_persons() -> None:
    assert "ask Jo | ASR: failed" == merged_note("ask Jo", False, "failed")


def test_ours_replaces_ours_behind_a_persons() -> None:
    assert "ask Jo | ASR: second" == merged_note("ask Jo | ASR: first", True, "second")


def test_ours_replaces_ours() -> None:
    assert "second" == merged_note("first", True, "second")


def test_both_too_long_ours_is_shortened_first() -> None:
    note = merged_note("p" * 240, False, "o" * 500)

    assert NOTE_CHARACTERS == len(note)
    assert 240 == note.count("p")


def test_a_persons_very_long_note_is_shortened_at_last() -> None:
    note = merged_note("p" * 512, False, "o" * 500)

    assert OWN_CHARACTERS == note.count("o")
    assert NOTE_CHARACTERS == len(note)


class Hub:
    """Security Hub with one finding."""

    def __init__(self, note: dict[str, str] | None = None, failure: Exception | None = None) -> None:
        self.found = [{"Note": note} if note else {}]
        self.failure = failure
        self.updates: list[dict[str, Any]] = []

    def get_findings(self, Filters: dict[str, Any]) -> dict[str, Any]:
        if self.failure:
            raise self.failure
        return {"Findings": self.found}

    def batch_update_findings(self, **arguments: Any) -> dict[str, Any]:
        self.updates.append(arguments)
        return {"UnprocessedFindings": [{"ErrorCode": "ConcurrentUpdateError"}]}


def test_only_the_note_is_written() -> None:
    hub = Hub({"Text": "ask Jo", "UpdatedBy": "jo"})

    write_note(hub, FINDING, "ASR-Orchestrator", "failed")

    note = {"Text": "ask Jo | ASR: failed", "UpdatedBy": "ASR-Orchestrator"}
    assert [{"FindingIdentifiers": [FINDING], "Note": note}] == hub.updates


def test_a_note_of_ours_is_known_by_its_author() -> None:
    hub = Hub({"Text": "old", "UpdatedBy": "ASR-SetIAMPasswordPolicy"})

    write_note(hub, FINDING, "ASR-Orchestrator", "failed")

    assert "failed" == hub.updates[0]["Note"]["Text"]


def test_a_finding_that_is_gone_gets_no_note() -> None:
    hub = Hub()
    hub.found = []

    write_note(hub, FINDING, "ASR-Orchestrator", "failed")

    assert [] == hub.updates


@pytest.mark.parametrize("kind", ["denied", "unreachable"])
def test_a_note_that_cannot_be_written_is_logged_and_nothing_else(
    kind: str, refused: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    failure = refused("AccessDenied") if kind == "denied" else EndpointConnectionError(endpoint_url="https://x")

    write_note(Hub(failure=failure), FINDING, "ASR-Orchestrator", "failed")

    assert "note not written" in capsys.readouterr().out
