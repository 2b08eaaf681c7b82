"""Controls of Amazon RDS."""

from asr_templates.catalog.resource_ids import ACCOUNT, DB_INSTANCE, PARTITION, REGION
from asr_templates.model import Control, ResourceId

DB_CLUSTER = ResourceId(
    type="AWS::RDS::DBCluster",
    pattern=rf"^(arn:{PARTITION}:rds:{REGION}:{ACCOUNT}:cluster:[A-Za-z](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){{0,62}})$",
    parameter="RDSClusterARN",
    good=(
        "arn:aws:rds:us-east-1:111111111111:cluster:a",
        "arn:aws:rds:il-central-1:111111111111:cluster:orders-1",
        "arn:aws:rds:mx-central-1:111111111111:cluster:database-1",
        f"arn:aws-cn:rds:cn-north-1:111111111111:cluster:{'a' * 63}",
        "arn:aws-us-gov:rds:us-gov-east-1:111111111111:cluster:database-2",
    ),
    bad=(
        "arn:aws:rds:us-east-1:111111111111:db:orders",
        "arn:aws:rds:us-east-1:111111111111:cluster:1orders",
        "arn:aws:rds:us-east-1:111111111111:cluster:orders-",
        "arn:aws:rds:us-east-1:111111111111:cluster:or--ders",
        "arn:aws:rds:us-east-1:111111111111:cluster-snapshot:orders",
        f"arn:aws:rds:us-east-1:111111111111:cluster:{'a' * 64}",
        "arn:aws:rds:us-east-1:111111111111:cluster:orders\n",
    ),
)

DB_SNAPSHOT_PATTERN = (
    rf"^(arn:{PARTITION}:rds:{REGION}:{ACCOUNT}:(?:cluster-)?snapshot:"
    rf"(?:[a-z]+:)?[A-Za-z](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){{0,254}})$"
)
DB_SNAPSHOT_GOOD = (
    "arn:aws:rds:us-east-1:111111111111:snapshot:a",
    "arn:aws:rds:il-central-1:111111111111:snapshot:rds:orders-2026-01-01-05-10",
    "arn:aws:rds:mx-central-1:111111111111:cluster-snapshot:rds:orders-2026-01-01-05-10",
    "arn:aws:rds:eu-west-1:111111111111:snapshot:awsbackup:job-0d0f1a2b-3c4d-5e6f-7a8b-9c0d1e2f3a4b",
    f"arn:aws-cn:rds:cn-north-1:111111111111:cluster-snapshot:{'a' * 255}",
    "arn:aws-us-gov:rds:us-gov-east-1:111111111111:snapshot:before-upgrade-2",
)
DB_SNAPSHOT_BAD = (
    "arn:aws:rds:us-east-1:111111111111:db:orders",
    "arn:aws:rds:us-east-1:111111111111:snapshot:1orders",
    "arn:aws:rds:us-east-1:111111111111:snapshot:orders-",
    "arn:aws:rds:us-east-1:111111111111:snapshot:or--ders",
    "arn:aws:rds:us-east-1:111111111111:snapshot:rds:",
    f"arn:aws:rds:us-east-1:111111111111:snapshot:{'a' * 256}",
    "arn:aws:rds:us-east-1:111111111111:snapshot:orders\n",
)

# A finding is about the snapshot of an instance or of a cluster; the ARN says which.
SHARED_SNAPSHOT = ResourceId(
    type="AWS::RDS::DBSnapshot",
    pattern=DB_SNAPSHOT_PATTERN,
    parameter="DBSnapshotId",
    good=DB_SNAPSHOT_GOOD,
    bad=DB_SNAPSHOT_BAD,
)
PLAIN_SNAPSHOT = ResourceId(
    type="AWS::RDS::DBSnapshot",
    pattern=DB_SNAPSHOT_PATTERN,
    parameter="SourceDBSnapshotIdentifier",
    good=DB_SNAPSHOT_GOOD,
    bad=DB_SNAPSHOT_BAD,
)

CONTROLS = (
    Control(
        id="RDS.1",
        runbook="MakeRDSSnapshotPrivate",
        resource=SHARED_SNAPSHOT,
        ids={
            "AFSBP": "RDS.1",
            "NIST80053": "RDS.1",
            "PCI321": "PCI.RDS.1",
        },
        note="The snapshot is no longer shared with everybody. Accounts that it names keep their share.",
        risk="interrupts",
    ),
    Control(
        id="RDS.2",
        runbook="DisablePublicAccessToRDSInstance",
        resource=DB_INSTANCE,
        ids={
            "AFSBP": "RDS.2",
            "CIS300": "2.3.3",
            "NIST80053": "RDS.2",
            "PCI321": "PCI.RDS.2",
        },
        note="The DB instance is no longer publicly accessible.",
        risk="interrupts",
    ),
    Control(
        id="RDS.4",
        runbook="EncryptRDSSnapshot",
        resource=PLAIN_SNAPSHOT,
        ids={"AFSBP": "RDS.4", "NIST80053": "RDS.4"},
        note="An encrypted copy of the snapshot exists. Delete the unencrypted one when nobody needs it any more.",
        inputs={"KmsKeyId": "alias/aws/rds", "Retire": False},
        risk="deletes",
        workflow="NOTIFIED",
    ),
    Control(
        id="RDS.5",
        runbook="EnableMultiAZOnRDSInstance",
        resource=DB_INSTANCE,
        ids={"AFSBP": "RDS.5", "NIST80053": "RDS.5"},
        note="The DB instance has a standby in a second Availability Zone.",
        risk="costs",
    ),
    Control(
        id="RDS.6",
        runbook="EnableEnhancedMonitoringOnRDSInstance",
        resource=DB_INSTANCE,
        ids={"AFSBP": "RDS.6", "NIST80053": "RDS.6"},
        note="Switched on enhanced monitoring of the DB instance.",
        # Security Hub has no default: any interval will do.
        inputs={"monitoringInterval": 0},
        risk="costs",
    ),
    Control(
        id="RDS.7",
        runbook="EnableRDSClusterDeletionProtection",
        resource=DB_CLUSTER,
        ids={"AFSBP": "RDS.7", "NIST80053": "RDS.7"},
        note="The DB cluster is protected from deletion.",
    ),
    Control(
        id="RDS.8",
        runbook="EnableRDSInstanceDeletionProtection",
        resource=DB_INSTANCE,
        ids={"AFSBP": "RDS.8", "NIST80053": "RDS.8"},
        note="The DB instance is protected from deletion.",
    ),
    Control(
        id="RDS.13",
        runbook="EnableMinorVersionUpgradeOnRDSDBInstance",
        resource=DB_INSTANCE,
        ids={"AFSBP": "RDS.13", "CIS300": "2.3.2", "NIST80053": "RDS.13"},
        note="The DB instance upgrades itself to new minor versions in its maintenance window.",
        risk="interrupts",
    ),
    Control(
        id="RDS.16",
        runbook="EnableCopyTagsToSnapshotOnRDSCluster",
        resource=DB_CLUSTER,
        ids={"AFSBP": "RDS.16", "NIST80053": "RDS.16"},
        note="The DB cluster copies its tags to its snapshots.",
    ),
)
