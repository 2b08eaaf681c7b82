"""Controls of AWS Systems Manager."""

from asr_templates.catalog.resource_ids import ACCOUNT, ACCOUNT_ITSELF_BAD, ACCOUNT_ITSELF_GOOD, PARTITION, REGION
from asr_templates.model import Control, ResourceId

REGIONAL_ACCOUNT_ID = ResourceId(
    type="AWS::::Account",
    pattern=rf"^AWS::::Account:({ACCOUNT})$",
    parameter="AccountId",
    good=ACCOUNT_ITSELF_GOOD,
    bad=ACCOUNT_ITSELF_BAD,
)

DOCUMENT = ResourceId(
    type="AWS::SSM::Document",
    pattern=rf"^(arn:{PARTITION}:ssm:{REGION}:{ACCOUNT}:document/[A-Za-z0-9_.-]{{3,128}})$",
    parameter="DocumentArn",
    good=(
        "arn:aws:ssm:us-east-1:111111111111:document/abc",
        "arn:aws:ssm:il-central-1:111111111111:document/Restart.Web_Server-v1.2",
        f"arn:aws:ssm:ap-southeast-7:111111111111:document/{'d' * 128}",
        "arn:aws-cn:ssm:cn-north-1:111111111111:document/Patch-2026",
        "arn:aws-us-gov:ssm:us-gov-west-1:111111111111:document/-_.",
    ),
    bad=(
        "arn:aws:ssm:us-east-1:111111111111:document/ab",
        f"arn:aws:ssm:us-east-1:111111111111:document/{'d' * 129}",
        "arn:aws:ssm:us-east-1::document/AWS-RunShellScript",
        "arn:aws:ssm:us-east-1:111111111111:document/a/b",
        "arn:aws:ssm:us-east-1:111111111111:document/abc\n",
        "arn:aws:ssm:us-east-1:111111111111:automation-definition/abc:1",
    ),
)

INSTANCE = ResourceId(
    type="AWS::EC2::Instance",
    pattern=rf"^(arn:{PARTITION}:ec2:{REGION}:{ACCOUNT}:instance/i-(?:[0-9a-f]{{8}}|[0-9a-f]{{17}}))$",
    parameter="InstanceArn",
    good=(
        "arn:aws:ec2:us-east-1:111111111111:instance/i-01234567",
        "arn:aws:ec2:mx-central-1:111111111111:instance/i-0123456789abcdef0",
        "arn:aws:ec2:ap-southeast-5:111111111111:instance/i-0123456789abcdef0",
        "arn:aws-cn:ec2:cn-north-1:111111111111:instance/i-0123456789abcdef0",
        "arn:aws-us-gov:ec2:us-gov-west-1:111111111111:instance/i-0123456789abcdef0",
    ),
    bad=(
        "arn:aws:ec2:us-east-1:111111111111:instance/i-0123456789",
        "arn:aws:ec2:us-east-1:111111111111:instance/mi-0123456789abcdef0",
        "arn:aws:ec2:us-east-1:111111111111:instance/i-0123456789ABCDEF0",
        "arn:aws:ec2:us-east-1:111111111111:instance/i-0123456789abcdef0\n",
        "i-0123456789abcdef0",
    ),
)

CONTROLS: tuple[Control, ...] = (
    Control(
        id="SSM.1",
        runbook="AttachSSMPermissionsToEC2",
        resource=INSTANCE,
        ids={"AFSBP": "SSM.1", "PCI321": "PCI.SSM.3"},
        note="The instance is managed by Systems Manager.",
    ),
    Control(
        id="SSM.4",
        runbook="BlockSSMDocumentPublicAccess",
        resource=DOCUMENT,
        ids={"AFSBP": "SSM.4", "NIST80053": "SSM.4"},
        note="The document is no longer shared with everyone.",
        risk="interrupts",
    ),
    Control(
        id="SSM.7",
        runbook="EnableSSMDocumentBlockPublicSharing",
        resource=REGIONAL_ACCOUNT_ID,
        ids={"AFSBP": "SSM.7"},
        note="Documents of this account and region can no longer be shared with everyone.",
    ),
)
