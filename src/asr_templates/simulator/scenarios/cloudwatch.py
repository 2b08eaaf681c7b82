"""Broken resources of Amazon CloudWatch."""

import json
import uuid
from functools import partial
from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario
from asr_templates.simulator.scenarios.cloudtrail import audit_bucket

TRAIL = "account-events"
"""The name of the trail and its log group, and the beginning of its bucket's and its role's."""

OWN_FILTER = "sessions"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


def group_that_forgets(place: Place) -> str:
    """A log group that keeps its events for a month, beside one whose name is longer."""
    logs = place.client("logs")
    name = f"/orders/{uuid.uuid4().hex[:8]}"
    for group in (name, f"{name}/audit"):
        logs.create_log_group(logGroupName=group, tags={"team": "orders"})
        logs.put_retention_policy(logGroupName=group, retentionInDays=30)
    return place.arn("logs", f"log-group:{name}:*")


def group_name(resource_id: str) -> str:
    """Return the name in a log group's ARN."""
    return resource_id.split(":log-group:", 1)[1].removesuffix(":*")


def log_groups(place: Place, resource_id: str) -> list[dict[str, Any]]:
    """Return the group and those whose names begin with its own."""
    pages = place.client("logs").get_paginator("describe_log_groups")
    return [group for page in pages.paginate(logGroupNamePrefix=group_name(resource_id)) for group in page["logGroups"]]


def remembers(place: Place, resource_id: str) -> bool:
    """The group keeps events for a year; its neighbour is as it was."""
    return [group["retentionInDays"] for group in log_groups(place, resource_id)] == [365, 30]


def keep_otherwise(place: Place, resource_id: str) -> None:
    """Someone chooses another time."""
    place.client("logs").put_retention_policy(logGroupName=group_name(resource_id), retentionInDays=400)


def unwatched_account(place: Place) -> str:
    """An account whose trail of all regions delivers to a log group, in which only a team's own filter counts."""
    s3, logs, iam, cloudtrail = (place.client(service) for service in ("s3", "logs", "iam", "cloudtrail"))
    bucket = f"{TRAIL}-{place.account}-{place.region}"
    forget_trails(place)
    forget_alarms(place)
    if bucket not in [each["Name"] for each in s3.list_buckets()["Buckets"]]:
        audit_bucket(place, bucket)
        logs.create_log_group(logGroupName=TRAIL)
        iam.create_role(RoleName=bucket, AssumeRolePolicyDocument=json.dumps(TRUST))
    cloudtrail.create_trail(
        Name=TRAIL,
        S3BucketName=bucket,
        IsMultiRegionTrail=True,
        CloudWatchLogsLogGroupArn=place.arn("logs", f"log-group:{TRAIL}:*"),
        CloudWatchLogsRoleArn=iam.get_role(RoleName=bucket)["Role"]["Arn"],
    )
    cloudtrail.start_logging(Name=TRAIL)
    sessions = {"metricName": "Sessions", "metricNamespace": "Orders", "metricValue": "1"}
    own = {"filterName": OWN_FILTER, "filterPattern": "login", "metricTransformations": [sessions]}
    logs.put_metric_filter(logGroupName=TRAIL, **own)
    return place.account_resource


def forget_trails(place: Place) -> None:
    """Delete the trails of all regions."""
    for trail in place.client("cloudtrail").describe_trails()["trailList"]:
        if trail["IsMultiRegionTrail"]:
            home = place.cloud.client("cloudtrail", account=place.account, region=trail["HomeRegion"])
            home.delete_trail(Name=trail["Name"])


def forget_alarms(place: Place) -> None:
    """Delete what earlier remediations made: the topic, its alarms, and the filters in the trail's log group."""
    logs, cloudwatch, sns = place.client("logs"), place.client("cloudwatch"), place.client("sns")
    for alarm in alarms(place):
        cloudwatch.delete_alarms(AlarmNames=[alarm["AlarmName"]])
    for topic in sns.list_topics()["Topics"]:
        if topic["TopicArn"].endswith(":ASR-LocalAlarmNotification"):
            sns.delete_topic(TopicArn=topic["TopicArn"])
    if logs.describe_log_groups(logGroupNamePrefix=TRAIL)["logGroups"]:
        for found in filters(place):
            logs.delete_metric_filter(logGroupName=TRAIL, filterName=found["filterName"])


def filters(place: Place) -> list[dict[str, Any]]:
    """Return the metric filters of the trail's log group."""
    pages = place.client("logs").get_paginator("describe_metric_filters").paginate(logGroupName=TRAIL)
    return [found for page in pages for found in page["metricFilters"]]


def alarms(place: Place) -> list[dict[str, Any]]:
    """Return the alarms of the region."""
    pages = place.client("cloudwatch").get_paginator("describe_alarms").paginate()
    return [alarm for page in pages for alarm in page["MetricAlarms"]]


def watch(place: Place, resource_id: str) -> dict[str, Any]:
    """Return all that watches."""
    names = [found["filterName"] for found in filters(place)]
    return {"Filters": names, "Alarms": [alarm["AlarmName"] for alarm in alarms(place)]}


def is_watched(sign: str, place: Place, resource_id: str) -> bool:
    """Beside the team's own filter one counts the control's events, and its alarm tells a topic that takes messages."""
    counted = [found for found in filters(place) if found["filterName"] != OWN_FILTER]
    if len(counted) != 1 or len(filters(place)) != 2 or sign not in counted[0]["filterPattern"]:
        return False
    [metric] = counted[0]["metricTransformations"]
    telling = [
        alarm
        for alarm in alarms(place)
        if (alarm["Namespace"], alarm["MetricName"]) == (metric["metricNamespace"], metric["metricName"])
    ]
    [topic_arn] = telling[0]["AlarmActions"]
    policy = place.client("sns").get_topic_attributes(TopicArn=topic_arn)["Attributes"]["Policy"]
    return len(telling) == 1 and telling[0]["Threshold"] == 1 and "cloudwatch.amazonaws.com" in policy


def stop_watching(place: Place, resource_id: str) -> None:
    """Someone deletes the alarm."""
    place.client("cloudwatch").delete_alarms(AlarmNames=[alarm["AlarmName"] for alarm in alarms(place)])


SIGNS = {
    "CloudWatch.1": "Root",
    "CloudWatch.2": "UnauthorizedOperation",
    "CloudWatch.3": "MFAUsed",
    "CloudWatch.4": "AttachUserPolicy",
    "CloudWatch.5": "StopLogging",
    "CloudWatch.6": "Failed authentication",
    "CloudWatch.7": "ScheduleKeyDeletion",
    "CloudWatch.8": "DeleteBucketPolicy",
    "CloudWatch.9": "StopConfigurationRecorder",
    "CloudWatch.10": "AuthorizeSecurityGroupIngress",
    "CloudWatch.11": "ReplaceNetworkAclEntry",
    "CloudWatch.12": "AttachInternetGateway",
    "CloudWatch.13": "ReplaceRoute",
    "CloudWatch.14": "AcceptVpcPeeringConnection",
}
"""Control -> a part of the pattern that only its own has."""

SCENARIOS = {
    "CloudWatch.16": Scenario(group_that_forgets, remembers, log_groups, keep_otherwise),
    **{
        control_id: Scenario(unwatched_account, partial(is_watched, sign), watch, stop_watching)
        for control_id, sign in SIGNS.items()
    },
}
