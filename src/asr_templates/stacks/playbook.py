"""What the stacks need to know of a playbook."""

from collections.abc import Mapping
from typing import ClassVar, Protocol

from asr_templates.model import Control, Document, Runbook
from asr_templates.names import Names


class Playbook(Protocol):
    """A standard's controls and documents; see asr_templates.playbook.Playbook, which offers more."""

    key: ClassVar[str]
    short: ClassVar[str]
    version: ClassVar[str]
    standard: ClassVar[str]

    @property
    def names(self) -> Names:
        """The names of the installation."""

    @property
    def controls(self) -> tuple[Control, ...]:
        """The controls of this standard."""

    @property
    def runbooks(self) -> Mapping[str, Runbook]:
        """Name -> runbook that a control of this standard needs."""

    def documents(self) -> dict[str, dict[str, Control]]:
        """Return document name -> id in this standard -> the control that the document serves by that id."""

    def control_documents(self) -> dict[str, Document]:
        """Return document name -> control document."""
