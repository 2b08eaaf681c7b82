import json

from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Record, Refuse, Undo

TAG = {"Key": "ASR", "Value": "EnableVPCFlowLogs"}
POLICY = "WriteFlowLogs"


def plan(
    aws: Aws, VPC: str, TrafficType: str, RetentionInDays: int, AccountId: str, Partition: str, Region: str
) -> Plan:
    """A VPC has an active flow log of its rejected traffic or of all, if need be in a log group of its own."""
    ec2 = aws("ec2")
    if not ec2.describe_vpcs(Filters=[{"Name": "vpc-id", "Values": [VPC]}])["Vpcs"]:
        raise Gone
    pages = ec2.get_paginator("describe_flow_logs").paginate(Filter=[{"Name": "resource-id", "Values": [VPC]}])
    flow_logs = [log for page in pages for log in page["FlowLogs"] if log["FlowLogStatus"] == "ACTIVE"]
    name = f"ASR-VPCFlowLogs-{VPC}"
    group, role, policy = log_group(aws, name), own_role(aws, name), own_policy(aws, name)
    if not any(log["TrafficType"] in ("ALL", TrafficType) for log in flow_logs):
        for kind, found in (("log group", group), ("role", role)):
            if found and not found["Ours"]:
                raise Refuse(f"{kind} {name} exists and has no tag ASR: it is not ours")
        if not group:
            tags = {TAG["Key"]: TAG["Value"]}
            these: Record = {"logGroupName": name, "tags": tags}
            yield Change("logs", "create_log_group", these, undo=Undo("delete_log_group", {"logGroupName": name}))
        if not group or not group["RetentionInDays"]:
            these = {"logGroupName": name, "retentionInDays": RetentionInDays}
            back = Undo("delete_retention_policy", {"logGroupName": name})
            yield Change("logs", "put_retention_policy", these, undo=back)
        if not role:
            trust = trust_policy(AccountId, f"arn:{Partition}:ec2:{Region}:{AccountId}:vpc-flow-log/*")
            these = {"RoleName": name, "AssumeRolePolicyDocument": json.dumps(trust), "Tags": [TAG]}
            yield Change("iam", "create_role", these, undo=Undo("delete_role", {"RoleName": name}))
        if not policy:
            document = json.dumps(write_policy(f"arn:{Partition}:logs:{Region}:{AccountId}:log-group:", name))
            these = {"RoleName": name, "PolicyName": POLICY, "PolicyDocument": document}
            back = Undo("delete_role_policy", {"RoleName": name, "PolicyName": POLICY})
            yield Change("iam", "put_role_policy", these, undo=back)
        these = {
            "ResourceType": "VPC",
            "ResourceIds": [VPC],
            "TrafficType": TrafficType,
            "LogGroupName": name,
            "DeliverLogsPermissionArn": f"arn:{Partition}:iam::{AccountId}:role/{name}",
            "TagSpecifications": [{"ResourceType": "vpc-flow-log", "Tags": [TAG]}],
        }
        yield Change("ec2", "create_flow_logs", these, undo=deletion)
    return {
        "FlowLogs": [
            {key: log.get(key) for key in ("TrafficType", "LogDestinationType", "LogGroupName", "LogDestination")}
            for log in flow_logs
        ],
        "LogGroup": group,
        "Role": role,
        "RolePolicy": policy,
    }


def deletion(made: Record) -> Undo:
    """Return the way back of CreateFlowLogs."""
    return Undo("delete_flow_logs", {"FlowLogIds": made["FlowLogIds"]})


def log_group(aws: Aws, name: str) -> Record | None:
    """Return what matters of a log group. One that has got logs is not deleted by an undo: it is not as it was made."""
    logs = aws("logs")
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
    groups = [group for page in pages for group in page["logGroups"] if group["logGroupName"] == name]
    if not groups:
        return None
    tags = logs.list_tags_for_resource(resourceArn=groups[0]["arn"].removesuffix(":*"))["tags"]
    streams = logs.describe_log_streams(logGroupName=name, limit=1)["logStreams"]
    return {"RetentionInDays": groups[0].get("retentionInDays"), "Empty": not streams, "Ours": TAG["Key"] in tags}


def own_role(aws: Aws, name: str) -> Record | None:
    """Return what matters of the role under which VPC Flow Logs writes."""
    iam = aws("iam")
    try:
        role = iam.get_role(RoleName=name)["Role"]
    except iam.exceptions.NoSuchEntityException:
        return None
    ours = any(tag["Key"] == TAG["Key"] for tag in role.get("Tags", []))
    return {"Trust": role["AssumeRolePolicyDocument"], "Ours": ours}


def own_policy(aws: Aws, name: str) -> Record | None:
    """Return the policy of that role, if it has one."""
    iam = aws("iam")
    try:
        return dict(iam.get_role_policy(RoleName=name, PolicyName=POLICY)["PolicyDocument"])
    except iam.exceptions.NoSuchEntityException:
        return None


def trust_policy(account: str, flow_logs: str) -> Record:
    """Return who may assume the role: VPC Flow Logs, for flow logs of this account and region."""
    own, flow_log = {"aws:SourceAccount": account}, {"aws:SourceArn": flow_logs}
    condition = {"StringEquals": own, "ArnLike": flow_log}
    service = {"Service": "vpc-flow-logs.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole", "Condition": condition}
    return {"Version": "2012-10-17", "Statement": [statement]}


def write_policy(log_groups: str, name: str) -> Record:
    """Return what the role may do: find log groups, write to its own."""
    write = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    statements = [
        {"Effect": "Allow", "Action": "logs:DescribeLogGroups", "Resource": f"{log_groups}*"},
        {"Effect": "Allow", "Action": write, "Resource": f"{log_groups}{name}:*"},
    ]
    return {"Version": "2012-10-17", "Statement": statements}
