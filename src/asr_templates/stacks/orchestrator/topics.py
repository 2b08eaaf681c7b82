"""Topics: one for the ends of executions, one for alarms."""

from troposphere import GetAtt, Ref, Template, cloudwatch, sns

from asr_templates.names import Names
from asr_templates.stacks.orchestrator.key import key_or
from asr_templates.stacks.roles import policy_document

NOTIFICATIONS = "NotificationsTopic"
ALARMS = "AlarmsTopic"


def add_topics(template: Template, names: Names) -> None:
    """Add the topics. CloudWatch cannot use alias/aws/sns, so the alarms' topic has the customer's key or none."""
    template.add_resource(
        sns.Topic(
            NOTIFICATIONS,
            TopicName=names.topic("Notifications"),
            KmsMasterKeyId=key_or(template, "alias/aws/sns"),
        )
    )
    template.add_resource(sns.Topic(ALARMS, TopicName=names.topic("Alarms"), KmsMasterKeyId=key_or(template)))
    template.add_resource(
        sns.TopicPolicy(
            "AlarmsTopicPolicy",
            Topics=[Ref(ALARMS)],
            PolicyDocument=policy_document(
                [
                    {
                        "Sid": "Alarms",
                        "Effect": "Allow",
                        "Principal": {"Service": "cloudwatch.amazonaws.com"},
                        "Action": "sns:Publish",
                        "Resource": Ref(ALARMS),
                        "Condition": {"StringEquals": {"aws:SourceAccount": Ref("AWS::AccountId")}},
                    }
                ]
            ),
        )
    )


def dead_letter_alarm(names: Names, queue_logical_id: str, purpose: str) -> cloudwatch.Alarm:
    """Return the alarm on a dead-letter queue.

    It looks at the messages that are there: those that SQS itself moves are not counted as sent (SQS developer guide,
    "Available CloudWatch metrics").
    """
    return cloudwatch.Alarm(
        f"{queue_logical_id}Alarm",
        AlarmName=names.queue(f"{purpose}-Dead-Letters"),
        AlarmDescription=f"Messages of {names.queue(purpose)} could not be worked on: look at its dead-letter queue.",
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Dimensions=[cloudwatch.MetricDimension(Name="QueueName", Value=GetAtt(queue_logical_id, "QueueName"))],
        Statistic="Maximum",
        Period=300,
        EvaluationPeriods=1,
        ComparisonOperator="GreaterThanThreshold",
        Threshold=0,
        TreatMissingData="notBreaching",
        AlarmActions=[Ref(ALARMS)],
        OKActions=[Ref(ALARMS)],
    )
