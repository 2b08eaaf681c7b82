"""Findings as Security Hub sends them, in both shapes: consolidated, and one per standard.

Shapes and values follow the samples that AWS publishes
(https://docs.aws.amazon.com/securityhub/latest/userguide/sample-control-findings.html).
"""

import uuid
from collections.abc import Mapping
from typing import Any

import boto3

from asr_templates.model import Control
from asr_templates.playbook import Playbook

Finding = dict[str, Any]

CUSTOMIZABLE: dict[str, tuple[str, ...]] = {
    "APIGateway.1": ("loggingLevel",),
    "GuardDuty.2": ("requiredTagKeys",),
    "GuardDuty.4": ("requiredTagKeys",),
    "CloudWatch.16": ("MinRetentionTime",),
    "Config.1": ("includeConfigServiceLinkedRoleCheck",),
    "DynamoDB.1": (
        "minProvisionedReadCapacity",
        "minProvisionedWriteCapacity",
        "targetReadUtilization",
        "targetWriteUtilization",
    ),
    "DynamoDB.5": ("requiredTagKeys",),
    "EC2.4": ("AllowedDays",),
    "EC2.18": ("authorizedTcpPorts", "authorizedUdpPorts"),
    "ElastiCache.1": ("snapshotRetentionPeriod",),
    "IAM.7": (
        "MaxPasswordAge",
        "MinimumPasswordLength",
        "PasswordReusePrevention",
        "RequireLowercaseCharacters",
        "RequireNumbers",
        "RequireSymbols",
        "RequireUppercaseCharacters",
    ),
    "RDS.6": ("monitoringInterval",),
    "Redshift.3": ("MinRetentionPeriod",),
    "S3.11": ("eventTypes",),
    "S3.13": ("targetTransitionDays", "targetExpirationDays", "targetTransitionStorageClass"),
    "SecretsManager.1": ("maximumAllowedRotationFrequency",),
    "SecretsManager.3": ("unusedForDays",),
    "SecretsManager.4": ("maxDaysSinceRotation",),
}
"""Control -> the parameters that Security Hub lets a customer set, by the names of our inputs."""

OBSERVED = "2026-01-01T00:00:00.000Z"

ASFF_TYPES = {
    "AWS::::Account": "AwsAccount",
    "AWS::ApiGateway::Stage": "AwsApiGatewayStage",
    "AWS::ApiGatewayV2::Stage": "AwsApiGatewayV2Stage",
    "AWS::Athena::WorkGroup": "AwsAthenaWorkGroup",
    "AWS::AutoScaling::AutoScalingGroup": "AwsAutoScalingAutoScalingGroup",
    "AWS::AutoScaling::LaunchConfiguration": "AwsAutoScalingLaunchConfiguration",
    "AWS::CloudFormation::Stack": "AwsCloudFormationStack",
    "AWS::CloudFront::Distribution": "AwsCloudFrontDistribution",
    "AWS::CloudTrail::Trail": "AwsCloudTrailTrail",
    "AWS::CodeBuild::Project": "AwsCodeBuildProject",
    "AWS::DynamoDB::Table": "AwsDynamoDbTable",
    "AWS::EC2::Instance": "AwsEc2Instance",
    "AWS::EC2::SecurityGroup": "AwsEc2SecurityGroup",
    "AWS::EC2::Subnet": "AwsEc2Subnet",
    "AWS::EC2::TransitGateway": "AwsEc2TransitGateway",
    "AWS::EC2::VPC": "AwsEc2Vpc",
    "AWS::ECR::Repository": "AwsEcrRepository",
    "AWS::ECS::TaskDefinition": "AwsEcsTaskDefinition",
    "AWS::ElastiCache::CacheCluster": "AwsElastiCacheCacheCluster",
    "AWS::ElastiCache::ReplicationGroup": "AwsElastiCacheReplicationGroup",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "AwsElbv2LoadBalancer",
    "AWS::GuardDuty::Detector": "AwsGuardDutyDetector",
    "AWS::GuardDuty::Filter": "AwsGuardDutyFilter",
    "AWS::IAM::User": "AwsIamUser",
    "AWS::KMS::Key": "AwsKmsKey",
    "AWS::Lambda::Function": "AwsLambdaFunction",
    "AWS::Logs::LogGroup": "AwsLogsLogGroup",
    "AWS::RDS::DBCluster": "AwsRdsDbCluster",
    "AWS::RDS::DBClusterSnapshot": "AwsRdsDbClusterSnapshot",
    "AWS::RDS::DBInstance": "AwsRdsDbInstance",
    "AWS::RDS::DBSnapshot": "AwsRdsDbSnapshot",
    "AWS::Redshift::Cluster": "AwsRedshiftCluster",
    "AWS::S3::Bucket": "AwsS3Bucket",
    "AWS::SecretsManager::Secret": "AwsSecretsManagerSecret",
    "AWS::SNS::Topic": "AwsSnsTopic",
    "AWS::SQS::Queue": "AwsSqsQueue",
    "AWS::SSM::Document": "AwsSsmDocument",
}
"""CloudFormation's name of a resource type -> ASFF's."""


