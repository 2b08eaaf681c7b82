from asr_templates.embedded.runner import Aws, Change, Plan, Record, Refuse, Undo
from asr_templates.embedded.topics import topic

NAMESPACE = "LogMetrics"
TAGS = [{"Key": "ASR", "Value": "managed"}]


def plan(aws: Aws, MetricName: str, FilterPattern: str, AccountId: str, Region: str, Partition: str) -> Plan:
    """An alarm tells a topic when the log of a trail of all regions has events that match the pattern."""
    logs = aws("logs")
    if not MetricName or not FilterPattern:
        raise Refuse("give both MetricName and FilterPattern")
    group = group_of_trail(aws, AccountId, Region)
    name = f"ASR-{MetricName}"
    pages = logs.get_paginator("describe_metric_filters").paginate(logGroupName=group)
    filters = [found for page in pages for found in page["metricFilters"]]
    matching = [found for found in filters if plain_pattern(found["filterPattern"]) == plain_pattern(FilterPattern)]
    metrics = [metric for found in matching for metric in found["metricTransformations"]]
    alarms = [alarm for metric in metrics for alarm in telling_alarms(aws, metric)]
    if not alarms:
        require_no_alarm(aws, name)
        ours = {"metricName": MetricName, "metricNamespace": NAMESPACE}
        if not matching:
            if any(found["filterName"] == name for found in filters):
                raise Refuse(f"metric filter {name} of {group} has another pattern: mend or delete it")
            this = {"logGroupName": group, "filterName": name}
            counted = [{**ours, "metricValue": "1"}]
            these = {**this, "filterPattern": FilterPattern, "metricTransformations": counted}
            yield Change("logs", "put_metric_filter", these, undo=Undo("delete_metric_filter", this))
        topic_arn = f"arn:{Partition}:sns:{Region}:{AccountId}:ASR-LocalAlarmNotification"
        yield from topic(aws("sns"), topic_arn, alarms_publish(topic_arn, AccountId))
        this = {"AlarmName": name, "AlarmDescription": f"Counts, in {group}: {FilterPattern}"[:1024]}
        these = {**this, **alarm_on(metrics[0] if metrics else ours), "AlarmActions": [topic_arn], "Tags": TAGS}
        yield Change("cloudwatch", "put_metric_alarm", these, undo=Undo("delete_alarms", {"AlarmNames": [name]}))
    shown = ("AlarmName", "Namespace", "MetricName", "Statistic", "Period", "Threshold", "AlarmActions")
    return {
        "MetricFilters": [{"filterName": found["filterName"], "metrics": metric_names(found)} for found in matching],
        "Alarms": [{field: alarm.get(field) for field in shown} for alarm in alarms],
    }


def alarm_on(metric: Record) -> Record:
    """Return what an alarm watches: one event within five minutes.

    Source: Security Hub user guide, "CloudWatch controls", the alarm that each of them describes.
    """
    return {
        "Namespace": metric["metricNamespace"],
        "MetricName": metric["metricName"],
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": 1,
        "TreatMissingData": "notBreaching",
    }


def require_no_alarm(aws: Aws, name: str) -> None:
    """Refuse to overwrite an alarm that somebody has changed."""
    cloudwatch = aws("cloudwatch")
    pages = cloudwatch.get_paginator("describe_alarms").paginate(AlarmNames=[name])
    if any(page["MetricAlarms"] for page in pages):
        raise Refuse(f"alarm {name} is there, but for another metric or without a topic: mend or delete it")


def group_of_trail(aws: Aws, account: str, region: str) -> str:
    """Return the log group of this account and region to which a trail of all regions delivers."""
    cloudtrail = aws("cloudtrail")
    trails = [trail for trail in cloudtrail.describe_trails()["trailList"] if trail["IsMultiRegionTrail"]]
    for trail in trails:
        group = trail.get("CloudWatchLogsLogGroupArn", ":::::").split(":", 6)
        places = [trail["TrailARN"].split(":")[4], *group[3:5]]
        if places == [account, region, account] and cloudtrail.get_trail_status(Name=trail["TrailARN"])["IsLogging"]:
            return str(group[6].removesuffix(":*"))
    elsewhere = [f"{trail['Name']} in {trail['HomeRegion']}" for trail in trails if trail["HomeRegion"] != region]
    if elsewhere:
        raise Refuse(f"the trail of all regions is {elsewhere[0]}: the finding of that region is the one to remediate")
    raise Refuse(
        "no logging trail of all regions delivers to a log group here: remediate CloudTrail.1, then CloudTrail.5"
    )


def telling_alarms(aws: Aws, metric: Record) -> list[Record]:
    """Return the alarms of a metric that tell a topic."""
    cloudwatch = aws("cloudwatch")
    found = cloudwatch.describe_alarms_for_metric(Namespace=metric["metricNamespace"], MetricName=metric["metricName"])[
        "MetricAlarms"
    ]
    return [
        alarm for alarm in found if alarm["ActionsEnabled"] and any(":sns:" in each for each in alarm["AlarmActions"])
    ]


def plain_pattern(pattern: str) -> str:
    """Return a pattern without the space that means nothing in it."""
    return "".join(pattern.split())


def metric_names(found: Record) -> list[str]:
    """Return the metrics that a filter counts."""
    return [f"{metric['metricNamespace']}/{metric['metricName']}" for metric in found["metricTransformations"]]


def alarms_publish(topic_arn: str, account: str) -> Record:
    """Return the statement of the topic's policy that lets alarms of the account publish."""
    return {
        "Sid": "ASRAlarms",
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic_arn,
        "Condition": {
            "StringEquals": {"aws:SourceAccount": account},
        },
    }
