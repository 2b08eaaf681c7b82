import json

from asr_templates.embedded.databases import db_instance, multi_az_cluster, must_be_ready
from asr_templates.embedded.runner import Aws, Change, Pending, Plan, Record, Refuse, Undo

UNDER_WAY = ("modifying", "configuring-enhanced-monitoring")
DEFAULT_INTERVAL = 60


def plan(aws: Aws, RDSInstanceARN: str, monitoringInterval: int, AccountId: str, Partition: str, Region: str) -> Plan:
    """A DB instance sends the metrics of its operating system to CloudWatch Logs."""
    rds = aws("rds")
    iam = aws("iam")
    instance = db_instance(rds, RDSInstanceARN)
    name, interval = instance["DBInstanceIdentifier"], instance["MonitoringInterval"]
    wanted = monitoringInterval or interval or DEFAULT_INTERVAL
    seen = {"MonitoringInterval": interval, "MonitoringRoleArn": interval and instance["MonitoringRoleArn"]}
    role = f"ASR-RDSMonitoring-{Region}"
    role_arn = f"arn:{Partition}:iam::{AccountId}:role/{role}"
    policy = f"arn:{Partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
    try:
        tags = {tag["Key"]: tag["Value"] for tag in iam.get_role(RoleName=role)["Role"].get("Tags", [])}
        pages = iam.get_paginator("list_attached_role_policies").paginate(RoleName=role)
        attached = [each["PolicyArn"] for page in pages for each in page["AttachedPolicies"]]
    except iam.exceptions.NoSuchEntityException:
        tags, attached = None, []
    if tags and tags.get("ASR") == name:  # made for this instance: it must not go with an undo while others use it
        everything = rds.get_paginator("describe_db_instances").paginate()
        monitored = [each for page in everything for each in page["DBInstances"] if each.get("MonitoringInterval")]
        users = [each["DBInstanceIdentifier"] for each in monitored if each.get("MonitoringRoleArn") == role_arn]
        seen["OthersWithTheRole"] = [user for user in users if user != name]
    if instance["DBInstanceStatus"] in UNDER_WAY:  # RDS lists this change nowhere: only the status tells of it
        yield Pending("a modification of the instance")
    elif interval != wanted:
        refuse_what_cannot_be_monitored(instance)
        if not interval:
            if tags is not None and "ASR" not in tags:
                raise Refuse(f"role {role} is not one of ours: it has no tag ASR")
            if tags is None:
                these = {
                    "RoleName": role,
                    "AssumeRolePolicyDocument": trust(AccountId),
                    "Tags": [{"Key": "ASR", "Value": name}],
                }
                yield Change("iam", "create_role", these, undo=Undo("delete_role", {"RoleName": role}))
            if policy not in attached:
                attachment = {"RoleName": role, "PolicyArn": policy}
                yield Change("iam", "attach_role_policy", attachment, undo=Undo("detach_role_policy", attachment))
        monitoring = {
            "DBInstanceIdentifier": name,
            "MonitoringInterval": wanted,
            **({} if interval else {"MonitoringRoleArn": role_arn}),
        }
        back = Undo("modify_db_instance", {"DBInstanceIdentifier": name, "MonitoringInterval": interval})
        yield Change("rds", "modify_db_instance", monitoring, undo=back)
    return seen


def refuse_what_cannot_be_monitored(instance: Record) -> None:
    """Raise Refuse for an instance that has no interval of its own, or that RDS would not modify now."""
    cluster = multi_az_cluster(instance)
    if cluster:
        raise Refuse(f"a member of Multi-AZ cluster {cluster}: set the monitoring interval of the cluster")
    if instance["Engine"].startswith("custom-"):
        raise Refuse(f"{instance['Engine']} has no enhanced monitoring")
    must_be_ready("instance", instance["DBInstanceStatus"])


def trust(account_id: str) -> str:
    """Return the policy by which RDS may assume the role for this account's instances."""
    own_account = {"aws:SourceAccount": account_id}
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "monitoring.rds.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": own_account},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
