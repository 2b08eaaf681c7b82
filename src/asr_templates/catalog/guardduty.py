"""Controls of Amazon GuardDuty."""

from dataclasses import replace

from asr_templates.catalog.resource_ids import ACCOUNT, PARTITION, REGION, REGIONAL_ACCOUNT
from asr_templates.model import Control, ResourceId

A_DETECTOR = "12abc34d567e8fa901bc2d34e56789f0"

# Detectors and filters share a document, so one pattern takes both.
FILTER = ResourceId(
    type="AWS::GuardDuty::Filter",
    pattern=rf"^(arn:{PARTITION}:guardduty:{REGION}:{ACCOUNT}"
    r":detector/[0-9a-f]{32}(?:/filter/[A-Za-z0-9_.-]{3,64})?)$",
    parameter="ResourceArn",
    good=(
        f"arn:aws:guardduty:us-east-1:111111111111:detector/{A_DETECTOR}/filter/abc",
        f"arn:aws:guardduty:il-central-1:111111111111:detector/{A_DETECTOR}/filter/{'a' * 64}",
        f"arn:aws:guardduty:mx-central-1:111111111111:detector/{A_DETECTOR}",
        f"arn:aws-cn:guardduty:cn-north-1:111111111111:detector/{A_DETECTOR}/filter/of_the.office-1",
        f"arn:aws-us-gov:guardduty:us-gov-west-1:111111111111:detector/{A_DETECTOR}",
    ),
    bad=(
        f"arn:aws:guardduty:us-east-1:111111111111:detector/{A_DETECTOR}\n",
        f"arn:aws:guardduty:us-east-1:111111111111:detector/{A_DETECTOR}/filter/ab",
        f"arn:aws:guardduty:us-east-1:111111111111:detector/{A_DETECTOR}/filter/{'a' * 65}",
        f"arn:aws:guardduty:us-east-1:111111111111:detector/{A_DETECTOR}/ipset/abc",
        "arn:aws:guardduty:us-east-1:111111111111:detector/1",
        A_DETECTOR,
    ),
)
DETECTOR = replace(FILTER, type="AWS::GuardDuty::Detector")


def tagged(control_id: str, resource: ResourceId, kind: str) -> Control:
    """Return a control that asks for tags.

    Security Hub's parameter has no default: without keys of the customer's own, a tag of any key is enough.
    """
    return Control(
        id=control_id,
        runbook="TagGuardDutyResource",
        resource=resource,
        ids={},
        note=f"The GuardDuty {kind} has the required tag keys; those that were added have empty values.",
        inputs={"requiredTagKeys": []},  # the parser takes lists
        family="GuardDuty tags",
    )


CONTROLS = (
    Control(
        id="GuardDuty.1",
        runbook="EnableGuardDuty",
        resource=REGIONAL_ACCOUNT,
        ids={"AFSBP": "GuardDuty.1", "PCI321": "PCI.GuardDuty.1"},
        note="Enabled GuardDuty in this region.",
        risk="costs",
    ),
    tagged("GuardDuty.2", FILTER, "filter"),
    tagged("GuardDuty.4", DETECTOR, "detector"),
)
