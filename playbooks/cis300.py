"""CIS AWS Foundations Benchmark 3.0.0."""

from asr_templates.playbook import Playbook


class Cis300(Playbook):
    """Serves findings of CIS 3.0.0 in accounts that keep one finding per standard."""

    key, short, version, standard = "CIS300", "CIS", "3.0.0", "cis-aws-foundations-benchmark"
