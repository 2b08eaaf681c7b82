import json

from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Record, Refuse, Undo


def plan(aws: Aws, TopicArn: str, KmsKeyArn: str) -> Plan:
    """An SNS topic encrypts its messages; a key that it has stays."""
    sns = aws("sns")
    try:
        attributes = sns.get_topic_attributes(TopicArn=TopicArn)["Attributes"]
    except sns.exceptions.NotFoundException:
        raise Gone from None
    key = attributes.get("KmsMasterKeyId", "")
    if not key and not KmsKeyArn:
        services = publishing_services(json.loads(attributes["Policy"]))
        pages = (
            aws("cloudwatch")
            .get_paginator("describe_alarms")
            .paginate(ActionPrefix=TopicArn, AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        )
        if any(page["MetricAlarms"] or page["CompositeAlarms"] for page in pages):
            services.append("cloudwatch.amazonaws.com")
        if services:
            raise Refuse(f"{services[0]} publishes to it and could not use AWS's own key: give a key as KmsKeyArn")
    if not key:
        these = {"TopicArn": TopicArn, "AttributeName": "KmsMasterKeyId"}
        back = Undo("set_topic_attributes", {**these, "AttributeValue": ""})
        wanted = {**these, "AttributeValue": KmsKeyArn or "alias/aws/sns"}
        yield Change("sns", "set_topic_attributes", wanted, undo=back)
    return {"KmsMasterKeyId": key}


def publishing_services(policy: Record) -> list[str]:
    """Return the AWS services that a topic's policy allows something."""
    found: list[str] = []
    statements = policy.get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal", {})
        services = principal.get("Service", []) if isinstance(principal, dict) else []
        if statement["Effect"] == "Allow":
            found += services if isinstance(services, list) else [services]
    return found
