"""Controls of Amazon API Gateway."""

from asr_templates.catalog.resource_ids import PARTITION, REGION
from asr_templates.model import Control, ResourceId

# Stages have no account in their ARNs.
STAGE_NAME = r"(?:[A-Za-z0-9_-]{1,128}|\$default)"

REST_STAGE = ResourceId(
    type="AWS::ApiGateway::Stage",
    pattern=rf"^(arn:{PARTITION}:apigateway:{REGION}::/restapis/[A-Za-z0-9]{{1,64}}/stages/[A-Za-z0-9_-]{{1,128}})$",
    parameter="APIGatewayStageArn",
    good=(
        "arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4e5/stages/prod",
        "arn:aws:apigateway:mx-central-1::/restapis/a1b2c3d4e5/stages/v2_test-1",
        f"arn:aws-cn:apigateway:cn-north-1::/restapis/a1b2c3d4e5/stages/{'a' * 128}",
        "arn:aws-us-gov:apigateway:us-gov-west-1::/restapis/a1b2c3d4e5/stages/1",
    ),
    bad=(
        "arn:aws:apigateway:us-east-1::/apis/a1b2c3d4e5/stages/prod",
        "arn:aws:apigateway:us-east-1:111111111111:/restapis/a1b2c3d4e5/stages/prod",
        "arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4e5/stages/prod/x",
        "arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4e5/stages/prod\n",
        "arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4e5",
    ),
)

STAGE = ResourceId(
    type="AWS::ApiGateway::Stage",
    pattern=rf"^arn:{PARTITION}:apigateway:{REGION}::(/(?:restapis|apis)/[A-Za-z0-9]{{1,64}}/stages/{STAGE_NAME})$",
    parameter="APIGatewayStageArnSuffix",
    good=(
        "arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4e5/stages/prod",
        "arn:aws:apigateway:mx-central-1::/apis/a1b2c3d4e5/stages/v2_test-1",
        "arn:aws:apigateway:us-east-1::/apis/a1b2c3d4e5/stages/$default",
        f"arn:aws-cn:apigateway:cn-north-1::/restapis/a1b2c3d4e5/stages/{'a' * 128}",
        "arn:aws-us-gov:apigateway:us-gov-west-1::/apis/a1b2c3d4e5/stages/1",
    ),
    bad=(
        "arn:aws:apigateway:us-east-1:111111111111:/restapis/a1b2c3d4e5/stages/prod",
        "arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4e5/stages/prod/x",
        "arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4e5/stages/prod\n",
        "arn:aws:apigateway:us-east-1::/apis/a1b2c3d4e5/routes/prod",
        "/restapis/a1b2c3d4e5/stages/prod",
    ),
)

CONTROLS = (
    Control(
        id="APIGateway.1",
        runbook="EnableAPIGatewayExecutionLogs",
        resource=STAGE,
        ids={"AFSBP": "APIGateway.1"},
        note="The stage logs the executions of all of its methods or routes.",
        # Security Hub has no default: ERROR and INFO are both enough, unless the customer has set one of them.
        inputs={"loggingLevel": "INFO"},
        risk="costs",
    ),
    Control(
        id="APIGateway.5",
        runbook="EnableAPIGatewayCacheDataEncryption",
        resource=REST_STAGE,
        ids={},
        note="The stage encrypts the cache of every method that has one.",
    ),
)
