"""Controls of Amazon EC2."""

from asr_templates.catalog.resource_ids import REGIONAL_ACCOUNT, SECURITY_GROUP
from asr_templates.model import Control

CONTROLS = (
    Control(
        id="EC2.2",
        runbook="RemoveVPCDefaultSecurityGroupRules",
        resource=SECURITY_GROUP,
        ids={
            "AFSBP": "EC2.2",
            "CIS120": "4.3",
            "CIS140": "5.3",
            "CIS300": "5.4",
            "NIST80053": "EC2.2",
            "PCI321": "PCI.EC2.2",
        },
        note="Removed every inbound and outbound rule of the VPC's default security group.",
        risk="interrupts",
    ),
    Control(
        id="EC2.7",
        runbook="EnableEbsEncryptionByDefault",
        resource=REGIONAL_ACCOUNT,
        ids={"AFSBP": "EC2.7", "CIS140": "2.2.1", "CIS300": "2.2.1", "NIST80053": "EC2.7"},
        note="Switched on EBS encryption by default in this region.",
    ),
    Control(
        id="EC2.13",
        runbook="DisablePublicAccessForSecurityGroup",
        resource=SECURITY_GROUP,
        ids={"CIS120": "4.1", "NIST80053": "EC2.13", "PCI321": "PCI.EC2.5"},
        note="Removed the inbound rules that opened port 22 to the world.",
        inputs={"Port": 22, "SplitRanges": False},
        family="remote administration ports",
        risk="interrupts",
    ),
    Control(
        id="EC2.14",
        runbook="DisablePublicAccessForSecurityGroup",
        resource=SECURITY_GROUP,
        ids={"CIS120": "4.2"},
        note="Removed the inbound rules that opened port 3389 to the world.",
        inputs={"Port": 3389, "SplitRanges": False},
        family="remote administration ports",
        risk="interrupts",
    ),
)
