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

CONTROLS: tuple[Control, ...] = (
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
