"""Controls of Amazon CloudWatch."""

from asr_templates.catalog.resource_ids import ACCOUNT, PARTITION, REGION, REGIONAL_ACCOUNT
from asr_templates.model import Control, ResourceId

LOG_GROUP = ResourceId(
    type="AWS::Logs::LogGroup",
    # Some APIs end the ARN with `:*`, which stands for the group's streams.
    pattern=rf"^(arn:{PARTITION}:logs:{REGION}:{ACCOUNT}:log-group:[A-Za-z0-9_/.#-]{{1,512}})(?::\*)?$",
    parameter="LogGroupArn",
    good=(
        "arn:aws:logs:us-east-1:111111111111:log-group:/aws/lambda/orders:*",
        "arn:aws:logs:il-central-1:111111111111:log-group:orders.v2#blue_1-a:*",
        f"arn:aws:logs:mx-central-1:111111111111:log-group:{'a' * 512}",
        "arn:aws-cn:logs:cn-north-1:111111111111:log-group:/aws/vendedlogs/x:*",
        "arn:aws-us-gov:logs:us-gov-west-1:111111111111:log-group:a:*",
    ),
    bad=(
        "arn:aws:logs:us-east-1:111111111111:log-group:orders\n",
        "arn:aws:logs:us-east-1:111111111111:log-group:orders:log-stream:a",
        "arn:aws:logs:us-east-1:111111111111:log-group:or ders",
        "arn:aws:logs:us-east-1:111111111111:log-group:",
        f"arn:aws:logs:us-east-1:111111111111:log-group:{'a' * 513}",
        "/aws/lambda/orders",
    ),
)


def event_names(*names: str) -> str:
    """Return the part of a pattern that takes CloudTrail events of any of these names."""
    return " || ".join(f"($.eventName={name})" for name in names)


def events(*names: str) -> str:
    """Return the pattern of CloudTrail events of any of these names."""
    return "{" + event_names(*names) + "}"


def events_of(service: str, *names: str) -> str:
    """Return the pattern of CloudTrail events of a service that have any of these names."""
    return "{" + f"($.eventSource={service}.amazonaws.com) && ({event_names(*names)})" + "}"


def alarm(control_id: str, metric: str, what: str, pattern: str, **ids: str) -> Control:
    """Return a control that wants an alarm for events that match a pattern; `what` completes "An alarm watches for".

    Source of the patterns, to which Security Hub compares: Security Hub user guide, "CloudWatch controls". Older
    editions have those of CloudWatch.4 and CloudWatch.13 without the source of the event.
    """
    return Control(
        id=control_id,
        runbook="CreateLogMetricFilterAndAlarm",
        resource=REGIONAL_ACCOUNT,
        ids=ids,
        note=f"An alarm watches for {what}; subscribe to its topic ASR-LocalAlarmNotification, or nobody hears it.",
        inputs={"MetricName": metric, "FilterPattern": pattern},
        family="alarms on events of CloudTrail",
        workflow="NOTIFIED",
    )


