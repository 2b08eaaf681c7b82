"""Controls of Amazon CloudWatch."""

from asr_templates.catalog.resource_ids import ACCOUNT, PARTITION, REGION
from asr_templates.model import Control, ResourceId

LOG_GROUP = ResourceId(
    type="AWS::Logs::LogGroup",
    # Some APIs end the ARN with `:*`, which stands for the group's streams.
    pattern=rf"^(arn:{PARTITION}:logs:{REGION}:{ACCOUNT}:log-group:[A-Za-z0-9_/.#-]{{1,512}})(?::\*)?$",
    parameter="LogGroupArn",
    good=(
        "arn:aws:logs:us-east-1:111111111111:log-group:/aws/lambda/orders:*",
        "arn:aws:logs:il-central-1:111111111111:log-group:orders.v2#blue_1-a",
        f"arn:aws:logs:mx-central-1:111111111111:log-group:{'a' * 512}",
        "arn:aws-cn:logs:cn-north-1:111111111111:log-group:/aws/vendedlogs/x",
        "arn:aws-us-gov:logs:us-gov-west-1:111111111111:log-group:a:*",
    ),
    bad=(
        "arn:aws:logs:us-east-1:111111111111:log-group:orders\n",
        "arn:aws:logs:us-east-1:111111111111:log-group:orders:log-stream:a",
        "arn:aws:logs:us-east-1:111111111111:log-group:or ders",
        "arn:aws:logs:us-east-1:111111111111:log-group:",
        f"arn:aws:logs:us-east-1:111111111111:log-group:{'a' * 513}",
        "/aws/lambda/orders",
    ),
)

CONTROLS = (
    Control(
        id="CloudWatch.16",
        runbook="SetLogGroupRetentionDays",
        resource=LOG_GROUP,
        ids={},
        note="The log group keeps its events for at least the days that are asked for.",
        inputs={"MinRetentionTime": 365},
        risk="costs",
    ),
)
