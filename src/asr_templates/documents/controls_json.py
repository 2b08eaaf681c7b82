"""What the functions of the admin stack need to know of the playbooks' controls: controls.json in their zip file."""

from collections.abc import Iterable
from typing import ClassVar, Protocol

from asr_templates.model import Control, Document


class Standard(Protocol):
    """What is read of a playbook; see asr_templates.playbook.Playbook."""

    key: ClassVar[str]
    version: ClassVar[str]
    standard: ClassVar[str]

    @property
    def controls(self) -> tuple[Control, ...]:
        """The controls of the standard."""

    def control_id(self, control: Control) -> str | None:
        """Return the control's id in the standard."""

    def document_name(self, control: Control) -> str:
        """Return the control document that serves the control."""


def controls_json(playbooks: Iterable[Standard]) -> Document:
    """Return playbook key -> standard, version and controls; a control's id in the standard -> its row.

    Several security controls can be behind one id of a standard; they share the document.
    """
    return {
        "playbooks": {
            playbook.key: {
                "standard": playbook.standard,
                "version": playbook.version,
                "controls": control_rows(playbook),
            }
            for playbook in playbooks
        }
    }


def control_rows(playbook: Standard) -> Document:
    """Return the rows of a playbook, sorted by the control's id in the standard.

    Raises ValueError where two security controls are behind one id and cannot share its document.
    """
    rows: Document = {}
    for control in playbook.controls:
        control_id = playbook.control_id(control)
        if control_id is None:
            continue
        document, pattern = playbook.document_name(control), control.resource.pattern
        row = rows.setdefault(control_id, {"security_controls": [], "document": document, "pattern": pattern})
        if (row["document"], row["pattern"]) != (document, pattern):
            raise ValueError(
                f"{playbook.key} {control_id} is {' and '.join(row['security_controls'])} as well as {control.id}, "
                "which have not the same document and resource"
            )
        row["security_controls"].append(control.id)
    return {control_id: rows[control_id] for control_id in sorted(rows)}