ALARMS = (
    alarm(
        "CloudWatch.1",
        "RootAccountUsage",
        "use of the root user",
        '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType !="AwsServiceEvent"}',
        CIS120="3.3",
        CIS140="4.3",
        PCI321="PCI.CW.1",
    ),
    alarm(
        "CloudWatch.2",
        "UnauthorizedApiCalls",
        "API calls that are not authorized",
        '{($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")}',
        CIS120="3.1",
        CIS140="4.1",
    ),
    alarm(
        "CloudWatch.3",
        "ConsoleSignInWithoutMfa",
        "sign-in to the console without MFA",
        '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") '
        '&& ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }',
        CIS120="3.2",
        CIS140="4.2",
    ),
    alarm(
        "CloudWatch.4",
        "IamPolicyChanges",
        "changes of IAM policies",
        events_of(
            "iam",
            *("DeleteGroupPolicy", "DeleteRolePolicy", "DeleteUserPolicy", "PutGroupPolicy", "PutRolePolicy"),
            *("PutUserPolicy", "CreatePolicy", "DeletePolicy", "CreatePolicyVersion", "DeletePolicyVersion"),
            *("AttachRolePolicy", "DetachRolePolicy", "AttachUserPolicy", "DetachUserPolicy", "AttachGroupPolicy"),
            "DetachGroupPolicy",
        ),
        CIS120="3.4",
        CIS140="4.4",
    ),
    alarm(
        "CloudWatch.5",
        "CloudTrailChanges",
        "changes of trails",
        events("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"),
        CIS120="3.5",
        CIS140="4.5",
    ),
    alarm(
        "CloudWatch.6",
        "ConsoleAuthenticationFailures",
        "failed sign-in to the console",
        '{($.eventName=ConsoleLogin) && ($.errorMessage="Failed authentication")}',
        CIS120="3.6",
        CIS140="4.6",
    ),
    alarm(
        "CloudWatch.7",
        "KmsKeysDisabledOrDeleted",
        "KMS keys that are disabled or scheduled for deletion",
        events_of("kms", "DisableKey", "ScheduleKeyDeletion"),
        CIS120="3.7",
        CIS140="4.7",
    ),
    alarm(
        "CloudWatch.8",
        "S3BucketPolicyChanges",
        "changes of the policies of S3 buckets",
        events_of(
            "s3",
            *("PutBucketAcl", "PutBucketPolicy", "PutBucketCors", "PutBucketLifecycle", "PutBucketReplication"),
            *("DeleteBucketPolicy", "DeleteBucketCors", "DeleteBucketLifecycle", "DeleteBucketReplication"),
        ),
        CIS120="3.8",
        CIS140="4.8",
    ),
    alarm(
        "CloudWatch.9",
        "AwsConfigChanges",
        "changes of AWS Config",
        events_of(
            "config",
            *("StopConfigurationRecorder", "DeleteDeliveryChannel", "PutDeliveryChannel", "PutConfigurationRecorder"),
        ),
        CIS120="3.9",
        CIS140="4.9",
    ),
    alarm(
        "CloudWatch.10",
        "SecurityGroupChanges",
        "changes of security groups",
        events(
            *("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress", "RevokeSecurityGroupIngress"),
            *("RevokeSecurityGroupEgress", "CreateSecurityGroup", "DeleteSecurityGroup"),
        ),
        CIS120="3.10",
        CIS140="4.10",
    ),
    alarm(
        "CloudWatch.11",
        "NetworkAclChanges",
        "changes of network ACLs",
        events(
            *("CreateNetworkAcl", "CreateNetworkAclEntry", "DeleteNetworkAcl", "DeleteNetworkAclEntry"),
            *("ReplaceNetworkAclEntry", "ReplaceNetworkAclAssociation"),
        ),
        CIS120="3.11",
        CIS140="4.11",
    ),
    alarm(
        "CloudWatch.12",
        "NetworkGatewayChanges",
        "changes of network gateways",
        events(
            *("CreateCustomerGateway", "DeleteCustomerGateway", "AttachInternetGateway", "CreateInternetGateway"),
            *("DeleteInternetGateway", "DetachInternetGateway"),
        ),
        CIS120="3.12",
        CIS140="4.12",
    ),
    alarm(
        "CloudWatch.13",
        "RouteTableChanges",
        "changes of route tables",
        events_of(
            "ec2",
            *("CreateRoute", "CreateRouteTable", "ReplaceRoute", "ReplaceRouteTableAssociation", "DeleteRouteTable"),
            *("DeleteRoute", "DisassociateRouteTable"),
        ),
        CIS120="3.13",
        CIS140="4.13",
    ),
    alarm(
        "CloudWatch.14",
        "VpcChanges",
        "changes of VPCs",
        events(
            *("CreateVpc", "DeleteVpc", "ModifyVpcAttribute", "AcceptVpcPeeringConnection"),
            *("CreateVpcPeeringConnection", "DeleteVpcPeeringConnection", "RejectVpcPeeringConnection"),
            *("AttachClassicLinkVpc", "DetachClassicLinkVpc", "DisableVpcClassicLink", "EnableVpcClassicLink"),
        ),
        CIS120="3.14",
        CIS140="4.14",
    ),
)

CONTROLS = (
    *ALARMS,
    Control(
        id="CloudWatch.16",
        runbook="SetLogGroupRetentionDays",
        resource=LOG_GROUP,
        ids={},
        note="The log group keeps its events for at least the days that are asked for.",
        inputs={"MinRetentionTime": 365},
        risk="costs",
    ),
)
