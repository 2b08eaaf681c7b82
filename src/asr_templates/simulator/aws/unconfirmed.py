"""What the embedded AWS takes for granted and nobody has seen: the one list to walk on a real account some day.

Each row says where the expectation is built in (module below asr_templates), what is expected, and why it is believed.
A test holds that each module exists. When a row has been seen to hold it is deleted; when not, the module is mended.
"""

from typing import NamedTuple


class Expectation(NamedTuple):
    """Something about AWS that documentation does not settle."""

    module: str
    expected: str
    because: str


EXPECTATIONS = (
    Expectation(
        "solution",
        "a value of an automation's parameter may have some kilobytes: a projection of 4,096 bytes, a record of 30,000",
        "the API's model says 512 characters, yet AWS's own solution passes whole findings",
    ),
    Expectation(
        "simulator.aws.automation.parameters",
        "Systems Manager takes parameter values of up to 65,536 characters",
        "no limit is documented for runbooks besides the model's 512 characters, which AWS's own solution exceeds",
    ),
    Expectation(
        "simulator.aws.automation.interpreter",
        "aws:executeAutomation passes an empty text on to its child (the parameter Record of an ordinary run)",
        "AWS's own runbooks hand optional parameters on in this way",
    ),
    Expectation(
        "simulator.aws.automation.api_calls",
        "aws:waitForAwsResourceProperty looks every 10 seconds",
        "the guide gives no interval",
    ),
    Expectation(
        "simulator.aws.automation.automations",
        "1,000 automations may wait for a free place",
        "old documentation says 75, later 1,000 and 5,000",
    ),
    Expectation(
        "simulator.aws.automation.automations",
        "an automation's child takes one of the account's 100 places",
        "the guide counts child automations among the concurrent ones; for TargetLocations it says nothing",
    ),
    Expectation(
        "simulator.aws.automation.owned.disable_public_access_for_security_group",
        "AWS-DisablePublicAccessForSecurityGroup revokes its rules one after the other, up to the first missing",
        "its page names the error and the four rules, not the steps",
    ),
    Expectation(
        "simulator.aws.access.resource_rules",
        "ssm:StartAutomationExecution is checked against document, automation-definition and automation-execution",
        "AWS's own solution grants all three; the service reference lists them without saying which request has which",
    ),
    Expectation(
        "simulator.aws.access.resource_types",
        "a Describe call without names is checked against every resource of its type in the account and region",
        "this is what AccessDenied messages of RDS, Redshift and ElastiCache show",
    ),
    Expectation(
        "simulator.aws.cloudformation.resources.step_functions",
        "a state machine that logs needs the eight log delivery actions on every resource",
        "Step Functions guide, logging with CloudWatch Logs; the list of actions was written from memory",
    ),
    Expectation(
        "simulator.aws.automation.interpreter",
        "aws:executeAutomation passes an empty list on to its child (a StringList that asks for nothing)",
        "the API's model lets a parameter have no values",
    ),
    Expectation(
        "simulator.aws.gaps.elasticache",
        "backups of a group of one shard want a SnapshottingClusterId when they are switched on, one of shards none",
        "the API reference forbids it for shards; other tools send it for the rest when the limit was 0",
    ),
    Expectation(
        "simulator.aws.gaps.redshift",
        "a cluster is modifying for a while whichever of its settings is changed",
        "only some settings are listed as pending values; the guide tells to wait for available after each",
    ),
    Expectation(
        "simulator.aws.security_hub",
        "the texts of the errors for names of custom actions and for long notes",
        "only the limits themselves are documented",
    ),
    Expectation(
        "stacks.nesting",
        "service-managed StackSets deploy nested stacks",
        "AWS's own solution is deployed so; no page forbids it",
    ),
    Expectation(
        "catalog.s3",
        "S3.6 passes with a denial to every principal of another account, named by aws:PrincipalAccount",
        "its Config rule evaluates the policy; which condition keys it understands is not documented",
    ),
    Expectation(
        "catalog.s3",
        "S3.11 does not count EventBridge as a notification",
        "its Config rule takes only topics, queues and functions as destinations",
    ),
    Expectation(
        "catalog.s3",
        "S3.13 passes with one enabled rule that only ends incomplete uploads",
        "its Config rule fails for a bucket without an active rule, and names no action that the rule must have",
    ),
    Expectation(
        "simulator.aws.gaps.rds",
        "deletion protection, minor upgrades, copying of tags and monitoring change without ApplyImmediately",
        "PendingModifiedValues has no field for them; the references say so of deletion protection and public access",
    ),
    Expectation(
        "simulator.aws.gaps.rds",
        "a monitoring interval can be changed without naming again the role that the instance has",
        "the reference asks for the role with an interval, and tools in wide use send the interval alone",
    ),
    Expectation(
        "simulator.aws.gaps.api_gateway",
        "a stage's methodSettings name a method as ~1pets/GET, and a patch may remove /~1pets/GET and /*/* as a whole",
        "examples of the CLI reference show such keys; other tools send such patches",
    ),
    Expectation(
        "simulator.aws.gaps.cloudformation_stacks",
        "UpdateStack with the previous template is an update even if only NotificationARNs differ, and needs no "
        "permission for the stack's resources",
        "AWS's own solution changes nothing else",
    ),
    Expectation(
        "simulator.aws.gaps.sns",
        "an empty value takes an attribute of delivery status away",
        "other tools remove attributes in this way",
    ),
    Expectation(
        "simulator.aws.gaps.young_roles",
        "RDS, VPC Flow Logs, EC2, SNS, CloudTrail and AWS Config refuse a role or an instance profile for some seconds "
        "after it was made, and take it within a minute",
        "IAM promises no time; other tools try again after these errors, SNS's InvalidParameter among them",
    ),
)
