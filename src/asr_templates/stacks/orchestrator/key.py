"""The customer managed key, which exists only if it was asked for, and what it means for each kind of resource.

Without it nothing uses a key of AWS's (alias/aws/sqs) where a service sends: their policies cannot be changed, so what
EventBridge or CloudWatch sends would be lost without a word. (SQS developer guide, "Key management".)
"""

from troposphere import GetAtt, If, NoValue, Ref, Sub, Template, dynamodb, iam, kms

from asr_templates.names import Names
from asr_templates.stacks.orchestrator.arns import own_arn
from asr_templates.stacks.parameters import USE_CUSTOMER_KEY, answered_yes
from asr_templates.stacks.roles import Statement, policy_document

KEY = "Key"
SENDING_SERVICES = ("events.amazonaws.com", "sqs.amazonaws.com", "sns.amazonaws.com", "cloudwatch.amazonaws.com")
USE = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*", "kms:DescribeKey"]


def add_key(template: Template, names: Names) -> None:
    """Add the key and its alias."""
    wanted = answered_yes(template, USE_CUSTOMER_KEY.name)
    template.add_resource(
        kms.Key(
            KEY,
            Condition=wanted,
            Description=f"Queues, tables, topics and logs of {names.state_machine}",
            EnableKeyRotation=True,
            KeyPolicy=policy_document([administration(), sending(), logging()]),
            DeletionPolicy="Retain",
            UpdateReplacePolicy="Retain",
        )
    )
    template.add_resource(
        kms.Alias(
            "KeyAlias",
            Condition=wanted,
            AliasName=f"alias/{names.state_machine}",
            TargetKeyId=Ref(KEY),
        )
    )


def administration() -> Statement:
    """The account's own policies say who may use and administer the key."""
    return {
        "Sid": "Account",
        "Effect": "Allow",
        "Principal": {"AWS": Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")},
        "Action": "kms:*",
        "Resource": "*",
    }


def sending() -> Statement:
    """Services that send to the queues and topics of this account."""
    return {
        "Sid": "Services",
        "Effect": "Allow",
        "Principal": {"Service": list(SENDING_SERVICES)},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceAccount": Ref("AWS::AccountId")}},
    }


def logging() -> Statement:
    """CloudWatch Logs, for log groups of this account and region."""
    groups = {"kms:EncryptionContext:aws:logs:arn": own_arn("logs", "log-group:*")}
    return {
        "Sid": "Logs",
        "Effect": "Allow",
        "Principal": {"Service": Sub("logs.${AWS::Region}.${AWS::URLSuffix}")},
        "Action": USE,
        "Resource": "*",
        "Condition": {"ArnLike": groups},
    }


def key_or(template: Template, otherwise: object = NoValue) -> If:
    """Return the key's ARN where there is one."""
    return If(answered_yes(template, USE_CUSTOMER_KEY.name), GetAtt(KEY, "Arn"), otherwise)


def unless_key(template: Template, value: object) -> If:
    """Return `value` where there is no key of the customer's."""
    return If(answered_yes(template, USE_CUSTOMER_KEY.name), NoValue, value)


def table_encryption(template: Template) -> If:
    """Return a table's encryption; without a key DynamoDB uses one of its own."""
    with_key = dynamodb.SSESpecification(SSEEnabled=True, SSEType="KMS", KMSMasterKeyId=GetAtt(KEY, "Arn"))
    return If(answered_yes(template, USE_CUSTOMER_KEY.name), with_key, NoValue)


def key_policy(template: Template) -> If:
    """Return the policy by which a role may use the key."""
    statement: Statement = {"Effect": "Allow", "Action": USE, "Resource": [GetAtt(KEY, "Arn")]}
    policy = iam.Policy(PolicyName="Key", PolicyDocument=policy_document([statement]))
    return If(answered_yes(template, USE_CUSTOMER_KEY.name), policy, NoValue)
