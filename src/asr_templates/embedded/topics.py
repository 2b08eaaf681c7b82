"""Topics that remediations make, for plans: AWS services may publish to them, and the next run finds them again."""

import json
from typing import Any

from asr_templates.embedded.runner import Change, Plan, Record, Undo


def topic(sns: Any, arn: str, statement: Record) -> Plan:
    """Yield what a topic of ours lacks, to be there at all: a tag, and a statement of its policy.

    It stays when a run is undone, for others may use it by then: each way back only says its policy again. It has no
    key of KMS: AWS services cannot publish to a topic that is encrypted with the key that AWS has for topics.
    """
    try:
        policy = json.loads(sns.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"])
    except sns.exceptions.NotFoundException:
        policy = {}
    said = policy.get("Statement", [])
    statements = said if isinstance(said, list) else [said]
    others = [each for each in statements if each.get("Sid") != statement["Sid"]]
    extended = json.dumps({"Version": "2012-10-17", **policy, "Statement": [*others, statement]})
    these = {"TopicArn": arn, "AttributeName": "Policy", "AttributeValue": extended}
    stays = Undo("set_topic_attributes", these)
    if not policy:
        name = arn.rsplit(":", 1)[1]
        new = {"Name": name, "Attributes": {"Policy": extended}, "Tags": [{"Key": "ASR", "Value": "managed"}]}
        yield Change("sns", "create_topic", new, undo=stays)
    elif statement not in statements:
        yield Change("sns", "set_topic_attributes", these, undo=stays)
