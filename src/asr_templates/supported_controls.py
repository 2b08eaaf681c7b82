"""What the build supports, for programs (supported-controls.json) and for people (the launch page)."""

from collections.abc import Iterator, Mapping, Sequence

from asr_templates.documents.plan_source import undo_reason
from asr_templates.model import Document
from asr_templates.page import PageContent, PageControl
from asr_templates.playbook import Playbook, numerically
from asr_templates.stacks.nesting import Assets, Stack


def supported_controls(playbooks: Sequence[Playbook]) -> list[dict[str, object]]:
    """Return a row for each control of each playbook, in the order of the playbooks and of the controls' numbers."""
    return [row for playbook in playbooks for row in playbook_rows(playbook)]


def playbook_rows(playbook: Playbook) -> Iterator[dict[str, object]]:
    """Yield a row for each control of the playbook; `undo` is true, or why there is no way back."""
    for document, served in playbook.documents().items():
        for control_id, control in served.items():
            yield {
                "standard": playbook.key,
                "version": playbook.version,
                "control_id": control_id,
                "security_control_id": control.id,
                "document": document,
                "remediation": playbook.names.remediation_document(control.runbook),
                "scope": control.resource.scope,
                "resource_type": control.resource.type,
                "preview": True,
                "undo": undo_reason(playbook.runbooks[control.runbook]) or True,
                "risk": control.risk,
                "retired": control.retired,
            }


def page_content(
    playbooks: Sequence[Playbook],
    documents: Mapping[str, Document],
    stacks: Sequence[Stack],
    assets: Assets,
    version: str,
) -> PageContent:
    """Return what the launch page shows."""
    rows = supported_controls(playbooks)
    return PageContent(
        prefix=playbooks[0].names.prefix,
        version=version,
        assets=assets,
        playbooks={playbook.key: f"{playbook.standard} {playbook.version}" for playbook in playbooks},
        parameters={stack.name: list(stack.template.parameters) for stack in stacks},
        controls=page_controls(rows),
        steps=steps(rows, documents),
    )


def page_controls(rows: Sequence[Mapping[str, object]]) -> list[PageControl]:
    """Return one row for each security control, in the order of their numbers, with its ids in the playbooks."""
    ids: dict[str, dict[str, str]] = {}
    first: dict[str, Mapping[str, object]] = {}
    for row in rows:
        control_id = str(row["security_control_id"])
        first.setdefault(control_id, row)
        ids.setdefault(control_id, {})[str(row["standard"])] = str(row["control_id"])
    return [
        PageControl(
            id=control_id,
            ids=ids[control_id],
            remediation=str(row["remediation"]),
            resource_type=str(row["resource_type"]),
            scope=str(row["scope"]),
            risk=str(row["risk"]),
            undo="yes" if row["undo"] is True else f"no: {row['undo']}",
        )
        for control_id, row in sorted(first.items(), key=lambda item: numerically(item[0]))
    ]


def steps(rows: Sequence[Mapping[str, object]], documents: Mapping[str, Document]) -> tuple[int, int]:
    """Return the least and the greatest number of automation steps that a remediation takes."""
    counts = [sum(len(documents[str(row[kind])]["mainSteps"]) for kind in ("document", "remediation")) for row in rows]
    return min(counts), max(counts)
