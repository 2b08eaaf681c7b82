"""Controls of AWS KMS."""

from asr_templates.catalog.resource_ids import ACCOUNT, PARTITION, REGION
from asr_templates.model import Control, ResourceId

UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""The id of a key; that of a multi-region key is mrk- and 32 digits."""

KMS_KEY = ResourceId(
    type="AWS::KMS::Key",
    pattern=rf"^arn:{PARTITION}:kms:{REGION}:{ACCOUNT}:key/({UUID}|mrk-[0-9a-f]{{32}})$",
    parameter="KeyId",
    good=(
        "arn:aws:kms:us-east-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws:kms:il-central-1:111111111111:key/mrk-1234abcd12ab34cd56ef1234567890ab",
        "arn:aws:kms:mx-central-1:111111111111:key/00000000-0000-0000-0000-000000000000",
        "arn:aws-cn:kms:cn-north-1:111111111111:key/mrk-1234abcd12ab34cd56ef1234567890ab",
        "arn:aws-us-gov:kms:us-gov-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    ),
    bad=(
        "arn:aws:kms:us-east-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab\n",
        "arn:aws:kms:us-east-1:111111111111:key/1234abcd12ab34cd56ef1234567890ab",
        "arn:aws:kms:us-east-1:111111111111:key/mrk-1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws:kms:us-east-1:111111111111:alias/orders",
        "arn:aws:kms:us-east-1:1111:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "1234abcd-12ab-34cd-56ef-1234567890ab",
    ),
)

CONTROLS = (
    Control(
        id="KMS.4",
        runbook="EnableKeyRotation",
        resource=KMS_KEY,
        ids={"CIS120": "2.8", "CIS140": "3.8", "CIS300": "3.6", "NIST80053": "KMS.4", "PCI321": "PCI.KMS.1"},
        note="Switched on the automatic rotation of the KMS key.",
    ),
)
