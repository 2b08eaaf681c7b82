from datetime import UTC, datetime, timedelta

from asr_templates.embedded.runner import Aws, Change, Gone, Pending, Plan, Refuse, Undo
from asr_templates.embedded.secret_rotation import days_between, obstacle, schedule


def plan(aws: Aws, SecretARN: str, maxDaysSinceRotation: int) -> Plan:
    """The secret was rotated within the limit, and its schedule rotates it as often; a more frequent one stays."""
    secretsmanager = aws("secretsmanager")
    try:
        secret = secretsmanager.describe_secret(SecretId=SecretARN)
    except secretsmanager.exceptions.ResourceNotFoundException:
        raise Gone from None
    limit = datetime.now(UTC) - timedelta(days=maxDaysSinceRotation)
    is_due = not secret.get("LastRotatedDate") or secret["LastRotatedDate"] < limit
    former, days = schedule(secret), days_between(secret)
    is_too_rare = days is not None and days > maxDaysSinceRotation
    versions = secret.get("VersionIdsToStages", {}).values()
    if any("AWSPENDING" in stages and "AWSCURRENT" not in stages for stages in versions):
        yield Pending("the rotation")
    elif is_due or is_too_rare:
        reason = obstacle(secret, SecretARN.split(":")[3])
        if reason or not secret.get("RotationEnabled"):
            raise Refuse(reason or "automatic rotation of the secret is off: switch it on first (SecretsManager.1)")
        window = {"Duration": former["Duration"]} if "Duration" in former else {}
        wanted = {"AutomaticallyAfterDays": maxDaysSinceRotation, **window} if is_too_rare else former
        rotation = {"SecretId": SecretARN, "RotationRules": wanted, "RotateImmediately": is_due}
        without_way_back = "the secret has a new value, and what it opens knows only that"
        back = Undo("rotate_secret", {"SecretId": SecretARN, "RotationRules": former, "RotateImmediately": False})
        yield Change("secretsmanager", "rotate_secret", rotation, undo=without_way_back if is_due else back)
    return {"RotatedInTime": not is_due, "RotationRules": former}
