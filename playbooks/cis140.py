"""CIS AWS Foundations Benchmark 1.4.0."""

from asr_templates.playbook import Playbook


class Cis140(Playbook):
    """Serves findings of CIS 1.4.0 in accounts that keep one finding per standard."""

    key, short, version, standard = "CIS140", "CIS", "1.4.0", "cis-aws-foundations-benchmark"
