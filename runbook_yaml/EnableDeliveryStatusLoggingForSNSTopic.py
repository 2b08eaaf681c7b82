import hashlib
import json

from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Refuse, Undo

PROTOCOLS = ("Application", "Firehose", "HTTP", "Lambda", "SQS")
LOGGING = ("CreateLogGroup", "CreateLogStream", "PutLogEvents", "PutMetricFilter", "PutRetentionPolicy")
POLICY = "logs"


def plan(aws: Aws, SNSTopicArn: str, SampleRate: int) -> Plan:
    """SNS logs whether a topic's messages were delivered, for each kind of endpoint; what is set already stays."""
    sns = aws("sns")
    try:
        attributes = sns.get_topic_attributes(TopicArn=SNSTopicArn)["Attributes"]
    except sns.exceptions.NotFoundException:
        raise Gone from None
    _, partition, _, _, account, _ = SNSTopicArn.split(":")
    role = f"ASR-SNSDeliveryStatus-{hashlib.sha256(SNSTopicArn.encode()).hexdigest()[:16]}"
    wanted = {f"{protocol}SuccessFeedbackSampleRate": str(SampleRate) for protocol in PROTOCOLS}
    for protocol in PROTOCOLS:
        for outcome in ("Success", "Failure"):
            wanted[f"{protocol}{outcome}FeedbackRoleArn"] = f"arn:{partition}:iam::{account}:role/{role}"
    missing = [name for name in wanted if not attributes.get(name)]
    made = yield from logging_role(aws, role, SNSTopicArn, needed=bool(missing))
    for name in missing:
        these = {"TopicArn": SNSTopicArn, "AttributeName": name}
        back = Undo("set_topic_attributes", {**these, "AttributeValue": ""})
        yield Change("sns", "set_topic_attributes", {**these, "AttributeValue": wanted[name]}, undo=back)
    return {"Attributes": {name: attributes.get(name, "") for name in wanted}, "Role": made}


def logging_role(aws: Aws, name: str, topic: str, needed: bool) -> Plan:
    """Yield what is missing of a topic's own role, which may write the two log groups of this topic and nothing else.

    Return which parts of it were there.
    """
    iam = aws("iam")
    _, partition, _, region, account, topic_name = topic.split(":")
    try:
        role = iam.get_role(RoleName=name)["Role"]
        policies = iam.list_role_policies(RoleName=name)["PolicyNames"]
    except iam.exceptions.NoSuchEntityException:
        role, policies = None, []
    if needed and role is None:
        trust = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sts:AssumeRole"}
        these = {
            "RoleName": name,
            "AssumeRolePolicyDocument": json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
            "Description": "Delivery status of one SNS topic",
            "Tags": [{"Key": "ASR", "Value": topic_name}],
        }
        yield Change("iam", "create_role", these, undo=Undo("delete_role", {"RoleName": name}))
    elif needed and {"Key": "ASR", "Value": topic_name} not in role.get("Tags", []):
        raise Refuse(f"role {name} is not ours")
    if needed and POLICY not in policies:
        group = f"arn:{partition}:logs:{region}:{account}:log-group:sns/{region}/{account}/{topic_name}"
        allowed = {"Effect": "Allow", "Action": [f"logs:{action}" for action in LOGGING]}
        statement = {**allowed, "Resource": [f"{group}:*", f"{group}/Failure:*"]}
        these = {
            "RoleName": name,
            "PolicyName": POLICY,
            "PolicyDocument": json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        }
        back = Undo("delete_role_policy", {"RoleName": name, "PolicyName": POLICY})
        yield Change("iam", "put_role_policy", these, undo=back)
    return {"Exists": role is not None, "Policies": policies}
