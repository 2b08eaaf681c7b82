"""CreateLogMetricFilterAndAlarm: an alarm on events of the trail of all regions, unless there is one already."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import pytest

from asr_templates.catalog.cloudwatch import ALARMS
from asr_templates.simulator.aws.gaps import cloudtrail, logs, sns

RUNBOOK = "CreateLogMetricFilterAndAlarm"
PATTERN = "{($.eventName=StopLogging) || ($.eventName=DeleteTrail)}"
GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:events:*"


class Watch:
    """A trail of all regions with its log group; what watches there."""

    def __init__(self, account: str) -> None:
        self.these = {
            "MetricName": "TrailChanges",
            "FilterPattern": PATTERN,
            "AccountId": account,
            "Region": "us-east-1",
            "Partition": "aws",
        }
        self.logs = boto3.client("logs")
        self.cloudwatch = boto3.client("cloudwatch")
        self.cloudtrail = boto3.client("cloudtrail")
        boto3.client("s3").create_bucket(Bucket="audit")
        self.logs.create_log_group(logGroupName="events")

    def trail(self, **properties: Any) -> None:
        these = {"IsMultiRegionTrail": True, "CloudWatchLogsLogGroupArn": GROUP, **properties}
        self.cloudtrail.create_trail(Name="events", S3BucketName="audit", **these)
        self.cloudtrail.start_logging(Name="events")

    def count(self, name: str, pattern: str) -> None:
        metric = {"metricName": name, "metricNamespace": "Team", "metricValue": "1"}
        transformations = [metric]
        self.logs.put_metric_filter(
            logGroupName="events", filterName=name, filterPattern=pattern, metricTransformations=transformations
        )

    def alarm(self, name: str, metric: str, actions: list[str]) -> None:
        self.cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace="Team",
            MetricName=metric,
            AlarmActions=actions,
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )

    def describe(self) -> Any:
        filters = self.logs.describe_metric_filters(logGroupName="events")["metricFilters"]
        alarms = self.cloudwatch.describe_alarms()["MetricAlarms"]
        return (
            [(found["filterName"], found["filterPattern"]) for found in filters],
            [(alarm["AlarmName"], alarm["Namespace"], alarm["MetricName"]) for alarm in alarms],
        )


@pytest.fixture
def watch(account: str) -> Iterator[Watch]:
    with ExitStack() as stack:
        for gap in (cloudtrail, logs, sns):
            stack.enter_context(gap.installed())
        yield Watch(account)


def test_filter_and_alarm_are_made_and_go_again_while_others_stay(prove: Callable[..., Any], watch: Watch) -> None:
    watch.trail()
    watch.count("sessions", "login")
    watch.alarm("sessions", "sessions", [])

    def drift() -> None:
        watch.cloudwatch.delete_alarms(AlarmNames=["ASR-TrailChanges"])

    prove(RUNBOOK, watch.describe, drift, **watch.these)


@pytest.mark.parametrize("pattern", [PATTERN, PATTERN.replace("=", " = ").replace("{", "{ ")])
def test_filter_that_is_there_is_used_whatever_its_blanks(
    remediation: Callable[[str], Any], watch: Watch, pattern: str
) -> None:
    watch.trail()
    watch.count("mine", pattern)
    remediation(RUNBOOK)(**watch.these)

    assert ([("mine", pattern)], [("ASR-TrailChanges", "Team", "mine")]) == watch.describe()


def test_alarm_that_tells_a_topic_is_enough(remediation: Callable[[str], Any], watch: Watch) -> None:
    watch.trail()
    watch.count("mine", PATTERN)
    watch.alarm("mine", "mine", ["arn:aws:sns:us-east-1:123456789012:mine"])
    before = watch.describe()

    assert ("NoChange", before) == (remediation(RUNBOOK)(**watch.these)["Status"], watch.describe())


def test_alarm_that_tells_nobody_gets_one_that_does_beside_it(remediation: Callable[[str], Any], watch: Watch) -> None:
    watch.trail()
    watch.count("mine", PATTERN)
    watch.alarm("silent", "mine", [])
    remediation(RUNBOOK)(**watch.these)

    assert [("silent", "Team", "mine"), ("ASR-TrailChanges", "Team", "mine")] == watch.describe()[1]


def test_undo_of_one_control_keeps_the_topic_for_the_others(remediation: Callable[[str], Any], watch: Watch) -> None:
    watch.trail()
    run, other = remediation(RUNBOOK), {**watch.these, "MetricName": "Logins", "FilterPattern": "login"}
    first = run(**watch.these)
    run(**other)
    undone = run("Undo", first, **watch.these)

    topics = [topic["TopicArn"] for topic in boto3.client("sns").list_topics()["Topics"]]
    [alarm] = watch.cloudwatch.describe_alarms()["MetricAlarms"]
    assert ("Undone", "ASR-Logins", topics) == (undone["Status"], alarm["AlarmName"], alarm["AlarmActions"])


def refused(output: dict[str, Any]) -> str:
    assert ("Refused", []) == (output["Status"], output["Changes"])
    return str(output["Message"])


def test_filter_of_our_name_with_another_pattern_is_refused(remediation: Callable[[str], Any], watch: Watch) -> None:
    watch.trail()
    watch.count("ASR-TrailChanges", "login")
    expected = "metric filter ASR-TrailChanges of events has another pattern: mend or delete it"

    assert expected == refused(remediation(RUNBOOK)(**watch.these))


def test_alarm_of_our_name_on_another_metric_is_refused(remediation: Callable[[str], Any], watch: Watch) -> None:
    watch.trail()
    watch.alarm("ASR-TrailChanges", "sessions", [])
    expected = "alarm ASR-TrailChanges is there, but for another metric or without a topic: mend or delete it"

    assert expected == refused(remediation(RUNBOOK)(**watch.these))


NO_GROUP = "no logging trail of all regions delivers to a log group here: remediate CloudTrail.1, then CloudTrail.5"
ELSEWHERE = GROUP.replace("us-east-1", "eu-west-1")


@pytest.mark.parametrize(
    "properties",
    [{"IsMultiRegionTrail": False}, {"CloudWatchLogsLogGroupArn": ""}, {"CloudWatchLogsLogGroupArn": ELSEWHERE}],
    ids=["of one region", "without a log group", "log group of another region"],
)
def test_trail_whose_events_are_not_here_is_refused(
    remediation: Callable[[str], Any], watch: Watch, properties: dict[str, Any]
) -> None:
    watch.trail(**properties)

    assert NO_GROUP == refused(remediation(RUNBOOK)(**watch.these))


def test_trail_that_has_stopped_is_refused(remediation: Callable[[str], Any], watch: Watch) -> None:
    watch.trail()
    watch.cloudtrail.stop_logging(Name="events")

    assert NO_GROUP == refused(remediation(RUNBOOK)(**watch.these))


def test_finding_of_another_region_than_the_trails_is_refused(remediation: Callable[[str], Any], watch: Watch) -> None:
    watch.trail()
    expected = "the trail of all regions is events in us-east-1: the finding of that region is the one to remediate"

    assert expected == refused(remediation(RUNBOOK)(**{**watch.these, "Region": "eu-west-1"}))


def test_without_a_pattern_nothing_is_made(remediation: Callable[[str], Any], watch: Watch) -> None:
    watch.trail()

    assert "give both MetricName and FilterPattern" == refused(
        remediation(RUNBOOK)(**{**watch.these, "FilterPattern": ""})
    )


@pytest.mark.parametrize("control", ALARMS, ids=[control.id for control in ALARMS])
def test_pattern_of_a_control_is_one_that_cloudwatch_logs_takes(control: Any) -> None:
    """At most 1,024 characters, brackets in pairs, and nothing that Systems Manager takes for a variable."""
    pattern = control.inputs["FilterPattern"]

    assert len(pattern) <= 1024
    assert ("{", "}", pattern.count("(")) == (pattern[0], pattern[-1], pattern.count(")"))
    assert "{{" not in pattern


def test_each_control_counts_something_else() -> None:
    for name in ("MetricName", "FilterPattern"):
        assert 14 == len({control.inputs[name] for control in ALARMS})
