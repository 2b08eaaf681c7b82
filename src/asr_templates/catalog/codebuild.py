"""Controls of AWS CodeBuild."""

from asr_templates.catalog.resource_ids import ACCOUNT, PARTITION, REGION
from asr_templates.model import Control, ResourceId

PROJECT = ResourceId(
    type="AWS::CodeBuild::Project",
    pattern=rf"^arn:{PARTITION}:codebuild:{REGION}:{ACCOUNT}:project/([A-Za-z0-9][A-Za-z0-9_-]{{1,254}})$",
    parameter="ProjectName",
    good=(
        "arn:aws:codebuild:us-east-1:111111111111:project/shop",
        "arn:aws:codebuild:mx-central-1:111111111111:project/2_shop-web",
        f"arn:aws-cn:codebuild:cn-north-1:111111111111:project/{'a' * 255}",
        "arn:aws-us-gov:codebuild:us-gov-west-1:111111111111:project/ab",
    ),
    bad=(
        "arn:aws:codebuild:us-east-1:111111111111:project/a",
        "arn:aws:codebuild:us-east-1:111111111111:project/_shop",
        "arn:aws:codebuild:us-east-1:111111111111:project/shop.web",
        f"arn:aws:codebuild:us-east-1:111111111111:project/{'a' * 256}",
        "arn:aws:codebuild:us-east-1:111111111111:project/shop\n",
        "arn:aws:codebuild:us-east-1:111111111111:build/shop:1",
        "shop",
    ),
)

CONTROLS = (
    Control(
        id="CodeBuild.2",
        runbook="ReplaceCodeBuildClearTextCredentials",
        resource=PROJECT,
        ids={
            "AFSBP": "CodeBuild.2",
            "NIST80053": "CodeBuild.2",
            "PCI321": "PCI.CodeBuild.2",
        },
        note="Moved the project's AWS credentials to Secrets Manager. Rotate them: they were in clear text.",
        risk="costs",
    ),
    Control(
        id="CodeBuild.5",
        runbook="RemoveCodeBuildPrivilegedMode",
        resource=PROJECT,
        ids={"AFSBP": "CodeBuild.5", "NIST80053": "CodeBuild.5"},
        note="Switched off privileged mode of the project's builds.",
        risk="interrupts",
        retired=True,
    ),
)
