"""NIST SP 800-53 Rev. 5."""

from asr_templates.playbook import Playbook


class Nist80053(Playbook):
    """Serves findings of NIST 800-53 in accounts that keep one finding per standard."""

    key, short, version, standard = "NIST80053", "NIST80053R5", "5.0.0", "nist-800-53"
