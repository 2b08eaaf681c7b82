"""`asr simulate --all --prove`: each control proven by the driver, and each action of each role used by some proof."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from asr_templates.commands.clouds import ELSEWHERE, MEMBER, Build, in_clouds, worker
from asr_templates.commands.report import print_json, print_table
from asr_templates.documents.plan_source import undo_exceptions, undo_reason
from asr_templates.loading import Catalog
from asr_templates.model import Runbook
from asr_templates.names import Names
from asr_templates.playbook import numerically
from asr_templates.solution import DEFAULT_NAMESPACE


class Subject(NamedTuple):
    """A control in one standard, in one way of being broken (variant "": the first)."""

    standard: str
    control: str
    variant: str = ""


@dataclass(frozen=True)
class Proven:
    """What came of a proof; no problem: all of it holds. used: the IAM actions that the remediation's role made."""

    subject: Subject
    runbook: str
    problem: str
    is_undone: bool
    used: frozenset[str]


def subjects(catalog: Catalog) -> list[Subject]:
    """Return every control once, in the first playbook that has it, SC before all others, and its variants."""
    from asr_templates.simulator.scenarios import variants

    first: dict[str, str] = {}
    for playbook in sorted(catalog.select([], [], Names()), key=lambda playbook: playbook.key != "SC"):
        for control in playbook.controls:
            first.setdefault(control.id, playbook.key)
    found = [Subject(key, control) for control, key in first.items()]
    other = [(name, name.partition(",")[0]) for name in variants()]
    return [*found, *(Subject(first[control], control, name) for name, control in other if control in first)]


def prove_all(catalog: Catalog, todo: Sequence[Subject], build: Build, as_json: bool) -> int:
    """Prove the subjects and report; return 0 if all is proven and no role has an action that nothing used."""
    proofs = sorted(
        in_clouds(prove, todo, build), key=lambda proof: (numerically(proof.subject.control), proof.subject.variant)
    )
    runbooks = {proof.runbook: catalog.runbooks[proof.runbook] for proof in proofs}
    unused = list(unused_actions(runbooks, proofs))
    wrong = [
        *(f"{each.subject.variant or each.subject.control}: {each.problem}" for each in proofs if each.problem),
        *unused,
    ]
    numbers = counts(runbooks, proofs)
    if as_json:
        print_json({"problems": wrong, **numbers})
    else:
        for line in wrong:
            print(line)
        print_table(("WHAT", "NUMBER"), [(what, str(number)) for what, number in numbers.items()])
    return int(bool(wrong))


def prove(subject: Subject) -> Proven:
    """Prove one subject in this process's cloud."""
    from asr_templates.simulator.proof import Proof
    from asr_templates.simulator.scenarios import scenarios, variants

    cloud, playbooks = worker()
    playbook = playbooks[subject.standard]
    control = next(each for each in playbook.controls if each.id == subject.control)
    if control.id not in scenarios():
        return Proven(subject, control.runbook, "nobody has said how to break its resource", False, frozenset())
    calls = cloud.aws.access.calls
    before = len(calls)
    proof = Proof(cloud, playbook, control, MEMBER, ELSEWHERE, variants().get(subject.variant))
    problem, undone = "", False
    try:
        undone = not proof.irreversible(proof.everything())
    except Exception as error:
        problem = f"{type(error).__name__}: {error}"
    runbook = playbook.runbooks[control.runbook]
    if not problem and not undone and not undo_reason(runbook) and not undo_exceptions(runbook):
        problem = "its plan names no change without a way back, yet the proof met one"
    role = Names().remediation_role(control.runbook, DEFAULT_NAMESPACE)
    used = {call.action.lower() for call in calls[before:] if call.allowed and call.principal.endswith(f"/{role}")}
    return Proven(subject, control.runbook, problem, undone, frozenset(used))


def unused_actions(runbooks: Mapping[str, Runbook], proofs: Sequence[Proven]) -> Iterator[str]:
    """Yield a line for each permission with actions that no proof used and that does not say why it is there."""
    for name, runbook in runbooks.items():
        used = {action for proof in proofs if proof.runbook == name for action in proof.used}
        for group, permissions in runbook.permissions.items():
            for permission in permissions:
                unused = [action for action in permission.actions if action.lower() not in used]
                if unused and not permission.because:
                    yield f"{name}: permissions.{group}: {', '.join(unused)}: no proof used it"


def counts(runbooks: Mapping[str, Runbook], proofs: Sequence[Proven]) -> dict[str, int]:
    """Return what is counted."""
    permissions = [each for runbook in runbooks.values() for group in runbook.permissions.values() for each in group]
    whole = [each for each in permissions if "*" in each.resources]
    return {
        "proofs": len(proofs),
        "that hold": sum(not proof.problem for proof in proofs),
        "controls": len({proof.subject.control for proof in proofs}),
        "controls that were undone": len({proof.subject.control for proof in proofs if proof.is_undone}),
        "statements of roles": len(permissions),
        'on Resource "*", their actions having no narrower one': len(whole),
    }
