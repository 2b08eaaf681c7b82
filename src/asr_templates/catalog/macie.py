"""Controls of Amazon Macie."""

from asr_templates.catalog.resource_ids import REGIONAL_ACCOUNT
from asr_templates.model import Control

CONTROLS = (
    Control(
        id="Macie.1",
        runbook="EnableMacie",
        resource=REGIONAL_ACCOUNT,
        ids={"AFSBP": "Macie.1", "NIST80053": "Macie.1"},
        note="Enabled Macie in this region.",
        risk="costs",
    ),
)
