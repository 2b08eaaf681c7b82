"""Which parameters of an API name a resource of which type; tables for `resources`.

Keys are IAM's prefix and resource type (aws_reference.iam.resource_types). What follows the naming habit, such as
`topic` by `TopicArn` or `cluster` by `clusterName`, needs no entry.
"""

from __future__ import annotations

from collections.abc import Mapping

Paths = tuple[str, ...]

PARAMETERS: Mapping[tuple[str, str], Paths] = {
    ("acm", "certificate"): ("CertificateArn",),
    ("athena", "workgroup"): ("WorkGroup", "Name"),
    ("cloudfront", "distribution"): ("Id",),
    ("cloudtrail", "trail"): ("Name", "TrailName", "ResourceId"),
    ("cloudwatch", "alarm"): ("AlarmName", "AlarmNames"),
    ("cloudwatch", "dataset"): (),
    ("codebuild", "project"): ("name", "names", "projectName"),
    ("config", "configurationrecorder"): (
        "ConfigurationRecorder.name",
        "ConfigurationRecorderName",
        "ConfigurationRecorderNames",
    ),
    ("ec2", "instance"): ("InstanceId", "InstanceIds"),
    ("ec2", "network-interface"): ("NetworkInterfaceId", "NetworkInterfaceIds"),
    ("ec2", "security-group"): ("GroupId", "GroupIds", "SecurityGroupIds"),
    ("ec2", "security-group-rule"): ("SecurityGroupRules.SecurityGroupRuleId",),
    ("ec2", "subnet"): ("SubnetId", "SubnetIds"),
    ("ec2", "volume"): ("VolumeId",),
    ("ec2", "vpc"): ("VpcId",),
    ("ec2", "vpc-flow-log"): ("FlowLogIds",),
    ("ec2", "vpc-endpoint"): ("VpcEndpointIds", "VpcEndpointId"),
    ("ecr", "repository"): ("repositoryName", "repositoryNames"),
    ("ecs", "cluster"): ("cluster", "clusterName", "clusters"),
    ("ecs", "task-definition"): ("taskDefinition", "family"),
    ("elasticache", "cluster"): ("CacheClusterId",),
    ("elasticache", "parametergroup"): ("CacheParameterGroupName",),
    ("elasticache", "securitygroup"): ("CacheSecurityGroupName", "CacheSecurityGroupNames"),
    ("elasticache", "replicationgroup"): ("ReplicationGroupId",),
    ("guardduty", "detector"): ("DetectorId",),
    ("rds", "cluster"): ("DBClusterIdentifier",),
    ("rds", "cluster-pg"): ("DBClusterParameterGroupName",),
    ("rds", "cluster-snapshot"): (
        "DBClusterSnapshotIdentifier",
        "SourceDBClusterSnapshotIdentifier",
        "TargetDBClusterSnapshotIdentifier",
    ),
    ("rds", "db"): ("DBInstanceIdentifier",),
    ("rds", "og"): ("OptionGroupName",),
    ("rds", "pg"): ("DBParameterGroupName",),
    ("rds", "secgrp"): ("DBSecurityGroups", "DBSecurityGroupName"),
    ("rds", "snapshot"): ("DBSnapshotIdentifier", "SourceDBSnapshotIdentifier", "TargetDBSnapshotIdentifier"),
    ("rds", "subgrp"): ("DBSubnetGroupName",),
    ("redshift", "cluster"): ("ClusterIdentifier",),
    ("s3", "bucket"): ("Bucket",),
    ("ssm", "automation-execution"): ("AutomationExecutionId",),
    ("ssm", "document"): ("Name", "DocumentName"),
    ("states", "statemachine"): ("stateMachineArn",),
    ("states", "execution"): ("executionArn",),
    ("sts", "role"): ("RoleArn",),
}

# Parameters that may hold the ARN of whatever resource the operation is about; so may all whose name ends in "arn".
ARN_PARAMETERS = frozenset({"ResourceName", "ResourceId", "Resource", "resource"})

# How the ARN of a type is made from a parameter, where the reference's format says less.
# {} is the parameter; what the request does not tell (a generated id) stays a wildcard.
FORMATS: Mapping[tuple[str, str], str] = {
    ("autoscaling", "autoscalinggroup"): (
        "arn:${Partition}:autoscaling:${Region}:${Account}:autoScalingGroup:*:autoScalingGroupName/{}"
    ),
    ("autoscaling", "launchconfiguration"): (
        "arn:${Partition}:autoscaling:${Region}:${Account}:launchConfiguration:*:launchConfigurationName/{}"
    ),
    ("cloudformation", "stack"): "arn:${Partition}:cloudformation:${Region}:${Account}:stack/{}/*",
    ("ecs", "task-definition"): "arn:${Partition}:ecs:${Region}:${Account}:task-definition/{}",
}

# Resources that an operation makes, so that their ids are not known yet: (service, operation) -> types.
CREATED: Mapping[tuple[str, str], Paths] = {
    ("ec2", "CreateFlowLogs"): ("vpc-flow-log",),
    ("ec2", "CreateVpcEndpoint"): ("vpc-endpoint",),
    ("ec2", "RunInstances"): ("instance", "network-interface", "volume"),
    ("guardduty", "CreateDetector"): ("detector",),
    ("kms", "CreateKey"): ("key",),
}

# Types whose ids a request never tells: application-autoscaling:RegisterScalableTarget gives a service's own id.
UNNAMED = frozenset({("application-autoscaling", "scalabletarget")})

# Prefixes of services that check a Describe operation without names for all resources of its types (`db:*`).
# An observation, to be confirmed: their AccessDenied messages name such a resource.
WHOLE_COLLECTIONS = frozenset({"cloudformation", "cloudwatch", "config", "elasticache", "rds", "redshift"})

# EC2's types by the prefix of an id, for operations that take ids of any type (CreateTags, CreateFlowLogs).
EC2_ID_PREFIXES: Mapping[str, str] = {
    "ami": "image",
    "eipalloc": "elastic-ip",
    "eni": "network-interface",
    "fl": "vpc-flow-log",
    "i": "instance",
    "igw": "internet-gateway",
    "lt": "launch-template",
    "nat": "natgateway",
    "rtb": "route-table",
    "sg": "security-group",
    "sgr": "security-group-rule",
    "snap": "snapshot",
    "subnet": "subnet",
    "tgw": "transit-gateway",
    "tgw-attach": "transit-gateway-attachment",
    "vol": "volume",
    "vpc": "vpc",
    "vpce": "vpc-endpoint",
}
