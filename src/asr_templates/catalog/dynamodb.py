"""Controls of Amazon DynamoDB."""

from asr_templates.catalog.resource_ids import ACCOUNT, PARTITION, REGION
from asr_templates.model import Control, ResourceId

TABLE_NAME = r"[A-Za-z0-9_.-]{3,255}"

TABLE_GOOD = (
    "arn:aws:dynamodb:us-east-1:111111111111:table/abc",
    "arn:aws:dynamodb:il-central-1:111111111111:table/Orders_2.v-1",
    "arn:aws:dynamodb:ap-southeast-7:111111111111:table/-.-",
    f"arn:aws-cn:dynamodb:cn-north-1:111111111111:table/{'a' * 255}",
    "arn:aws-us-gov:dynamodb:us-gov-west-1:111111111111:table/123",
)
TABLE_BAD = (
    "arn:aws:dynamodb:us-east-1:111111111111:table/ab",
    f"arn:aws:dynamodb:us-east-1:111111111111:table/{'a' * 256}",
    "arn:aws:dynamodb:us-east-1:111111111111:table/orders\n",
    "arn:aws:dynamodb:us-east-1:111111111111:table/orders/index/by-date",
    "arn:aws:dynamodb:us-east-1:111111111111:table/or ders",
    "arn:aws:dynamodb:us-east-1:1:table/orders",
    "arn:aws:dynamodb::111111111111:global-table/orders",
    "orders",
)

TABLE_ARN = ResourceId(
    type="AWS::DynamoDB::Table",
    pattern=rf"^(arn:{PARTITION}:dynamodb:{REGION}:{ACCOUNT}:table/{TABLE_NAME})$",
    parameter="ResourceArn",
    good=TABLE_GOOD,
    bad=TABLE_BAD,
)

TABLE_ITSELF = ResourceId(
    type="AWS::DynamoDB::Table",
    pattern=rf"^arn:{PARTITION}:dynamodb:{REGION}:{ACCOUNT}:table/({TABLE_NAME})$",
    parameter="TableId",
    good=TABLE_GOOD,
    bad=TABLE_BAD,
)

CONTROLS = (
    Control(
        id="DynamoDB.1",
        runbook="ConfigureDynamoDBAutoScaling",
        resource=TABLE_ITSELF,
        ids={"AFSBP": "DynamoDB.1", "NIST80053": "DynamoDB.1"},
        note="The DynamoDB table's read and write capacity scale with demand; its indexes are as they were.",
        # Security Hub has no defaults: 0 asks for nothing. The last two are ours.
        inputs={
            "minProvisionedReadCapacity": 0,
            "minProvisionedWriteCapacity": 0,
            "targetReadUtilization": 0,
            "targetWriteUtilization": 0,
            "MaximumFactor": 2,
            "DefaultUtilization": 70,
        },
        risk="costs",
    ),
    Control(
        id="DynamoDB.5",
        runbook="TagDynamoDBTableResource",
        resource=TABLE_ARN,
        ids={},
        note="The DynamoDB table has the required tag keys; those that were added have empty values.",
        # Security Hub has no default: without keys of the customer's own, a tag of any key is enough.
        inputs={"requiredTagKeys": []},  # the parser takes lists
    ),
    Control(
        id="DynamoDB.6",
        runbook="EnableDynamoDBDeletionProtection",
        resource=TABLE_ARN,
        ids={"AFSBP": "DynamoDB.6", "NIST80053": "DynamoDB.6"},
        note="Switched on deletion protection of the DynamoDB table.",
    ),
)
