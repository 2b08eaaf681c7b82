from asr_templates.embedded.runner import Aws, Change, Gone, Pending, Plan, Record, Refuse, Undo
from asr_templates.embedded.topics import topic

OURS = "ASR-CloudFormationNotifications"
AT_REST = (
    *("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"),
    *("IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"),
)


def plan(aws: Aws, StackArn: str, AccountId: str, Region: str, Partition: str) -> Plan:
    """A stack sends its events to a topic: to those that it has, or to one that is made for all stacks."""
    cloudformation = aws("cloudformation")
    try:
        stack = cloudformation.describe_stacks(StackName=StackArn)["Stacks"][0]
    except cloudformation.exceptions.ClientError as error:
        # CloudFormation has no error of its own for a stack that does not exist.
        if "does not exist" not in error.response["Error"]["Message"]:
            raise
        raise Gone from None
    if stack["StackStatus"] == "DELETE_COMPLETE":
        raise Gone
    notified = stack.get("NotificationARNs", [])
    if stack["StackStatus"].endswith("_IN_PROGRESS"):
        yield Pending(f"the stack, which is {stack['StackStatus']}")
    elif not notified:
        transforms = cloudformation.get_template_summary(StackName=StackArn).get("DeclaredTransforms", [])
        for reason in obstacles(stack, transforms):
            raise Refuse(reason)
        arn = f"arn:{Partition}:sns:{Region}:{AccountId}:{OURS}"
        yield from topic(aws("sns"), arn, publishing(arn, AccountId, Partition))
        kept = [
            {"ParameterKey": each["ParameterKey"], "UsePreviousValue": True} for each in stack.get("Parameters", [])
        ]
        same = {
            "StackName": StackArn,
            "UsePreviousTemplate": True,
            "Parameters": kept,
            "Capabilities": stack.get("Capabilities", []),
        }
        back = Undo("update_stack", {**same, "NotificationARNs": []})
        yield Change("cloudformation", "update_stack", {**same, "NotificationARNs": [arn]}, undo=back)
    return {"NotificationARNs": notified}


def obstacles(stack: Record, transforms: list[str]) -> list[str]:
    """Return why an update could change more of a stack than whom it notifies, or is not for us to make."""
    found = []
    if stack["StackStatus"] not in AT_REST:
        found.append(f"the stack is {stack['StackStatus']}, which an update cannot start from")
    if stack.get("ParentId"):
        found.append("a nested stack: set the notifications of its root stack")
    if stack["StackName"].startswith("StackSet-"):
        found.append("the stack belongs to a stack set: it is updated from there")
    if transforms:
        found.append(f"its template uses {transforms[0]}, which an update would run again")
    for parameter in stack.get("Parameters", []):
        if "ResolvedValue" in parameter:
            found.append(f"its parameter {parameter['ParameterKey']} would be read from Parameter Store again")
    return found


def publishing(topic_arn: str, account: str, partition: str) -> Record:
    """Return the statement that lets everyone in the account who updates a stack notify the topic by it."""
    return {
        "Sid": "ASRStackEvents",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{partition}:iam::{account}:root"},
        "Action": "sns:Publish",
        "Resource": topic_arn,
    }
