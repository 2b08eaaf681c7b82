"""Which roles a call hands over to an AWS service: for each the caller needs iam:PassRole.

Source: IAM user guide, "Grant a user permissions to pass a role to an AWS service", and the API references of the
operations. A role in a parameter that no rule knows raises NotSimulated, so that no hand-over passes unchecked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from asr_templates.aws_reference.arns import is_arn, parse_arn
from asr_templates.simulator.aws.access.calls import ApiCall
from asr_templates.simulator.aws.access.roles import roles_of_instance_profile
from asr_templates.simulator.aws.errors import NotSimulated

ACTION = "iam:PassRole"


@dataclass(frozen=True)
class PassedRole:
    """A role and the service that it is handed to (the condition key iam:PassedToService)."""

    role_arn: str
    service: str


# (service, operation) -> the parameter with the role's ARN, and the service that gets the role.
PASSED: Mapping[tuple[str, str], tuple[tuple[str, str], ...]] = {
    ("application-autoscaling", "RegisterScalableTarget"): (("RoleARN", "application-autoscaling.amazonaws.com"),),
    ("cloudformation", "CreateChangeSet"): (("RoleARN", "cloudformation.amazonaws.com"),),
    ("cloudformation", "CreateStack"): (("RoleARN", "cloudformation.amazonaws.com"),),
    ("cloudformation", "DeleteStack"): (("RoleARN", "cloudformation.amazonaws.com"),),
    ("cloudformation", "UpdateStack"): (("RoleARN", "cloudformation.amazonaws.com"),),
    ("cloudtrail", "CreateTrail"): (("CloudWatchLogsRoleArn", "cloudtrail.amazonaws.com"),),
    ("cloudtrail", "UpdateTrail"): (("CloudWatchLogsRoleArn", "cloudtrail.amazonaws.com"),),
    ("codebuild", "CreateProject"): (("serviceRole", "codebuild.amazonaws.com"),),
    ("codebuild", "UpdateProject"): (("serviceRole", "codebuild.amazonaws.com"),),
    ("config", "PutConfigurationRecorder"): (("ConfigurationRecorder.roleARN", "config.amazonaws.com"),),
    ("ec2", "CreateFlowLogs"): (("DeliverLogsPermissionArn", "vpc-flow-logs.amazonaws.com"),),
    ("ecs", "RegisterTaskDefinition"): (
        ("executionRoleArn", "ecs-tasks.amazonaws.com"),
        ("taskRoleArn", "ecs-tasks.amazonaws.com"),
    ),
    ("events", "PutRule"): (("RoleArn", "events.amazonaws.com"),),
    ("events", "PutTargets"): (("Targets.RoleArn", "events.amazonaws.com"),),
    ("lambda", "CreateFunction"): (("Role", "lambda.amazonaws.com"),),
    ("lambda", "UpdateFunctionConfiguration"): (("Role", "lambda.amazonaws.com"),),
    ("logs", "PutSubscriptionFilter"): (("roleArn", "logs.amazonaws.com"),),
    ("rds", "AddRoleToDBCluster"): (("RoleArn", "rds.amazonaws.com"),),
    ("rds", "AddRoleToDBInstance"): (("RoleArn", "rds.amazonaws.com"),),
    ("rds", "CreateDBCluster"): (("MonitoringRoleArn", "monitoring.rds.amazonaws.com"),),
    ("rds", "CreateDBInstance"): (("MonitoringRoleArn", "monitoring.rds.amazonaws.com"),),
    ("rds", "ModifyDBCluster"): (("MonitoringRoleArn", "monitoring.rds.amazonaws.com"),),
    ("rds", "ModifyDBInstance"): (("MonitoringRoleArn", "monitoring.rds.amazonaws.com"),),
    ("s3", "PutBucketReplication"): (("ReplicationConfiguration.Role", "s3.amazonaws.com"),),
    ("ssm", "StartAutomationExecution"): (("Parameters.AutomationAssumeRole", "ssm.amazonaws.com"),),
    ("stepfunctions", "CreateStateMachine"): (("roleArn", "states.amazonaws.com"),),
    ("stepfunctions", "UpdateStateMachine"): (("roleArn", "states.amazonaws.com"),),
}

# Operations that name roles without handing them to a service.
NAMES_ROLES_ONLY = frozenset({"dynamodb", "iam", "securityhub", "sts"})


def passed_roles(call: ApiCall) -> tuple[PassedRole, ...]:
    """The roles that a call passes. Raises NotSimulated for a role in a parameter that no rule covers."""
    found = [*_by_table(call), *_by_profile(call), *_by_attribute(call)]
    known = {role.role_arn for role in found}
    if call.service not in NAMES_ROLES_ONLY:
        for parameter, role_arn in _role_parameters(call.parameters, ""):
            if role_arn not in known:
                raise NotSimulated(f"access: {call.name}", f"passing a role in the parameter {parameter}")

    return tuple(dict.fromkeys(found))


def _by_table(call: ApiCall) -> Iterator[PassedRole]:
    for path, service in PASSED.get((call.service, call.operation), ()):
        for role_arn in call.texts(path):
            if _is_role(role_arn):
                yield PassedRole(role_arn, service)


def _by_profile(call: ApiCall) -> Iterator[PassedRole]:
    """An instance profile hands its role to EC2 when an instance gets it, and a role when the role is put into it."""
    if call.service == "ec2" and "IamInstanceProfile" in call.parameters:
        for part in ("IamInstanceProfile.Name", "IamInstanceProfile.Arn"):
            for profile in call.texts(part):
                for role_arn in roles_of_instance_profile(call.account, call.partition, profile):
                    yield PassedRole(role_arn, "ec2.amazonaws.com")
    if (call.service, call.operation) == ("autoscaling", "CreateLaunchConfiguration"):
        for profile in call.texts("IamInstanceProfile"):
            for role_arn in roles_of_instance_profile(call.account, call.partition, profile):
                yield PassedRole(role_arn, "ec2.amazonaws.com")
    if (call.service, call.operation) == ("iam", "AddRoleToInstanceProfile"):
        role_name = call.text("RoleName")
        yield PassedRole(call.arn("iam", f"role/{role_name}", region=""), "ec2.amazonaws.com")


def _by_attribute(call: ApiCall) -> Iterator[PassedRole]:
    """Attributes whose name says that the value is a role: SNS feedback, API Gateway's role for CloudWatch."""
    if (call.service, call.operation) == ("sns", "SetTopicAttributes"):
        value = call.text("AttributeValue") or ""
        if (call.text("AttributeName") or "").endswith("FeedbackRoleArn") and _is_role(value):
            yield PassedRole(value, "sns.amazonaws.com")
    if (call.service, call.operation) == ("apigateway", "UpdateAccount"):
        for value in call.texts("patchOperations.value"):
            if _is_role(value):
                yield PassedRole(value, "apigateway.amazonaws.com")


def _is_role(text: str) -> bool:
    return is_arn(text) and parse_arn(text).service == "iam" and parse_arn(text).resource.startswith("role/")


def _role_parameters(value: object, name: str) -> Iterator[tuple[str, str]]:
    """Parameters, at any depth, that are called a role and hold a role's ARN."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _role_parameters(inner, str(key))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _role_parameters(inner, name)
    elif isinstance(value, str) and name.lower().endswith(("role", "rolearn")) and _is_role(value):
        yield name, value
