from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Record, Refuse, Undo
from asr_templates.embedded.topics import topic

OURS = "ASR-S3BucketNotifications"
KINDS = ("TopicConfigurations", "QueueConfigurations", "LambdaFunctionConfigurations")
EVENTS = [
    "s3:ReducedRedundancyLostObject",
    "s3:ObjectCreated:*",
    "s3:ObjectRemoved:*",
    "s3:ObjectRestore:*",
    "s3:Replication:*",
    "s3:LifecycleExpiration:*",
    "s3:LifecycleTransition",
    "s3:IntelligentTiering",
    "s3:ObjectTagging:*",
    "s3:ObjectAcl:Put",
]


def plan(aws: Aws, BucketName: str, AccountId: str, Region: str, Partition: str, eventTypes: list[str]) -> Plan:
    """The events of a bucket are sent somewhere: those that nobody receives yet, to a topic that is made for all."""
    s3 = aws("s3")
    try:
        found = s3.get_bucket_notification_configuration(Bucket=BucketName)
    except s3.exceptions.NoSuchBucket:
        raise Gone from None
    former = {name: found[name] for name in (*KINDS, "EventBridgeConfiguration") if found.get(name) is not None}
    sent = [event for kind in KINDS for each in former.get(kind, []) for event in each["Events"]]
    wanted = eventTypes or ([] if sent else EVENTS)
    lacking = [event for event in wanted if not any(covers(each, event) for each in sent)]
    if lacking:
        arn = f"arn:{Partition}:sns:{Region}:{AccountId}:{OURS}"
        topics = former.get("TopicConfigurations", [])
        mine = [event for each in topics if each.get("Id") == OURS for event in each["Events"]]
        overlap = [each for each in sent if each not in mine and any(covers(event, each) for event in lacking)]
        if overlap:
            raise Refuse(f"{overlap[0]} is sent elsewhere, and S3 sends no event twice: widen that notification")
        yield from topic(aws("sns"), arn, publishing(arn, AccountId, Partition))
        every = [*mine, *lacking]
        events = [each for each in every if not any(other != each and covers(other, each) for other in every)]
        others = [each for each in topics if each.get("Id") != OURS]
        extended = {**former, "TopicConfigurations": [*others, {"Id": OURS, "TopicArn": arn, "Events": events}]}
        # What others have set stays, even where its destination is gone: S3 would refuse all for it.
        skip = {"Bucket": BucketName, "SkipDestinationValidation": True}
        back = Undo("put_bucket_notification_configuration", {**skip, "NotificationConfiguration": former})
        these = {**skip, "NotificationConfiguration": extended}
        yield Change("s3", "put_bucket_notification_configuration", these, undo=back)
    return {"Notifications": former}


def covers(event: str, other: str) -> bool:
    """Whether an event type is another or, as s3:ObjectCreated:*, holds it."""
    return event == other or (event.endswith("*") and other.startswith(event[:-1]))


def publishing(topic_arn: str, account: str, partition: str) -> Record:
    """Return the statement that lets all buckets of the account publish to a topic; one is enough for any number."""
    return {
        "Sid": "ASRBucketNotifications",
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic_arn,
        "Condition": {
            "StringEquals": {"aws:SourceAccount": account},
            "ArnLike": {"aws:SourceArn": f"arn:{partition}:s3:::*"},
        },
    }