def finding(
    playbook: Playbook,
    control: Control,
    account: str,
    region: str,
    resource_id: str,
    parameters: Mapping[str, list[str]] = {},
) -> Finding:
    """Return a FAILED, NEW finding of a control in the shape of the playbook's standard.

    parameters: name of an input of the control's row -> the texts that stand for it in the finding.
    Its Id is the same for the same control, standard and resource, as Security Hub's is.
    """
    partition = boto3.session.Session().get_partition_for_region(region)
    control_id = playbook.control_id(control) or control.id
    key = uuid.uuid5(uuid.NAMESPACE_URL, f"{playbook.key}/{control_id}/{account}/{region}/{resource_id}")
    hub = f"arn:{partition}:securityhub:{region}"
    finding_id = f"{hub}:{account}:{playbook.finding_prefix}/{control_id}/finding/{key}"
    product = f"{hub}::product/aws/securityhub"
    severity = {"Label": "MEDIUM", "Original": "MEDIUM"}
    types = ["Software and Configuration Checks/Industry and Regulatory Standards"]
    return {
        "SchemaVersion": "2018-10-08",
        "Id": finding_id,
        "ProductArn": product,
        "ProductName": "Security Hub",
        "CompanyName": "AWS",
        "Region": region,
        "GeneratorId": generator_id(playbook, control_id),
        "AwsAccountId": account,
        "Types": types,
        "FirstObservedAt": OBSERVED,
        "LastObservedAt": OBSERVED,
        "CreatedAt": OBSERVED,
        "UpdatedAt": OBSERVED,
        "Severity": {**severity, "Normalized": 40},
        "Title": f"{control_id} failed",
        "Description": f"The check of {control.id} failed for this resource.",
        "ProductFields": {
            **standard_fields(playbook, control_id, partition, account, region),
            "aws/securityhub/ProductName": "Security Hub",
            "aws/securityhub/CompanyName": "AWS",
            "aws/securityhub/FindingId": f"{product}/{finding_id}",
            "Resources:0/Id": resource_id,
        },
        "Resources": [
            {"Type": ASFF_TYPES[control.resource.type], "Id": resource_id, "Partition": partition, "Region": region}
        ],
        "Compliance": {
            "Status": "FAILED",
            "SecurityControlId": control.id,
            "AssociatedStandards": [{"StandardsId": standards_id(playbook)}],
            **security_control_parameters(control, parameters),
        },
        "WorkflowState": "NEW",
        "Workflow": {"Status": "NEW"},
        "RecordState": "ACTIVE",
        "FindingProviderFields": {"Severity": severity, "Types": types},
    }


def is_consolidated(playbook: Playbook) -> bool:
    """Return whether the playbook's findings are those of consolidated controls."""
    return playbook.finding_prefix == "security-control"


def is_ruleset(playbook: Playbook) -> bool:
    """Return whether the standard is of the first kind, CIS 1.2.0, whose names differ from all later ones."""
    return (playbook.standard, playbook.version) == ("cis-aws-foundations-benchmark", "1.2.0")


def generator_id(playbook: Playbook, control_id: str) -> str:
    """Return a finding's GeneratorId: an ARN for CIS 1.2.0, a path for all others."""
    if is_consolidated(playbook):
        return f"security-control/{control_id}"
    path = f"{playbook.standard}/v/{playbook.version}"
    if is_ruleset(playbook):
        return f"arn:aws:securityhub:::ruleset/{path}/rule/{control_id}"
    return f"{path}/{control_id}"


def standards_id(playbook: Playbook) -> str:
    """Return the standard as Compliance.AssociatedStandards names it."""
    if is_consolidated(playbook):
        return "standards/aws-foundational-security-best-practices/v/1.0.0"
    return f"{'ruleset' if is_ruleset(playbook) else 'standards'}/{playbook.standard}/v/{playbook.version}"


def standard_fields(playbook: Playbook, control_id: str, partition: str, account: str, region: str) -> dict[str, str]:
    """Return the ProductFields that only findings of one standard have."""
    if is_consolidated(playbook):
        return {}
    path = f"{playbook.standard}/v/{playbook.version}"
    hub = f"arn:{partition}:securityhub"
    control_arn = f"{hub}:{region}:{account}:control/{path}/{control_id}"
    if is_ruleset(playbook):
        return {
            "StandardsGuideArn": f"{hub}:::ruleset/{path}",
            "StandardsGuideSubscriptionArn": f"{hub}:{region}:{account}:subscription/{path}",
            "RuleId": control_id,
            "StandardsControlArn": control_arn,
        }
    return {
        "StandardsArn": f"{hub}:{region}::standards/{path}",
        "StandardsSubscriptionArn": f"{hub}:{region}:{account}:subscription/{path}",
        "ControlId": control_id,
        "StandardsControlArn": control_arn,
    }


def security_control_parameters(
    control: Control, parameters: Mapping[str, list[str]]
) -> dict[str, list[dict[str, Any]]]:
    """Return Compliance.SecurityControlParameters: those of a control that have defaults, and those that are given.

    Only the parameters in CUSTOMIZABLE are Security Hub's; the other inputs of a row are ours, and in a finding only
    where whoever sends it adds them.
    """
    asked = CUSTOMIZABLE.get(control.id, ())
    customized = {name: texts(value) for name, value in control.inputs.items() if value and name in asked}
    given = {**customized, **parameters}
    return {"SecurityControlParameters": [{"Name": name, "Value": value} for name, value in given.items()]}


def texts(value: object) -> list[str]:
    """Return the value of a control's parameter as findings have it: a list of texts, `true` for True."""
    if isinstance(value, list):
        return [str(item) for item in value]
    return [str(value).lower() if isinstance(value, bool) else str(value)]
