"""Security Control 2.0.0: Security Hub's consolidated control findings."""

from asr_templates.model import Control
from asr_templates.playbook import Playbook


class SecurityControl(Playbook):
    """Serves findings of Security Hub's consolidated controls, whose id is the same in every standard."""

    key, short, version, standard = "SC", "SC", "2.0.0", "security-control"
    finding_prefix = "security-control"

    def control_id(self, control: Control) -> str | None:
        """Return the security control's own id, unless its row says that Security Hub does not consolidate it."""
        return control.ids.get(self.key, control.id) or None
