"""Controls of Amazon S3."""

from asr_templates.catalog.resource_ids import GLOBAL_ACCOUNT_ID
from asr_templates.model import Control

CONTROLS = (
    Control(
        id="S3.1",
        runbook="ConfigureS3PublicAccessBlock",
        resource=GLOBAL_ACCOUNT_ID,
        ids={
            "AFSBP": "S3.1",
            "CIS140": "2.1.5.1",
            "CIS300": "2.1.4.1",
            "NIST80053": "S3.1",
            "PCI321": "PCI.S3.6",
        },
        note="The account blocks public access to all of its S3 buckets.",
        risk="interrupts",
    ),
)
