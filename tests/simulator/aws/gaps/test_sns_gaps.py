"""A topic shows what it logs of its deliveries."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

ACCOUNT = "111111111111"
ROLE = "arn:aws:iam::111111111111:role/logs"


@pytest.fixture
def sns(environment: Any) -> Any:
    return environment.session(ACCOUNT).client("sns", region_name="eu-west-1")


@pytest.fixture
def topic(sns: Any) -> str:
    return str(sns.create_topic(Name="orders")["TopicArn"])


def attributes(sns: Any, topic: str) -> Any:
    return sns.get_topic_attributes(TopicArn=topic)["Attributes"]


@pytest.mark.parametrize(
    ("name", "value"), [("HTTPFailureFeedbackRoleArn", ROLE), ("SQSSuccessFeedbackSampleRate", "100")]
)
def test_attribute_is_shown_until_it_is_emptied(sns: Any, topic: str, name: str, value: str) -> None:
    before = attributes(sns, topic)
    sns.set_topic_attributes(TopicArn=topic, AttributeName=name, AttributeValue=value)
    shown = attributes(sns, topic)
    sns.set_topic_attributes(TopicArn=topic, AttributeName=name, AttributeValue="")

    assert ({**before, name: value}, before) == (shown, attributes(sns, topic))


def test_topics_do_not_share_attributes(sns: Any, topic: str) -> None:
    sns.set_topic_attributes(TopicArn=topic, AttributeName="HTTPFailureFeedbackRoleArn", AttributeValue=ROLE)
    other = sns.create_topic(Name="other")["TopicArn"]

    assert "HTTPFailureFeedbackRoleArn" not in attributes(sns, other)


@pytest.mark.parametrize("rate", ["101", "-1", "all"])
def test_rate_is_a_percentage(sns: Any, topic: str, rate: str) -> None:
    with pytest.raises(ClientError, match="InvalidParameter"):
        sns.set_topic_attributes(TopicArn=topic, AttributeName="LambdaSuccessFeedbackSampleRate", AttributeValue=rate)


def test_other_attributes_are_as_moto_has_them(sns: Any, topic: str) -> None:
    sns.set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue="Orders")

    assert "Orders" == attributes(sns, topic)["DisplayName"]


def test_topic_that_does_not_exist_is_an_error(sns: Any) -> None:
    with pytest.raises(ClientError, match="NotFound"):
        sns.set_topic_attributes(
            TopicArn=f"arn:aws:sns:eu-west-1:{ACCOUNT}:gone",
            AttributeName="HTTPFailureFeedbackRoleArn",
            AttributeValue=ROLE,
        )
