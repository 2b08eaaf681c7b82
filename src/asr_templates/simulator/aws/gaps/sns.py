"""SNS: the attributes of a topic that have delivery status logged.

Source: SNS API reference, SetTopicAttributes and GetTopicAttributes: `<protocol>SuccessFeedbackRoleArn`,
`<protocol>SuccessFeedbackSampleRate`, `<protocol>FailureFeedbackRoleArn`. An empty value takes an attribute away.
moto keeps them and does not show them.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from moto.core.responses import ActionResult, EmptyResult
from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.models import Topic
from moto.sns.responses import SNSResponse

FEEDBACK = re.compile(
    r"(?:Application|Firehose|HTTP|Lambda|SQS)"
    r"(?:SuccessFeedbackRoleArn|SuccessFeedbackSampleRate|FailureFeedbackRoleArn)"
)


@contextmanager
def installed() -> Iterator[None]:
    """Mend moto's topic attributes."""
    show, assign = SNSResponse.get_topic_attributes, SNSResponse.set_topic_attributes

    def get_topic_attributes(self: SNSResponse) -> ActionResult:
        answer = show(self)
        answer.result["Attributes"].update(_feedback(_topic(self)))
        return answer

    def set_topic_attributes(self: SNSResponse) -> ActionResult:
        name, value = self._get_param("AttributeName"), self._get_param("AttributeValue")
        if not FEEDBACK.fullmatch(name):
            return assign(self)
        if value and name.endswith("SampleRate") and not (value.isdigit() and int(value) <= 100):
            raise SNSInvalidParameter(f"Invalid parameter: {name} is not from 0 to 100")
        feedback = _feedback(_topic(self))
        feedback.pop(name, None)
        if value:
            feedback[name] = value
        return EmptyResult()

    with (
        mock.patch.object(Topic, "feedback", None, create=True),
        mock.patch.object(SNSResponse, "get_topic_attributes", get_topic_attributes),
        mock.patch.object(SNSResponse, "set_topic_attributes", set_topic_attributes),
    ):
        yield


def _topic(request: SNSResponse) -> Topic:
    return request.backend.get_topic(request._get_param("TopicArn"))


def _feedback(topic: Topic) -> dict[str, str]:
    """The attributes of a topic that are about delivery status."""
    if topic.feedback is None:
        topic.feedback = {}
    feedback: dict[str, str] = topic.feedback
    return feedback
