"""CloudWatch: alarms and dashboards."""

from collections.abc import Mapping
from typing import Any

from asr_templates.simulator.aws.cloudformation.creation import Creation
from asr_templates.simulator.aws.cloudformation.resources.handler import (
    Handler,
    Properties,
    document_content,
    given,
    handler,
    refuse_existing,
)
from asr_templates.simulator.aws.cloudformation.stack import Created

ALARM_PROPERTIES = (
    "ActionsEnabled AlarmActions AlarmDescription ComparisonOperator DatapointsToAlarm Dimensions "
    "EvaluateLowSampleCountPercentile EvaluationPeriods ExtendedStatistic InsufficientDataActions MetricName Metrics "
    "Namespace OKActions Period Statistic Tags Threshold ThresholdMetricId TreatMissingData Unit"
)


def _create_alarm(creation: Creation, properties: Properties) -> Created:
    cloudwatch = creation.clients("cloudwatch")
    name = properties.get("AlarmName") or creation.generated_name(255)
    refuse_existing(creation, name, bool(cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]))
    cloudwatch.put_metric_alarm(AlarmName=name, **given(properties, ALARM_PROPERTIES))
    return Created(name, {"Arn": creation.arn("cloudwatch", f"alarm:{name}")})


def _create_dashboard(creation: Creation, properties: Properties) -> Created:
    cloudwatch = creation.clients("cloudwatch")
    name = properties.get("DashboardName") or creation.generated_name(255)
    document_content(properties["DashboardBody"], "DashboardBody")
    refuse_existing(creation, name, _has_dashboard(cloudwatch, name))
    cloudwatch.put_dashboard(DashboardName=name, DashboardBody=properties["DashboardBody"])
    return Created(name, {})


def _has_dashboard(cloudwatch: Any, name: str) -> bool:
    listed = cloudwatch.list_dashboards(DashboardNamePrefix=name)["DashboardEntries"]
    return any(entry["DashboardName"] == name for entry in listed)


HANDLERS: Mapping[str, Handler] = {
    "AWS::CloudWatch::Alarm": handler(_create_alarm, f"AlarmName {ALARM_PROPERTIES}"),
    "AWS::CloudWatch::Dashboard": handler(_create_dashboard, "DashboardName DashboardBody"),
}
