"""Controls of AWS Config."""

from asr_templates.catalog.resource_ids import REGIONAL_ACCOUNT
from asr_templates.model import Control

CONTROLS = (
    Control(
        id="Config.1",
        runbook="EnableAWSConfig",
        resource=REGIONAL_ACCOUNT,
        ids={
            "AFSBP": "Config.1",
            "CIS120": "2.5",
            "CIS140": "3.5",
            "CIS300": "3.3",
            "NIST80053": "Config.1",
            "PCI321": "PCI.Config.1",
        },
        note="AWS Config records the resources of this region under its service-linked role.",
        inputs={"includeConfigServiceLinkedRoleCheck": True, "IncludeGlobalResourceTypes": True},
        risk="costs",
    ),
)
