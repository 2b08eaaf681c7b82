"""docs/controls/: one page per control and an index by standard, generated from the catalog."""

from collections.abc import Mapping, Sequence
from importlib import resources

from jinja2 import Environment, StrictUndefined, Template

from asr_templates.documents.plan_source import plan_calls, plan_sentence, undo_exceptions, undo_reason
from asr_templates.loading import Catalog
from asr_templates.model import Control, Permission, Runbook
from asr_templates.names import Names
from asr_templates.playbook import Playbook, numerically
from asr_templates.supported_controls import supported_controls

RISKS: Mapping[str, str] = {
    "low": "low: nothing but the setting changes",
    "interrupts": "can interrupt service, for whoever relies on what is taken away",
    "costs": "costs money from then on",
    "deletes": "deletes something",
}
AWS_PAGES = "https://docs.aws.amazon.com/securityhub/latest/userguide"


def pages(catalog: Catalog) -> dict[str, str]:
    """Return file name in docs/controls -> Markdown."""
    playbooks = catalog.select([], [], Names())
    unique = {control.id: control for playbook in playbooks for control in playbook.controls}
    controls = [unique[control_id] for control_id in sorted(unique, key=numerically)]
    found = {
        f"{control.id}.md": control_page(control, catalog.runbooks[control.runbook], playbooks) for control in controls
    }
    return {"README.md": index_page(playbooks, catalog.runbooks), **found}


def control_page(control: Control, runbook: Runbook, playbooks: Sequence[Playbook]) -> str:
    """Return the page of one control."""
    return markdown("control.md.j2").render(
        control=control,
        runbook=runbook,
        sentence=plan_sentence(runbook),
        changes=[f"{call.service}:{call.operation}" for call in plan_calls(runbook) if call.group == "change"],
        undo=undo_reason(runbook),
        exceptions=undo_exceptions(runbook),
        risk=RISKS[control.risk],
        permissions={group: list(map(permission_text, entries)) for group, entries in runbook.permissions.items()},
        standards=[
            (playbook, control_id, playbook.document_name(control))
            for playbook in playbooks
            if control in playbook.controls and (control_id := playbook.control_id(control))
        ],
        aws_page=aws_page(control.id),
    )


def index_page(playbooks: Sequence[Playbook], runbooks: Mapping[str, Runbook]) -> str:
    """Return the index: each standard with its controls."""
    return markdown("controls.md.j2").render(
        playbooks=[
            (playbook, supported_controls([playbook]), {row.id: row for row in playbook.controls})
            for playbook in playbooks
        ],
        sentences={name: plan_sentence(runbook) for name, runbook in runbooks.items()},
    )


def markdown(name: str) -> Template:
    """Return a template of Markdown; nothing is escaped, a line of tags leaves no line."""
    environment = Environment(
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, undefined=StrictUndefined
    )
    return environment.from_string(resources.files("asr_templates.page").joinpath(name).read_text("utf-8"))


def permission_text(permission: Permission) -> str:
    """Return a permission as a line of Markdown."""
    actions = ", ".join(f"`{action}`" for action in permission.actions)
    resources = ", ".join(f"`{resource}`" for resource in permission.resources)
    because = f" ({permission.because})" if permission.because else ""
    narrowed = "".join(
        f", if `{key}` is `{value}`" for keys in permission.conditions.values() for key, value in keys.items()
    )
    return f"{actions} on {resources}{narrowed}{because}"


def aws_page(control_id: str) -> str:
    """Return the address of AWS's page of a control."""
    service, number = control_id.lower().split(".")
    return f"{AWS_PAGES}/{service}-controls.html#{service}-{number}"
