"""Rules over the whole catalog, held against outside truth: botocore's models, IAM's actions, Systems Manager's limits.

A rule is a generator of problems and never raises. They come in stages, each on what the one before has found sound:
SHAPE_CHECKS, then RUNBOOK_CHECKS over one runbook and CATALOG_CHECKS over everything, then DOCUMENT_CHECKS over what is
rendered.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from asr_templates.checks import calls, documents, permissions, plans, resource_ids, rows
from asr_templates.checks.subject import Subject
from asr_templates.model import Control, Problem, Runbook
from asr_templates.names import Names
from asr_templates.playbook import Playbook, numerically

RunbookCheck = Callable[[Runbook], Iterator[Problem]]
CatalogCheck = Callable[[Subject], Iterator[Problem]]

SHAPE_CHECKS: tuple[RunbookCheck, ...] = (plans.document_has_its_shape,)
RUNBOOK_CHECKS: tuple[RunbookCheck, ...] = (
    plans.plan_is_python,
    plans.plan_is_one_function,
    plans.plan_is_fed_by_its_document,
    plans.plan_imports_little,
    plans.plan_can_be_followed,
    plans.plan_can_be_rendered,
    plans.pending_is_verified,
    calls.services_and_errors_exist,
    calls.operations_exist,
    calls.parameters_fit,
    calls.secrets_stay_out,
    permissions.actions_exist,
    permissions.resources_are_narrow,
    permissions.roles_are_confined,
    permissions.dependencies_have_reasons,
    permissions.calls_are_permitted,
    permissions.permissions_are_needed,
)
CATALOG_CHECKS: tuple[CatalogCheck, ...] = (
    rows.rows_are_declared_once,
    rows.runbooks_exist,
    rows.runbooks_are_used,
    rows.values_are_known,
    rows.standards_are_known,
    rows.ids_are_unique,
    rows.inputs_fit_the_runbook,
    rows.families_agree,
    rows.documents_bear_the_lowest_id,
    rows.switches_differ,
    rows.risks_are_stated,
    resource_ids.patterns_compile,
    resource_ids.samples_hold,
    resource_ids.partitions_are_tried,
    resource_ids.identities_fit_the_runbook,
)
DOCUMENT_CHECKS: tuple[CatalogCheck, ...] = (
    documents.embedded_code_is_small,
    documents.names_have_one_content,
    documents.documents_are_valid,
    documents.state_machine_is_valid,
    documents.findings_pass_the_parser,
)


def each_runbook(check: RunbookCheck) -> CatalogCheck:
    """Return a check over one runbook as a check over all of them."""

    def check_all(subject: Subject) -> Iterator[Problem]:
        for runbook in subject.runbooks.values():
            yield from check(runbook)

    check_all.__name__, check_all.__doc__ = check.__name__, check.__doc__
    return check_all


STAGES: tuple[tuple[CatalogCheck, ...], ...] = (
    tuple(map(each_runbook, SHAPE_CHECKS)),
    (*map(each_runbook, RUNBOOK_CHECKS), *CATALOG_CHECKS),
    DOCUMENT_CHECKS,
)
CHECKS: tuple[CatalogCheck, ...] = tuple(check for stage in STAGES for check in stage)


def subject_of(
    playbooks: Sequence[Playbook], runbooks: Mapping[str, Runbook], names: Names, rows: Iterable[Control] = ()
) -> Subject:
    """Return what is checked: `rows` are further ones, of no chosen playbook."""
    every = (*rows, *(row for playbook in playbooks for row in playbook.controls))
    return Subject(tuple(playbooks), runbooks, names, tuple({id(row): row for row in every}.values()))


def problems(
    playbooks: Sequence[Playbook], runbooks: Mapping[str, Runbook], names: Names, rows: Iterable[Control] = ()
) -> list[Problem]:
    """Return every problem of the first stage that finds any, sorted, each once.

    runbooks: those that must be used and right. rows: further rows besides those of the playbooks, so that a runbook is
    not taken for unused when its control is in no chosen playbook.
    """
    subject = subject_of(playbooks, runbooks, names, rows)
    found: set[Problem] = set()
    for stage in STAGES:
        found = found or {problem for check in stage for problem in check(subject)}
    return sorted(found, key=lambda problem: (numerically(problem.place), problem.message, problem.hint))
