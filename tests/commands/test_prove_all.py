"""`asr simulate --all --prove`: what is proven, and what it says of actions that nothing used."""

from pathlib import Path

import pytest

from asr_templates.commands.prove_all import Proven, Subject, counts, subjects, unused_actions
from asr_templates.commands.simulate import main
from asr_templates.loading import load
from asr_templates.model import Permission, Runbook
from asr_templates.simulator.scenarios import scenarios, variants

WHOLE = Permission(("ec2:DescribeInstances",), ("*",))
STOP = Permission(("ec2:StopInstances", "ec2:CreateTags"), ("arn:aws:ec2:*:*:instance/*",))
START = Permission(("ec2:StartInstances",), ("arn:aws:ec2:*:*:instance/*",), because="AWS asks for it")
RUNBOOKS = {
    "StopInstance": Runbook("StopInstance", {"read": (WHOLE,), "change": (STOP,), "dependencies": (START,)}, {}, "")
}


def proof(*used: str, control: str = "EC2.4", problem: str = "", is_undone: bool = True) -> Proven:
    return Proven(Subject("SC", control), "StopInstance", problem, is_undone, frozenset(used))


def test_every_control_is_proven_once_and_each_variant_beside_it() -> None:
    found = subjects(load())
    first = [subject.control for subject in found if not subject.variant]

    assert len(first) == len(set(first)) == 107
    assert set(first) == set(scenarios())
    assert set(variants()) == {subject.variant for subject in found if subject.variant}
    assert {"SC", "PCI321"} == {subject.standard for subject in found}


def test_every_variant_is_one_of_a_control() -> None:
    assert {name.partition(",")[0] for name in variants()} <= set(scenarios())


def test_action_that_no_proof_used_is_told_unless_a_reason_is_given() -> None:
    proofs = [proof("ec2:stopinstances"), proof("ec2:describeinstances")]

    assert ["StopInstance: permissions.change: ec2:CreateTags: no proof used it"] == list(
        unused_actions(RUNBOOKS, proofs)
    )
    assert [] == list(unused_actions(RUNBOOKS, [*proofs, proof("ec2:createtags")]))


def test_controls_and_statements_are_counted() -> None:
    proofs = [proof(), proof(is_undone=False, problem="no"), proof(control="EC2.1", is_undone=False)]

    assert [3, 2, 2, 1, 3, 1] == list(counts(RUNBOOKS, proofs).values())


def test_prove_without_all_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["EC2.2", "--prove", "--dist", str(tmp_path)])

    assert 2 == stop.value.code
