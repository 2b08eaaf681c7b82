"""AWS Foundational Security Best Practices 1.0.0."""

from asr_templates.playbook import Playbook


class Afsbp(Playbook):
    """Serves findings of FSBP in accounts that keep one finding per standard."""

    key, short, version, standard = "AFSBP", "AFSBP", "1.0.0", "aws-foundational-security-best-practices"
