"""A playbook is one standard: which rows it serves, by which documents."""

from __future__ import annotations

from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

import asr_templates
from asr_templates.catalog import CONTROLS
from asr_templates.catalog.resource_ids import GLOBAL_ACCOUNT, SECURITY_GROUP
from asr_templates.loading import load
from asr_templates.model import Control
from asr_templates.names import Names
from asr_templates.playbook import Playbook, Templates, numerically

RUNBOOKS = load().runbooks
POLICY = "SetIAMPasswordPolicy"


def policy(control_id: str, toy_id: str | None) -> Control:
    return Control(control_id, POLICY, GLOBAL_ACCOUNT, {"TOY": toy_id} if toy_id else {}, "set", family="policy")


ROWS = (
    policy("IAM.16", "1.10"),
    policy("IAM.15", "1.9"),
    policy("IAM.7", None),
    Control("EC2.2", "RemoveVPCDefaultSecurityGroupRules", SECURITY_GROUP, {"TOY": "4.3"}, "emptied"),
)


class Toy(Playbook):
    """A standard with three of the rows."""

    key, short, version, standard = "TOY", "T", "1.0.0", "toy-benchmark"


class Consolidated(Playbook):
    """Every row, by its own id."""

    key, short, version, standard = "SC", "SC", "2.0.0", "security-control"

    def control_id(self, control: Control) -> str:
        return control.id


def test_playbook_has_the_rows_that_its_standard_has() -> None:
    assert ["IAM.16", "IAM.15", "EC2.2"] == [control.id for control in Toy(RUNBOOKS, ROWS).controls]
    assert None is Toy(RUNBOOKS, ROWS).control_id(ROWS[2])


def test_without_rows_of_its_own_it_takes_the_catalog() -> None:
    assert CONTROLS == Consolidated(RUNBOOKS).controls


def test_family_shares_the_document_with_the_lowest_id_numbers_compared_as_numbers() -> None:
    toy = Toy(RUNBOOKS, ROWS)

    assert ["1.9", "1.10"] == toy.expected(ROWS[0]) == toy.expected(ROWS[1])
    assert "ASR-T_1.0.0_1.9" == toy.document_name(ROWS[0])
    assert ["ASR-T_1.0.0_1.9", "ASR-T_1.0.0_4.3"] == list(toy.documents()) == list(toy.control_documents())


def test_documents_are_in_the_order_of_the_controls_numbers_whatever_that_of_the_rows() -> None:
    assert list(Toy(RUNBOOKS, ROWS).documents()) == list(Toy(RUNBOOKS, ROWS[::-1]).documents())


def test_controls_without_a_family_have_documents_of_their_own() -> None:
    rows = [Control(f"EC2.{number}", POLICY, GLOBAL_ACCOUNT, {}, "note") for number in (2, 10)]

    assert ["ASR-SC_2.0.0_EC2.2", "ASR-SC_2.0.0_EC2.10"] == list(Consolidated(RUNBOOKS, rows).documents())


def test_rows_of_its_own_join_the_catalogs() -> None:
    class Mine(Toy):
        own_controls: ClassVar[tuple[Control, ...]] = (policy("OWN.1", "9.9"),)

    assert ["IAM.16", "IAM.15", "EC2.2", "OWN.1"] == [control.id for control in Mine(RUNBOOKS, ROWS).controls]
    assert ["1.9", "1.10", "9.9"] == Mine(RUNBOOKS, ROWS).expected(ROWS[0])


def test_playbook_alone_gives_every_runbook_that_its_controls_need_and_no_other() -> None:
    toy = Toy(RUNBOOKS, ROWS)

    assert ["ASR-RemoveVPCDefaultSecurityGroupRules", "ASR-SetIAMPasswordPolicy"] == list(toy.remediation_documents())
    named = {
        step["inputs"]["DocumentName"]
        for document in toy.control_documents().values()
        for step in document["mainSteps"]
        if step["action"] == "aws:executeAutomation"
    }
    assert set(toy.remediation_documents()) == named


@pytest.mark.parametrize("key", sorted(load().playbooks))
def test_playbook_gives_its_three_templates(key: str) -> None:
    playbook = load().playbooks[key](RUNBOOKS)
    templates = playbook.templates()

    assert isinstance(templates, Templates)
    assert ("admin", "member_roles", "member") == templates._fields
    assert playbook.admin_template().to_dict() == templates.admin.to_dict()
    assert playbook.member_roles_template().to_dict() == templates.member_roles.to_dict()
    assert playbook.member_template().to_dict() == templates.member.to_dict()


def test_names_are_those_of_the_installation() -> None:
    assert "Blue-T_1.0.0_4.3" == Toy(RUNBOOKS, ROWS, Names("Blue")).document_name(ROWS[3])


@pytest.mark.parametrize(
    ("playbook", "expected"),
    [(Toy, "subscription/toy-benchmark/v/1.0.0"), (load().playbooks["SC"], "security-control")],
)
def test_finding_prefix_is_what_stands_before_the_control_in_a_findings_id(
    playbook: type[Playbook], expected: str
) -> None:
    assert expected == playbook(RUNBOOKS, ROWS).finding_prefix


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=1))
def test_ids_sort_by_their_numbers(pairs: list[tuple[int, int]]) -> None:
    expected = [f"{section}.{number}" for section, number in sorted(pairs)]

    assert expected == sorted((f"{section}.{number}" for section, number in pairs), key=numerically)


def test_any_two_ids_can_be_compared() -> None:
    ids = ["PCI.EC2.5", "EC2.13", "1.5", "2.1.5.1", "", "Autoscaling.5"]

    assert sorted(ids, key=numerically) == sorted(sorted(ids), key=numerically)


@pytest.mark.parametrize("name", asr_templates.__all__)
def test_public_names_are_exported(name: str) -> None:
    assert name == getattr(asr_templates, name).__name__
