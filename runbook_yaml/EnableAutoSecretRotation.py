from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Refuse, Undo
from asr_templates.embedded.secret_rotation import days_between, obstacle, schedule


def plan(aws: Aws, SecretARN: str, maximumAllowedRotationFrequency: int, DaysBetweenRotations: int) -> Plan:
    """The secret is rotated automatically, at least as often as the limit asks; a more frequent schedule stays."""
    secretsmanager = aws("secretsmanager")
    try:
        secret = secretsmanager.describe_secret(SecretId=SecretARN)
    except secretsmanager.exceptions.ResourceNotFoundException:
        raise Gone from None
    limit = maximumAllowedRotationFrequency
    is_enabled, former, days = bool(secret.get("RotationEnabled")), schedule(secret), days_between(secret)
    if limit and former and days is None:
        raise Refuse(f"the schedule {former.get('ScheduleExpression')} does not say how often it rotates the secret")
    is_too_rare = bool(limit and days and days > limit)
    if not is_enabled or is_too_rare:
        reason = obstacle(secret, SecretARN.split(":")[3])
        if reason:
            raise Refuse(reason)
        wanted = former
        if not former or is_too_rare:
            window = {"Duration": former["Duration"]} if "Duration" in former else {}
            wanted = {"AutomaticallyAfterDays": min(DaysBetweenRotations, limit or DaysBetweenRotations), **window}
        rotation = {"SecretId": SecretARN, "RotateImmediately": False}
        back = Undo("rotate_secret", {**rotation, "RotationRules": former})
        if not is_enabled:
            back = Undo("cancel_rotate_secret", {"SecretId": SecretARN})
        yield Change("secretsmanager", "rotate_secret", {**rotation, "RotationRules": wanted}, undo=back)
    return {"RotationEnabled": is_enabled, "RotationRules": former if is_enabled else None}
