"""Controls of AWS Lambda."""

from asr_templates.catalog.resource_ids import ACCOUNT, PARTITION, REGION
from asr_templates.model import Control, ResourceId

FUNCTION = ResourceId(
    type="AWS::Lambda::Function",
    pattern=rf"^arn:{PARTITION}:lambda:{REGION}:{ACCOUNT}:function:([A-Za-z0-9_-]{{1,64}})(?::[A-Za-z0-9_$-]{{1,128}})?$",
    parameter="FunctionName",
    good=(
        "arn:aws:lambda:us-east-1:111111111111:function:f",
        "arn:aws:lambda:mx-central-1:111111111111:function:Orders_export-2",
        f"arn:aws:lambda:ap-southeast-7:111111111111:function:{'f' * 64}",
        "arn:aws:lambda:il-central-1:111111111111:function:orders:live",
        "arn:aws:lambda:eu-west-1:111111111111:function:orders:$LATEST",
        "arn:aws-cn:lambda:cn-north-1:111111111111:function:orders",
        "arn:aws-us-gov:lambda:us-gov-west-1:111111111111:function:orders:17",
    ),
    bad=(
        "arn:aws:lambda:us-east-1:111111111111:function:",
        "arn:aws:lambda:us-east-1:111111111111:function:or ders",
        f"arn:aws:lambda:us-east-1:111111111111:function:{'f' * 65}",
        "arn:aws:lambda:us-east-1:111111111111:layer:orders:1",
        "arn:aws:lambda:us-east-1:111111111111:function:orders\n",
        "orders",
    ),
)

CONTROLS: tuple[Control, ...] = (
    Control(
        id="Lambda.1",
        runbook="RemoveLambdaPublicAccess",
        resource=FUNCTION,
        ids={"AFSBP": "Lambda.1", "NIST80053": "Lambda.1", "PCI321": "PCI.Lambda.1"},
        note="Neither everyone nor any account's S3 bucket may call the function any more.",
        risk="interrupts",
    ),
)
