from asr_templates.embedded.redshift_clusters import cluster_of, must_be_available
from asr_templates.embedded.runner import Aws, Change, Plan, Undo

# What a log bucket would get. User activity comes only where the cluster's parameter group has it switched on.
LOGS = ["connectionlog", "useractivitylog", "userlog"]


def plan(aws: Aws, ClusterIdentifier: str) -> Plan:
    """A Redshift cluster writes an audit log: to CloudWatch Logs, unless it has a destination of its own."""
    redshift = aws("redshift")
    cluster = cluster_of(redshift, ClusterIdentifier)
    status = redshift.describe_logging_status(ClusterIdentifier=ClusterIdentifier)
    if not status["LoggingEnabled"]:
        must_be_available(cluster)
        these = {"ClusterIdentifier": ClusterIdentifier, "LogDestinationType": "cloudwatch", "LogExports": LOGS}
        back = Undo("disable_logging", {"ClusterIdentifier": ClusterIdentifier})
        yield Change("redshift", "enable_logging", these, undo=back)
        return {"Logging": None}
    logging = {name: status.get(name) for name in ("BucketName", "S3KeyPrefix", "LogDestinationType", "LogExports")}
    return {"Logging": logging}
