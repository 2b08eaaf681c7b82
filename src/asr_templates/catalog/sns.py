"""Controls of Amazon SNS."""

from asr_templates.catalog.resource_ids import ACCOUNT, PARTITION, REGION
from asr_templates.model import Control, ResourceId

TOPIC_PATTERN = rf"^(arn:{PARTITION}:sns:{REGION}:{ACCOUNT}:(?:[A-Za-z0-9_-]{{1,256}}|[A-Za-z0-9_-]{{1,251}}\.fifo))$"

TOPIC_GOOD = (
    "arn:aws:sns:us-east-1:111111111111:orders",
    "arn:aws:sns:mx-central-1:111111111111:_orders-2",
    "arn:aws:sns:il-central-1:111111111111:orders.fifo",
    f"arn:aws-cn:sns:cn-north-1:111111111111:{'a' * 256}",
    "arn:aws-us-gov:sns:us-gov-west-1:111111111111:1",
)
TOPIC_BAD = (
    "arn:aws:sns:us-east-1:111111111111:orders.other",
    f"arn:aws:sns:us-east-1:111111111111:{'a' * 257}",
    "arn:aws:sns:us-east-1:111111111111:orders:11111111-2222-3333-4444-555555555555",
    "arn:aws:sns:us-east-1:111111111111:orders\n",
    "arn:aws:sns:us-east-1:1111:orders",
    "orders",
)

TOPIC = ResourceId(type="AWS::SNS::Topic", pattern=TOPIC_PATTERN, parameter="TopicArn", good=TOPIC_GOOD, bad=TOPIC_BAD)

LOGGED_TOPIC = ResourceId(
    type="AWS::SNS::Topic", pattern=TOPIC_PATTERN, parameter="SNSTopicArn", good=TOPIC_GOOD, bad=TOPIC_BAD
)

CONTROLS = (
    Control(
        id="SNS.1",
        runbook="EnableEncryptionForSNSTopic",
        resource=TOPIC,
        ids={"AFSBP": "SNS.1", "NIST80053": "SNS.1"},
        note="The topic encrypts its messages with a KMS key.",
        inputs={"KmsKeyArn": ""},
        # A publisher of another account, or an AWS service that the topic's policy does not name, loses access.
        risk="interrupts",
    ),
    Control(
        id="SNS.2",
        runbook="EnableDeliveryStatusLoggingForSNSTopic",
        resource=LOGGED_TOPIC,
        ids={"AFSBP": "SNS.2", "NIST80053": "SNS.2"},
        note="SNS logs which messages of the topic could not be delivered.",
        # How many of the messages that were delivered are logged, too, in per cent.
        inputs={"SampleRate": 0},
        risk="costs",
        retired=True,
    ),
)
