"""Controls of Amazon SQS."""

from asr_templates.catalog.resource_ids import ACCOUNT, PARTITION, REGION
from asr_templates.model import Control, ResourceId

QUEUE = ResourceId(
    type="AWS::SQS::Queue",
    pattern=rf"^arn:{PARTITION}:sqs:{REGION}:{ACCOUNT}:([A-Za-z0-9_-]{{1,80}}|[A-Za-z0-9_-]{{1,75}}\.fifo)$",
    parameter="SQSQueueName",
    good=(
        "arn:aws:sqs:us-east-1:111111111111:orders",
        "arn:aws:sqs:mx-central-1:111111111111:_orders-2",
        f"arn:aws:sqs:il-central-1:111111111111:{'a' * 75}.fifo",
        f"arn:aws-cn:sqs:cn-north-1:111111111111:{'a' * 80}",
        "arn:aws-us-gov:sqs:us-gov-west-1:111111111111:1",
    ),
    bad=(
        "arn:aws:sqs:us-east-1:111111111111:orders.other",
        f"arn:aws:sqs:us-east-1:111111111111:{'a' * 81}",
        f"arn:aws:sqs:us-east-1:111111111111:{'a' * 76}.fifo",
        "arn:aws:sqs:us-east-1:111111111111:orders\n",
        "arn:aws:sqs:us-east-1:1111:orders",
        "https://sqs.us-east-1.amazonaws.com/111111111111/orders",
    ),
)

CONTROLS = (
    Control(
        id="SQS.1",
        runbook="EnableEncryptionForSQSQueue",
        resource=QUEUE,
        ids={"AFSBP": "SQS.1", "NIST80053": "SQS.1"},
        note="The queue encrypts its messages with a key that SQS owns.",
        inputs={"KmsKeyArn": ""},
    ),
)
