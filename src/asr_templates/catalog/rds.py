"""Controls of Amazon RDS."""

from asr_templates.catalog.resource_ids import DB_INSTANCE
from asr_templates.model import Control

CONTROLS = (
    Control(
        id="RDS.5",
        runbook="EnableMultiAZOnRDSInstance",
        resource=DB_INSTANCE,
        ids={"AFSBP": "RDS.5", "NIST80053": "RDS.5"},
        note="The DB instance has a standby in a second Availability Zone.",
        risk="costs",
    ),
)
