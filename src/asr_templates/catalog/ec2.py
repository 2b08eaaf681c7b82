"""Controls of Amazon EC2."""

from dataclasses import replace
from typing import Any

from asr_templates.catalog.resource_ids import ACCOUNT, PARTITION, REGION, REGIONAL_ACCOUNT, SECURITY_GROUP
from asr_templates.model import Control, ResourceId

REGIONAL_ACCOUNT_ID = replace(REGIONAL_ACCOUNT, parameter="AccountId")
SECURITY_GROUP_ID = replace(SECURITY_GROUP, parameter="SecurityGroupId")

# Ids have 8 hexadecimal digits where they are from before 2016, else 17.
_ARN = rf"arn:{PARTITION}:ec2:{REGION}:{ACCOUNT}"


def samples(kind: str, prefix: str) -> tuple[str, ...]:
    """Return ARNs of an EC2 resource in every partition, with short and long ids, old and new regions."""
    return (
        f"arn:aws:ec2:us-east-1:111111111111:{kind}/{prefix}-01234567",
        f"arn:aws:ec2:mx-central-1:111111111111:{kind}/{prefix}-0123456789abcdef0",
        f"arn:aws:ec2:ap-southeast-7:111111111111:{kind}/{prefix}-0123456789abcdef0",
        f"arn:aws-cn:ec2:cn-north-1:111111111111:{kind}/{prefix}-0123456789abcdef0",
        f"arn:aws-us-gov:ec2:us-gov-east-1:111111111111:{kind}/{prefix}-0123456789abcdef0",
    )


def bad_samples(kind: str, prefix: str) -> tuple[str, ...]:
    """Return what is no ARN of an EC2 resource."""
    return (
        f"{prefix}-01234567",
        f"arn:aws:ec2::111111111111:{kind}/{prefix}-01234567",
        f"arn:aws:ec2:us-east-1:1111:{kind}/{prefix}-01234567",
        f"arn:aws:ec2:us-east-1:111111111111:{kind}/{prefix}-0123456",
        f"arn:aws:ec2:us-east-1:111111111111:{kind}/{prefix}-0123456789ABCDEF0",
        f"arn:aws:ec2:us-east-1:111111111111:{kind}/{prefix}-01234567/x",
        f"arn:aws:ec2:us-east-1:111111111111:{kind}/{prefix}-01234567\n",
        f"arn:aws:rds:us-east-1:111111111111:{kind}/{prefix}-01234567",
        f"arn:aws-iso:ec2:us-iso-east-1:111111111111:{kind}/{prefix}-01234567",
    )


SUBNET = ResourceId(
    type="AWS::EC2::Subnet",
    pattern=rf"^({_ARN}:subnet/subnet-[0-9a-f]{{8,17}})$",
    parameter="SubnetARN",
    good=samples("subnet", "subnet"),
    bad=bad_samples("subnet", "subnet"),
)

INSTANCE = ResourceId(
    type="AWS::EC2::Instance",
    pattern=rf"^({_ARN}:instance/i-[0-9a-f]{{8,17}})$",
    parameter="InstanceARN",
    good=samples("instance", "i"),
    bad=bad_samples("instance", "i"),
)

INSTANCE_ID = ResourceId(
    type="AWS::EC2::Instance",
    pattern=rf"^{_ARN}:instance/(i-[0-9a-f]{{8,17}})$",
    parameter="InstanceId",
    good=samples("instance", "i"),
    bad=bad_samples("instance", "i"),
)

VPC = ResourceId(
    type="AWS::EC2::VPC",
    pattern=rf"^{_ARN}:vpc/(vpc-[0-9a-f]{{8,17}})$",
    parameter="VPC",
    good=samples("vpc", "vpc"),
    bad=bad_samples("vpc", "vpc"),
)

VPC_ID = replace(VPC, parameter="VPCId")

TRANSIT_GATEWAY = ResourceId(
    type="AWS::EC2::TransitGateway",
    pattern=rf"^{_ARN}:transit-gateway/(tgw-[0-9a-f]{{8,17}})$",
    parameter="TransitGatewayId",
    good=samples("transit-gateway", "tgw"),
    bad=bad_samples("transit-gateway", "tgw"),
)

AUTHORIZED_PORTS: dict[str, Any] = {"authorizedTcpPorts": ["80", "443"], "authorizedUdpPorts": []}
"""What Security Hub takes for authorized unless a customer says otherwise."""

