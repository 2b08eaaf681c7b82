"""PCI DSS 3.2.1."""

from asr_templates.playbook import Playbook


class Pci321(Playbook):
    """Serves findings of PCI DSS 3.2.1 in accounts that keep one finding per standard."""

    key, short, version, standard = "PCI321", "PCI", "3.2.1", "pci-dss"
