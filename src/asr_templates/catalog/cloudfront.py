"""Controls of Amazon CloudFront."""

from dataclasses import replace

from asr_templates.catalog.resource_ids import ACCOUNT, PARTITION
from asr_templates.model import Control, ResourceId

DISTRIBUTION_ID = ResourceId(
    type="AWS::CloudFront::Distribution",
    pattern=rf"^arn:{PARTITION}:cloudfront::{ACCOUNT}:distribution/([A-Z0-9]{{8,32}})$",
    parameter="DistributionId",
    scope="global",
    good=(
        "arn:aws:cloudfront::111111111111:distribution/EDFDVBD632BHDS5",
        "arn:aws:cloudfront::111111111111:distribution/E1XMZ5EXAMPL",
        "arn:aws-cn:cloudfront::111111111111:distribution/E2QWRUHAPOMQZL",
        "arn:aws-us-gov:cloudfront::111111111111:distribution/E2QWRUHAPOMQZL",
    ),
    bad=(
        "arn:aws:cloudfront::111111111111:distribution/EDFDVBD632BHDS5\n",
        "arn:aws:cloudfront::111111111111:distribution/edfdvbd632bhds5",
        "arn:aws:cloudfront:us-east-1:111111111111:distribution/EDFDVBD632BHDS5",
        "arn:aws:cloudfront::111111111111:streaming-distribution/EDFDVBD632BHDS5",
        "arn:aws:cloudfront::1111:distribution/EDFDVBD632BHDS5",
        "EDFDVBD632BHDS5",
    ),
)
DISTRIBUTION = replace(DISTRIBUTION_ID, parameter="CloudFrontDistribution")

CONTROLS = (
    Control(
        id="CloudFront.1",
        runbook="EnableCloudFrontDefaultRootObject",
        resource=DISTRIBUTION,
        ids={"AFSBP": "CloudFront.1", "NIST80053": "CloudFront.1"},
        note="The CloudFront distribution has a default root object.",
        inputs={"DefaultRootObject": "index.html"},
        risk="interrupts",
    ),
    Control(
        id="CloudFront.12",
        runbook="SetCloudFrontOriginDomain",
        resource=DISTRIBUTION_ID,
        ids={"AFSBP": "CloudFront.12", "NIST80053": "CloudFront.12"},
        note="No origin of the CloudFront distribution names a bucket that does not exist.",
        inputs={"OriginDomain": "asr-missing-origin.invalid"},
        risk="interrupts",
    ),
)