CONTROLS = (
    Control(
        id="EC2.1",
        runbook="MakeEBSSnapshotsPrivate",
        resource=REGIONAL_ACCOUNT_ID,
        ids={"AFSBP": "EC2.1", "NIST80053": "EC2.1", "PCI321": "PCI.EC2.1"},
        note="Stopped sharing the account's EBS snapshots of this region with everybody.",
        risk="interrupts",
    ),
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
        id="EC2.4",
        runbook="TerminateEC2Instance",
        resource=INSTANCE_ID,
        ids={"AFSBP": "EC2.4", "NIST80053": "EC2.4"},
        note="Terminated the instance, which was stopped for longer than allowed, and kept its volumes.",
        # AllowedDays: Security Hub's default.
        inputs={"AllowedDays": 30, "KeepVolumes": True},
        risk="deletes",
    ),
    Control(
        id="EC2.6",
        runbook="EnableVPCFlowLogs",
        resource=VPC,
        ids={
            "AFSBP": "EC2.6",
            "CIS120": "2.9",
            "CIS140": "3.9",
            "CIS300": "3.7",
            "NIST80053": "EC2.6",
            "PCI321": "PCI.EC2.6",
        },
        note="The VPC's rejected traffic is recorded in a log group of its own.",
        inputs={"TrafficType": "REJECT", "RetentionInDays": 365},
        risk="costs",
    ),
    Control(
        id="EC2.7",
        runbook="EnableEbsEncryptionByDefault",
        resource=REGIONAL_ACCOUNT,
        ids={"AFSBP": "EC2.7", "CIS140": "2.2.1", "CIS300": "2.2.1", "NIST80053": "EC2.7"},
        note="Switched on EBS encryption by default in this region.",
    ),
    Control(
        id="EC2.8",
        runbook="EnableIMDSV2OnInstance",
        resource=INSTANCE,
        ids={"AFSBP": "EC2.8", "CIS300": "5.6", "NIST80053": "EC2.8"},
        note="The instance requires session tokens (IMDSv2) for its metadata.",
        risk="interrupts",
    ),
    Control(
        id="EC2.10",
        runbook="AttachServiceVPCEndpoint",
        resource=VPC_ID,
        ids={"AFSBP": "EC2.10", "NIST80053": "EC2.10"},
        note="The VPC has an interface endpoint for Amazon EC2, with a security group of its own.",
        inputs={"ServiceName": "ec2", "PrivateDns": True},
        risk="costs",
    ),
    Control(
        id="EC2.13",
        runbook="DisablePublicAccessForSecurityGroup",
        resource=SECURITY_GROUP,
        ids={"CIS120": "4.1", "NIST80053": "EC2.13", "PCI321": "PCI.EC2.5"},
        note="Removed the inbound rules that opened the port of SSH to the world.",
        inputs={"Port": 22, "SplitRanges": False},
        family="remote administration ports",
        risk="interrupts",
    ),
    Control(
        id="EC2.14",
        runbook="DisablePublicAccessForSecurityGroup",
        resource=SECURITY_GROUP,
        ids={"CIS120": "4.2"},
        note="Removed the inbound rules that opened the port of remote desktops to the world.",
        inputs={"Port": 3389, "SplitRanges": False},
        family="remote administration ports",
        risk="interrupts",
    ),
    Control(
        id="EC2.15",
        runbook="DisablePublicIPAutoAssign",
        resource=SUBNET,
        ids={"AFSBP": "EC2.15", "NIST80053": "EC2.15"},
        note="The subnet no longer gives public addresses to what is launched in it.",
        risk="interrupts",
    ),
    Control(
        id="EC2.18",
        runbook="RevokeUnauthorizedInboundRules",
        resource=SECURITY_GROUP_ID,
        ids={"AFSBP": "EC2.18", "NIST80053": "EC2.18"},
        note="Removed the inbound rules that let the world reach ports that are not authorized.",
        inputs={**AUTHORIZED_PORTS, "SplitRanges": False},
        risk="interrupts",
    ),
    Control(
        id="EC2.19",
        runbook="DisableUnrestrictedAccessToHighRiskPorts",
        resource=SECURITY_GROUP_ID,
        ids={"AFSBP": "EC2.19", "NIST80053": "EC2.19"},
        note="Removed the inbound rules that let the world reach ports of high risk.",
        inputs={"SplitRanges": False},
        risk="interrupts",
    ),
    Control(
        id="EC2.23",
        runbook="DisableTGWAutoAcceptSharedAttachments",
        resource=TRANSIT_GATEWAY,
        ids={"AFSBP": "EC2.23", "NIST80053": "EC2.23"},
        note="The transit gateway no longer accepts attachments of other accounts by itself.",
        risk="interrupts",
    ),
)
