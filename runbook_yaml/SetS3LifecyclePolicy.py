from asr_templates.embedded.buckets import missing
from asr_templates.embedded.runner import Aws, Change, Plan, Record, Refuse, Undo

OURS = "ASR-Lifecycle"
ABORT_DAYS = 7
TRANSITION_DAYS = 30
RULES = 1000  # S3 user guide, "Setting an S3 Lifecycle configuration on a bucket"
INFREQUENT_ACCESS = ("STANDARD_IA", "ONEZONE_IA")  # no transition before an object is 30 days old


def plan(
    aws: Aws,
    BucketName: str,
    targetTransitionDays: int,
    targetExpirationDays: int,
    targetTransitionStorageClass: str,
) -> Plan:
    """A bucket has an active lifecycle rule, with the days and the storage class that are asked for."""
    s3 = aws("s3")
    try:
        found = s3.get_bucket_lifecycle_configuration(Bucket=BucketName)
    except s3.exceptions.ClientError as error:
        missing(error, "NoSuchLifecycleConfiguration")
        found = {"Rules": []}
    rules = found["Rules"]
    asked = (targetTransitionDays, targetExpirationDays, targetTransitionStorageClass)
    if not any(fits(rule, *asked) for rule in rules):
        others = [rule for rule in rules if rule.get("ID") != OURS]
        if len(others) >= RULES:
            raise Refuse(f"the bucket has {len(others)} lifecycle rules, and S3 takes no more")
        # S3 does not take rules with a filter beside rules with a mere prefix, which is the older form.
        everything = {"Prefix": ""}
        scope = everything if any("Prefix" in rule for rule in others) else {"Filter": everything}
        ours = {"ID": OURS, "Status": "Enabled", **scope, **actions(*asked)}
        kept = {name: found[name] for name in ("TransitionDefaultMinimumObjectSize",) if name in found}
        former, extended = {"Rules": rules}, {"Rules": [*others, ours]}
        these = {"Bucket": BucketName, **kept, "LifecycleConfiguration": extended}
        back = Undo("put_bucket_lifecycle_configuration", {**these, "LifecycleConfiguration": former})
        if not rules:
            back = Undo("delete_bucket_lifecycle", {"Bucket": BucketName})
        yield Change("s3", "put_bucket_lifecycle_configuration", these, undo=back)
    return {"Rules": rules}


def fits(rule: Record, transition_days: int, expiration_days: int, storage_class: str) -> bool:
    """Whether a rule is active and has all that is asked for; 0 and an empty text ask for nothing."""
    expires = not expiration_days or rule.get("Expiration", {}).get("Days") == expiration_days
    moves = not (transition_days or storage_class) or any(
        transition_days in (0, step.get("Days")) and storage_class in ("", step["StorageClass"])
        for step in rule.get("Transitions", [])
    )
    return bool(rule["Status"] == "Enabled" and expires and moves)


def actions(transition_days: int, expiration_days: int, storage_class: str) -> Record:
    """Return what our rule does; asked for nothing, it only cleans up uploads that nobody has completed."""
    days, name = transition_days or TRANSITION_DAYS, storage_class or "INTELLIGENT_TIERING"
    moves = bool(transition_days or storage_class)
    if moves and days < TRANSITION_DAYS and name in INFREQUENT_ACCESS:
        raise Refuse(f"S3 moves nothing to {name} in less than {TRANSITION_DAYS} days: correct targetTransitionDays")
    if moves and expiration_days and expiration_days <= days:
        raise Refuse(
            f"objects would expire after {expiration_days} days, and move after {days}: correct the parameters"
        )
    wanted: Record = {}
    if moves:
        wanted["Transitions"] = [{"Days": days, "StorageClass": name}]
    if expiration_days:
        wanted["Expiration"] = {"Days": expiration_days}
    if not wanted:
        wanted["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": ABORT_DAYS}
    return wanted
