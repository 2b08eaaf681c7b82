"""Names by which accounts, stacks and documents find each other."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_templates.loading import load
from asr_templates.names import ActionMode, Names, alphanumeric, load_parameter, switch_parameter
from asr_templates.solution import PREFIX_PATTERN

RUNBOOKS = sorted(load().runbooks)
MODES: list[ActionMode] = ["Remediate", "Preview", "Undo"]
LONGEST_NAMESPACE = "n" * 9
PREFIXES = st.from_regex(PREFIX_PATTERN, fullmatch=True)


def test_documents_and_roles_are_called_as_the_contract_says() -> None:
    names = Names()

    assert "ASR-CIS_1.2.0_1.5" == names.control_document("CIS", "1.2.0", "1.5")
    assert "ASR-SetIAMPasswordPolicy" == names.remediation_document("SetIAMPasswordPolicy")
    assert "ASR-SetIAMPasswordPolicy-asr" == names.remediation_role("SetIAMPasswordPolicy", "asr")
    assert "ASR-Orchestrator-Member" == names.member_role
    assert "ASR-Orchestrator" == names.state_machine
    assert "/ASR/playbooks/SC" == names.parameter("playbooks/SC")


@pytest.mark.parametrize(
    ("mode", "name", "action_id"),
    [
        ("Remediate", "Remediate with ASR", "ASRRemediate"),
        ("Preview", "Preview with ASR", "ASRPreview"),
        ("Undo", "Undo with ASR", "ASRUndo"),
    ],
)
def test_custom_actions_are_called_as_the_contract_says(mode: ActionMode, name: str, action_id: str) -> None:
    assert (name, action_id) == (Names().custom_action(mode), Names().custom_action_id(mode))


@given(prefix=PREFIXES, mode=st.sampled_from(MODES))
def test_custom_action_of_any_prefix_is_taken_by_security_hub(prefix: str, mode: ActionMode) -> None:
    """Its name has fewer than 20 characters; its id at most 20 letters and digits (CreateActionTarget)."""
    names = Names(prefix)

    assert len(names.custom_action(mode)) < 20
    assert prefix in names.custom_action(mode)
    assert re.fullmatch(r"[A-Za-z0-9]{1,20}", names.custom_action_id(mode))


@given(prefix=PREFIXES)
def test_three_custom_actions_have_three_names(prefix: str) -> None:
    names = Names(prefix)

    assert (
        3 == len({names.custom_action(mode) for mode in MODES}) == len({names.custom_action_id(mode) for mode in MODES})
    )


@given(left=PREFIXES, right=PREFIXES)
def test_two_installations_share_no_name(left: str, right: str) -> None:
    def all_names(names: Names) -> set[str]:
        made = {names.control_document("SC", "2.0.0", "EC2.2"), names.remediation_document("X"), names.member_role}
        made |= {names.remediation_role("X", "asr"), names.state_machine, names.members_bus, names.table("History")}
        made |= {names.function("Prepare"), names.function_role("Prepare"), names.topic("T"), names.queue("Ingest")}
        return made | {names.parameter("x"), *map(names.custom_action, MODES), *map(names.custom_action_id, MODES)}

    if left != right:
        assert not all_names(Names(left)) & all_names(Names(right))


@pytest.mark.parametrize("runbook", RUNBOOKS)
def test_role_of_the_longest_prefix_and_namespace_fits_iam(runbook: str) -> None:
    assert len(Names("P" * 6).remediation_role(runbook, LONGEST_NAMESPACE)) <= 64


@pytest.mark.parametrize("runbook", RUNBOOKS)
def test_document_name_is_taken_by_systems_manager(runbook: str) -> None:
    assert re.fullmatch(r"[a-zA-Z0-9_\-.]{3,128}", Names("P" * 6).remediation_document(runbook))


def test_stack_parameters_are_alphanumeric() -> None:
    assert ("ControlEC213", "LoadCIS120") == (switch_parameter("EC2.13"), load_parameter("CIS120"))
    assert "PCIEC25" == alphanumeric("PCI.EC2.5")


@given(text=st.text())
def test_alphanumeric_keeps_letters_and_digits_in_order(text: str) -> None:
    kept = alphanumeric(text)

    assert kept == alphanumeric(kept)
    assert kept == "" or kept.isalnum()
