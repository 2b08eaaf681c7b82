import hashlib
import json

from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Record, Refuse, Undo

TAGS = [{"Key": "ASR", "Value": "managed"}]


def plan(aws: Aws, TrailName: str, AccountId: str, Region: str, Partition: str) -> Plan:
    """A trail delivers its events to a log group as well, under a role that can do nothing else."""
    cloudtrail = aws("cloudtrail")
    logs = aws("logs")
    try:
        trail = cloudtrail.get_trail(Name=TrailName)["Trail"]
    except cloudtrail.exceptions.TrailNotFoundException:
        raise Gone from None
    delivers = {name: trail.get(name) for name in ("CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn")}
    if delivers["CloudWatchLogsLogGroupArn"]:
        return delivers
    group = f"ASR-CloudTrail/{TrailName}"
    group_arn = f"arn:{Partition}:logs:{Region}:{AccountId}:log-group:{group}"
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=group)
    if not any(found["logGroupName"] == group for page in pages for found in page["logGroups"]):
        tags = {"ASR": "managed"}
        # The group stays when this is undone, for it holds events by then: its way back only says its tags again.
        stays = Undo("tag_resource", {"resourceArn": group_arn, "tags": tags})
        yield Change("logs", "create_log_group", {"logGroupName": group, "tags": tags}, undo=stays)
    role = f"ASR-CloudTrail-{Region}-{hashlib.sha256(trail['TrailARN'].encode()).hexdigest()[:12]}"
    yield from delivery_role(aws, role, trail["TrailARN"], f"{group_arn}:log-stream:*")
    role_arn = f"arn:{Partition}:iam::{AccountId}:role/{role}"
    to = {"CloudWatchLogsLogGroupArn": f"{group_arn}:*", "CloudWatchLogsRoleArn": role_arn}
    back = Undo("update_trail", {"Name": TrailName, "CloudWatchLogsLogGroupArn": "", "CloudWatchLogsRoleArn": ""})
    yield Change("cloudtrail", "update_trail", {"Name": TrailName, **to}, undo=back)
    return delivers


def delivery_role(aws: Aws, name: str, trail_arn: str, streams: str) -> Plan:
    """Yield what is missing of the role under which a trail writes into its log group."""
    iam = aws("iam")
    if not role_exists(aws, name):
        these = {
            "RoleName": name,
            "Description": f"Lets {trail_arn} write into its log group"[:1000],
            "AssumeRolePolicyDocument": json.dumps(allowed("sts:AssumeRole", trust(trail_arn))),
            "Tags": TAGS,
        }
        yield Change("iam", "create_role", these, undo=Undo("delete_role", {"RoleName": name}))
    this = {"RoleName": name, "PolicyName": "Deliver"}
    try:
        iam.get_role_policy(RoleName=name, PolicyName="Deliver")
    except iam.exceptions.NoSuchEntityException:
        policy = json.dumps(allowed(["logs:CreateLogStream", "logs:PutLogEvents"], {"Resource": streams}))
        back = Undo("delete_role_policy", this)
        yield Change("iam", "put_role_policy", {**this, "PolicyDocument": policy}, undo=back)


def role_exists(aws: Aws, name: str) -> bool:
    """Return whether our role is there; one of this name that is not ours is refused."""
    iam = aws("iam")
    try:
        role = iam.get_role(RoleName=name)["Role"]
    except iam.exceptions.NoSuchEntityException:
        return False
    if not any(tag["Key"] == "ASR" for tag in role.get("Tags", [])):
        raise Refuse(f"role {name} is there without the tag ASR, so it is another's: rename or tag it")
    return True


def trust(trail_arn: str) -> Record:
    """Return the part of a trust policy that lets CloudTrail in for one trail."""
    return {
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Condition": {
            "StringEquals": {"aws:SourceArn": trail_arn},
        },
    }


def allowed(action: str | list[str], rest: Record) -> Record:
    """Return a policy of one statement."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, **rest}]}
