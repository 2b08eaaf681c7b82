"""CIS AWS Foundations Benchmark 1.2.0."""

from asr_templates.playbook import Playbook


class Cis120(Playbook):
    """Serves findings of CIS 1.2.0 in accounts that keep one finding per standard."""

    key, short, version, standard = "CIS120", "CIS", "1.2.0", "cis-aws-foundations-benchmark"
