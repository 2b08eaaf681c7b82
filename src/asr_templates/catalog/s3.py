"""Controls of Amazon S3, and those of AWS CloudTrail that are about a trail's bucket."""

from typing import Any

from asr_templates.catalog.resource_ids import GLOBAL_ACCOUNT_ID, PARTITION
from asr_templates.model import Control, ResourceId

# Until March 2018 names in us-east-1 could have 255 characters, upper case and underscores; such buckets still exist.
BUCKET = ResourceId(
    type="AWS::S3::Bucket",
    pattern=rf"^arn:{PARTITION}:s3:::([A-Za-z0-9._-]{{3,255}})$",
    parameter="BucketName",
    good=(
        "arn:aws:s3:::abc",
        "arn:aws:s3:::my.invoices-2027",
        f"arn:aws:s3:::{'a' * 63}",
        f"arn:aws:s3:::Old_Bucket.{'A' * 244}",
        "arn:aws-cn:s3:::invoices",
        "arn:aws-us-gov:s3:::invoices",
    ),
    bad=(
        "arn:aws:s3:::ab",
        f"arn:aws:s3:::{'a' * 256}",
        "arn:aws:s3:::invoices\n",
        "arn:aws:s3:::invoices/2027.pdf",
        "arn:aws:s3:::in voices",
        "arn:aws:s3:us-east-1:111111111111:accesspoint/invoices",
        "invoices",
    ),
)

ANY_EVENT: Any = []  # the control asks for no event in particular, unless the customer does


def public_access(control_id: str, ids: dict[str, str]) -> Control:
    """Return one of the controls of a bucket's public access, which ask for the same block."""
    return Control(
        id=control_id,
        runbook="ConfigureS3BucketPublicAccessBlock",
        resource=BUCKET,
        ids=ids,
        note="The bucket blocks public access.",
        family="public access to a bucket",
        risk="interrupts",
    )


def access_logging(control_id: str, ids: dict[str, str]) -> Control:
    """Return one of the controls of a bucket's access logs."""
    return Control(
        id=control_id,
        runbook="ConfigureS3BucketLogging",
        resource=BUCKET,
        ids=ids,
        note="Access logs of the bucket are delivered to bucket asr-access-logs of this account and region.",
        family="access logs of a bucket",
        risk="costs",
    )


CONTROLS = (
    Control(
        id="S3.1",
        runbook="ConfigureS3PublicAccessBlock",
        resource=GLOBAL_ACCOUNT_ID,
        ids={
            "AFSBP": "S3.1",
            "CIS140": "2.1.5.1",
            "CIS300": "2.1.4.1",
            "NIST80053": "S3.1",
            "PCI321": "PCI.S3.6",
        },
        note="The account blocks public access to all of its S3 buckets.",
        risk="interrupts",
    ),
    public_access("S3.2", {"AFSBP": "S3.2", "NIST80053": "S3.2", "PCI321": "PCI.S3.2"}),
    public_access("S3.3", {"AFSBP": "S3.3", "NIST80053": "S3.3", "PCI321": "PCI.S3.1"}),
    Control(
        id="S3.4",
        runbook="EnableDefaultEncryptionS3",
        resource=BUCKET,
        ids={"AFSBP": "S3.4", "CIS140": "2.1.1", "NIST80053": "S3.4", "PCI321": "PCI.S3.4"},
        note="New objects of the bucket are encrypted by default.",
        retired=True,
    ),
    Control(
        id="S3.5",
        runbook="SetSSLBucketPolicy",
        resource=BUCKET,
        ids={
            "AFSBP": "S3.5",
            "CIS140": "2.1.2",
            "CIS300": "2.1.1",
            "NIST80053": "S3.5",
            "PCI321": "PCI.S3.5",
        },
        note="The bucket's policy denies requests without TLS.",
        risk="interrupts",
    ),
    Control(
        id="S3.6",
        runbook="S3BlockDenylist",
        resource=BUCKET,
        ids={"AFSBP": "S3.6", "NIST80053": "S3.6"},
        note="The bucket's policy denies the control's sensitive actions to principals of other accounts.",
        risk="interrupts",
    ),
    public_access("S3.8", {"AFSBP": "S3.8", "CIS140": "2.1.5.2", "CIS300": "2.1.4.2", "NIST80053": "S3.8"}),
    access_logging("S3.9", {"AFSBP": "S3.9", "NIST80053": "S3.9"}),
    Control(
        id="S3.11",
        runbook="EnableBucketEventNotifications",
        resource=BUCKET,
        ids={"AFSBP": "S3.11", "NIST80053": "S3.11"},
        note="Events of the bucket are published to topic ASR-S3BucketNotifications of this account and region.",
        inputs={"eventTypes": ANY_EVENT},
        risk="costs",
    ),
    # Defaults of Security Hub: none, any active rule passes. With customers' values objects can be moved and deleted.
    Control(
        id="S3.13",
        runbook="SetS3LifecyclePolicy",
        resource=BUCKET,
        ids={"AFSBP": "S3.13", "NIST80053": "S3.13"},
        note="The bucket has an active lifecycle rule with the control's parameters.",
        inputs={"targetTransitionDays": 0, "targetExpirationDays": 0, "targetTransitionStorageClass": ""},
        risk="deletes",
    ),
    Control(
        id="CloudTrail.6",
        runbook="ConfigureS3BucketPublicAccessBlock",
        resource=BUCKET,
        ids={"CIS120": "2.3", "CIS140": "3.3"},
        note="The trail's bucket blocks public access.",
        risk="interrupts",
    ),
    access_logging("CloudTrail.7", {"CIS120": "2.6", "CIS140": "3.6", "CIS300": "3.4"}),
)
