from datetime import UTC, datetime, timedelta

from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Refuse, Undo

RECOVERY_DAYS = 30  # the longest that there is


def plan(aws: Aws, SecretARN: str, unusedForDays: int) -> Plan:
    """The secret, which nobody has read for longer than the limit, is scheduled for deletion."""
    secretsmanager = aws("secretsmanager")
    try:
        secret = secretsmanager.describe_secret(SecretId=SecretARN)
    except secretsmanager.exceptions.ResourceNotFoundException:
        raise Gone from None
    is_scheduled = bool(secret.get("DeletedDate"))
    if not is_scheduled:
        # Secrets Manager notes the day of the last access, and nothing for a secret that was never read.
        used = max(secret.get("LastAccessedDate") or secret["CreatedDate"], secret["CreatedDate"])
        if used >= datetime.now(UTC) - timedelta(days=unusedForDays):
            raise Refuse(f"the secret was created or read on {used:%Y-%m-%d}, within the last {unusedForDays} days")
        if secret.get("OwningService"):
            raise Refuse(f"the secret is managed by {secret['OwningService']}: remove it there")
        if secret.get("PrimaryRegion", SecretARN.split(":")[3]) != SecretARN.split(":")[3]:
            raise Refuse(f"the secret is a replica: stop its replication in {secret['PrimaryRegion']}")
        if secret.get("ReplicationStatus"):
            regions = ", ".join(sorted(replica["Region"] for replica in secret["ReplicationStatus"]))
            raise Refuse(f"the secret has replicas, which may be in use: remove those in {regions} first")
        these = {"SecretId": SecretARN, "RecoveryWindowInDays": RECOVERY_DAYS}
        yield Change("secretsmanager", "delete_secret", these, undo=Undo("restore_secret", {"SecretId": SecretARN}))
    return {"ScheduledForDeletion": is_scheduled}
