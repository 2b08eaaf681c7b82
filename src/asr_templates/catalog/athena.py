"""Controls of Amazon Athena."""

from asr_templates.catalog.resource_ids import ACCOUNT, PARTITION, REGION
from asr_templates.model import Control, ResourceId

WORKGROUP = ResourceId(
    type="AWS::Athena::WorkGroup",
    pattern=rf"^arn:{PARTITION}:athena:{REGION}:{ACCOUNT}:workgroup/([A-Za-z0-9._-]{{1,128}})$",
    parameter="WorkGroupName",
    good=(
        "arn:aws:athena:us-east-1:111111111111:workgroup/primary",
        "arn:aws:athena:mx-central-1:111111111111:workgroup/.sales_2-a",
        f"arn:aws-cn:athena:cn-north-1:111111111111:workgroup/{'a' * 128}",
        "arn:aws-us-gov:athena:us-gov-west-1:111111111111:workgroup/1",
    ),
    bad=(
        f"arn:aws:athena:us-east-1:111111111111:workgroup/{'a' * 129}",
        "arn:aws:athena:us-east-1:111111111111:workgroup/a/b",
        "arn:aws:athena:us-east-1:111111111111:workgroup/sales\n",
        "arn:aws:athena:us-east-1:111111111111:datacatalog/sales",
        "primary",
    ),
)

CONTROLS = (
    Control(
        id="Athena.4",
        runbook="EnableAthenaWorkGroupLogging",
        resource=WORKGROUP,
        ids={"AFSBP": "Athena.4"},
        note="The workgroup publishes the metrics of its queries to CloudWatch.",
    ),
)
