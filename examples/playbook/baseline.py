"""A standard of your own: its key, its names, and a control with a remediation of your own."""

from asr_templates import Control, Playbook
from asr_templates.catalog.resource_ids import REGIONAL_ACCOUNT


class Baseline(Playbook):
    """Serves findings whose id has `subscription/example-baseline/v/1.0.0/<control>`."""

    key, short, version, standard = "BASELINE", "BASELINE", "1.0.0", "example-baseline"
    own_controls = (
        Control(
            id="EC2.182",
            runbook="BlockPublicSnapshotSharing",
            resource=REGIONAL_ACCOUNT,
            ids={"BASELINE": "B.1"},
            note="Blocked the public sharing of EBS snapshots in this region.",
            risk="interrupts",
        ),
    )
