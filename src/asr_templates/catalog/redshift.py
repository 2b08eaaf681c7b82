"""Controls of Amazon Redshift."""

from asr_templates.catalog.resource_ids import ACCOUNT, PARTITION, REGION
from asr_templates.model import Control, ResourceId

CLUSTER = ResourceId(
    type="AWS::Redshift::Cluster",
    pattern=rf"^arn:{PARTITION}:redshift:{REGION}:{ACCOUNT}:cluster:([a-z](?:[a-z0-9]|-(?=[a-z0-9])){{0,62}})$",
    parameter="ClusterIdentifier",
    good=(
        "arn:aws:redshift:us-east-1:111111111111:cluster:a",
        "arn:aws:redshift:mx-central-1:111111111111:cluster:sales-2026",
        "arn:aws:redshift:ap-southeast-5:111111111111:cluster:a-b-c-1",
        f"arn:aws-cn:redshift:cn-northwest-1:111111111111:cluster:{'a' * 63}",
        "arn:aws-us-gov:redshift:us-gov-east-1:111111111111:cluster:redshift-cluster-1",
    ),
    bad=(
        "arn:aws:redshift:us-east-1:111111111111:cluster:1sales",
        "arn:aws:redshift:us-east-1:111111111111:cluster:Sales",
        "arn:aws:redshift:us-east-1:111111111111:cluster:sales-",
        "arn:aws:redshift:us-east-1:111111111111:cluster:sa--les",
        f"arn:aws:redshift:us-east-1:111111111111:cluster:{'a' * 64}",
        "arn:aws:redshift:us-east-1:111111111111:cluster:sales\n",
        "arn:aws:redshift:us-east-1:111111111111:namespace:0f0c2b5e-5a5e-4d4f-9d3b-0c1a2b3c4d5e",
        "arn:aws:redshift-serverless:us-east-1:111111111111:workgroup/sales",
        "sales",
    ),
)

CONTROLS = (
    Control(
        id="Redshift.1",
        runbook="DisablePublicAccessToRedshiftCluster",
        resource=CLUSTER,
        ids={"AFSBP": "Redshift.1", "NIST80053": "Redshift.1", "PCI321": "PCI.Redshift.1"},
        note="The Redshift cluster cannot be reached from outside of its VPC any more.",
        risk="interrupts",
    ),
    Control(
        id="Redshift.3",
        runbook="EnableAutomaticSnapshotsOnRedshiftCluster",
        resource=CLUSTER,
        ids={"AFSBP": "Redshift.3", "NIST80053": "Redshift.3"},
        note="The Redshift cluster keeps its automated snapshots for as long as the control asks.",
        inputs={"MinRetentionPeriod": 7},
        risk="costs",
    ),
    Control(
        id="Redshift.4",
        runbook="EnableRedshiftClusterAuditLogging",
        resource=CLUSTER,
        ids={"AFSBP": "Redshift.4", "NIST80053": "Redshift.4"},
        note="The Redshift cluster writes its audit log to CloudWatch Logs, below /aws/redshift/cluster/.",
        risk="costs",
    ),
    Control(
        id="Redshift.6",
        runbook="EnableAutomaticVersionUpgradeOnRedshiftCluster",
        resource=CLUSTER,
        ids={"AFSBP": "Redshift.6", "NIST80053": "Redshift.6"},
        note="The Redshift cluster takes major version upgrades in its maintenance window.",
    ),
)
