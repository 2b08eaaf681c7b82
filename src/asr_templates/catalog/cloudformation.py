"""Controls of AWS CloudFormation."""

from asr_templates.catalog.resource_ids import ACCOUNT, PARTITION, REGION
from asr_templates.model import Control, ResourceId

STACK_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

STACK = ResourceId(
    type="AWS::CloudFormation::Stack",
    pattern=rf"^(arn:{PARTITION}:cloudformation:{REGION}:{ACCOUNT}:stack/[A-Za-z][A-Za-z0-9-]{{0,127}}/{STACK_ID})$",
    parameter="StackArn",
    good=(
        "arn:aws:cloudformation:us-east-1:111111111111:stack/shop/01234567-89ab-cdef-0123-456789abcdef",
        "arn:aws:cloudformation:mx-central-1:111111111111:stack/A-1/01234567-89ab-cdef-0123-456789abcdef",
        f"arn:aws-cn:cloudformation:cn-north-1:111111111111:stack/{'a' * 128}/01234567-89ab-cdef-0123-456789abcdef",
        "arn:aws-us-gov:cloudformation:us-gov-west-1:111111111111:stack/a/01234567-89ab-cdef-0123-456789abcdef",
    ),
    bad=(
        "arn:aws:cloudformation:us-east-1:111111111111:stack/shop",
        "arn:aws:cloudformation:us-east-1:111111111111:stack/1shop/01234567-89ab-cdef-0123-456789abcdef",
        "arn:aws:cloudformation:us-east-1:111111111111:stack/shop/01234567-89ab-cdef-0123-456789abcdef\n",
        "arn:aws:cloudformation:us-east-1:111111111111:stackset/shop:01234567-89ab-cdef-0123-456789abcdef",
        "arn:aws:cloudformation:us-east-1:1111:stack/shop/01234567-89ab-cdef-0123-456789abcdef",
        "shop",
    ),
)

CONTROLS = (
    Control(
        id="CloudFormation.1",
        runbook="ConfigureSNSTopicForStack",
        resource=STACK,
        ids={"AFSBP": "CloudFormation.1", "NIST80053": "CloudFormation.1"},
        note="The stack sends its events to an SNS topic of this account; subscribe to it.",
        # It is an update of the stack, even if none of its resources changes.
        risk="interrupts",
        retired=True,
    ),
)
