"""Controls of Amazon ElastiCache."""

from asr_templates.catalog.resource_ids import ACCOUNT, PARTITION, REGION
from asr_templates.model import Control, ResourceId

CLUSTER_NAME = r"[A-Za-z](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){0,49}"
GROUP_NAME = r"[A-Za-z](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){0,39}"
ELASTICACHE = rf"arn:{PARTITION}:elasticache:{REGION}:{ACCOUNT}"

CLUSTER = ResourceId(
    type="AWS::ElastiCache::CacheCluster",
    pattern=rf"^{ELASTICACHE}:cluster:({CLUSTER_NAME})$",
    parameter="ClusterId",
    good=(
        "arn:aws:elasticache:us-east-1:111111111111:cluster:a",
        "arn:aws:elasticache:il-central-1:111111111111:cluster:sessions-0001-001",
        f"arn:aws-cn:elasticache:cn-north-1:111111111111:cluster:{'a' * 50}",
        "arn:aws-us-gov:elasticache:us-gov-west-1:111111111111:cluster:Sessions2",
    ),
    bad=(
        "arn:aws:elasticache:us-east-1:111111111111:cluster:1sessions",
        "arn:aws:elasticache:us-east-1:111111111111:cluster:sessions-",
        "arn:aws:elasticache:us-east-1:111111111111:cluster:ses--sions",
        f"arn:aws:elasticache:us-east-1:111111111111:cluster:{'a' * 51}",
        "arn:aws:elasticache:us-east-1:111111111111:cluster:sessions\n",
        "arn:aws:elasticache:us-east-1:111111111111:replicationgroup:sessions",
        "sessions",
    ),
)

REPLICATION_GROUP = ResourceId(
    type="AWS::ElastiCache::ReplicationGroup",
    pattern=rf"^{ELASTICACHE}:replicationgroup:({GROUP_NAME})$",
    parameter="GroupId",
    good=(
        "arn:aws:elasticache:us-east-1:111111111111:replicationgroup:a",
        "arn:aws:elasticache:mx-central-1:111111111111:replicationgroup:sessions-2",
        f"arn:aws-cn:elasticache:cn-north-1:111111111111:replicationgroup:{'a' * 40}",
        "arn:aws-us-gov:elasticache:us-gov-west-1:111111111111:replicationgroup:Sessions2",
    ),
    bad=(
        "arn:aws:elasticache:us-east-1:111111111111:replicationgroup:1sessions",
        "arn:aws:elasticache:us-east-1:111111111111:replicationgroup:sessions-",
        f"arn:aws:elasticache:us-east-1:111111111111:replicationgroup:{'a' * 41}",
        "arn:aws:elasticache:us-east-1:111111111111:replicationgroup:sessions\n",
        "arn:aws:elasticache:us-east-1:111111111111:cluster:sessions",
        "arn:aws:elasticache::111111111111:globalreplicationgroup:sessions",
        "sessions",
    ),
)

CLUSTER_OR_GROUP = ResourceId(
    type="AWS::ElastiCache::CacheCluster",
    pattern=rf"^({ELASTICACHE}:(?:cluster:{CLUSTER_NAME}|replicationgroup:{GROUP_NAME}))$",
    parameter="ResourceARN",
    good=CLUSTER.good + REPLICATION_GROUP.good,
    bad=(
        "arn:aws:elasticache:us-east-1:111111111111:serverlesscache:sessions",
        "arn:aws:elasticache:us-east-1:111111111111:snapshot:sessions",
        "arn:aws:elasticache:us-east-1:111111111111:cluster:sessions\n",
        "arn:aws:elasticache:us-east-1:111111111111:replicationgroup:",
        f"arn:aws:elasticache:us-east-1:111111111111:replicationgroup:{'a' * 41}",
        "sessions",
    ),
)

CONTROLS = (
    Control(
        id="ElastiCache.1",
        runbook="EnableElastiCacheBackups",
        resource=CLUSTER_OR_GROUP,
        ids={"AFSBP": "ElastiCache.1", "NIST80053": "ElastiCache.1"},
        note="The cache is backed up daily, and its backups are kept for as long as the control asks.",
        inputs={"snapshotRetentionPeriod": 1},
        risk="costs",
    ),
    Control(
        id="ElastiCache.2",
        runbook="EnableElastiCacheVersionUpgrades",
        resource=CLUSTER,
        ids={"AFSBP": "ElastiCache.2", "NIST80053": "ElastiCache.2"},
        note="The cache cluster takes minor version upgrades by itself.",
    ),
    Control(
        id="ElastiCache.3",
        runbook="EnableElastiCacheReplicationGroupFailover",
        resource=REPLICATION_GROUP,
        ids={"AFSBP": "ElastiCache.3", "NIST80053": "ElastiCache.3"},
        note="The replication group promotes a replica by itself when a primary fails.",
    ),
)
