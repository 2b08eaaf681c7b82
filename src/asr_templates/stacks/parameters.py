"""Every stack parameter, declared once: what it means, what it accepts, where the console shows it.

A root template and the nested ones that take the same parameter declare it from the same row, so a wrong value fails
at the parameter of the root, before anything is made. CloudFormation wants a pattern to match the whole value.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from troposphere import Equals, If, Not, NoValue, Parameter, Ref, Template

from asr_templates.model import Control
from asr_templates.names import load_parameter, switch_parameter
from asr_templates.solution import DEFAULT_NAMESPACE

BUCKET_PATTERN = "[a-z0-9][a-z0-9-]{1,46}[a-z0-9]"
BUCKET_PREFIX_PATTERN = "[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*"
UNOWNED_BUCKET = "amzn-s3-demo-bucket"
"""A name that S3 reserves: a launch without a bucket of one's own fails, and nobody can plant templates there."""

# fmt: off
LOG_RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)
# fmt: on
"""The values that CloudWatch Logs accepts (API_PutRetentionPolicy)."""

ParameterType = Literal["String", "Number", "CommaDelimitedList"]


@dataclass(frozen=True)
class StackParameter:
    """A parameter of a stack; `default` None means that there is no sensible one, so the launch must give it."""

    name: str
    label: str
    group: str
    description: str
    expected: str
    default: str | int | None
    type: ParameterType = "String"
    pattern: str = ""
    allowed: Sequence[str | int] = ()
    least: int | None = None
    most: int | None = None

    def resource(self) -> Parameter:
        """Return the parameter as CloudFormation wants it."""
        properties: dict[str, object] = {
            "Type": self.type,
            "Description": self.description,
            "ConstraintDescription": self.expected,
        }
        if self.default is not None:
            properties["Default"] = self.default
        if self.pattern:
            properties["AllowedPattern"] = f"^{self.pattern}$"
        if self.allowed:
            properties["AllowedValues"] = list(self.allowed)
        if self.least is not None:
            properties["MinValue"] = self.least
        if self.most is not None:
            properties["MaxValue"] = self.most
        return Parameter(self.name, **properties)


def yes_or_no(name: str, label: str, group: str, description: str, default: Literal["yes", "no"]) -> StackParameter:
    """Return a parameter that is a question."""
    return StackParameter(name, label, group, description, "must be yes or no", default, allowed=("yes", "no"))


ORGANISATION = "Organisation and accounts"
SECURITY = "Names and permissions"
PLAYBOOKS = "Playbooks"
CONTROLS = "Controls"
OPERATION = "Operation"
ASSETS = "Where the templates are"
INTERNAL = "Set by the parent stack"

ADMIN_ACCOUNT = StackParameter(
    "SecHubAdminAccount",
    "Security Hub administrator account",
    ORGANISATION,
    "The account of the Security Hub delegated administrator, where the admin stack is launched.",
    "must be an AWS account id of 12 digits",
    default=None,
    pattern="[0-9]{12}",
)
ORGANIZATION_ID = StackParameter(
    "OrganizationId",
    "AWS Organizations id",
    ORGANISATION,
    "If given, only principals of this organization are trusted. Leave empty without AWS Organizations.",
    "must be an organization id like o-a1b2c3d4e5, or empty",
    default="",
    pattern="(o-[a-z0-9]{10,32})?",
)
MEMBER_ACCOUNTS = StackParameter(
    "MemberAccounts",
    "Member accounts",
    ORGANISATION,
    "Accounts that may report the end of a remediation, separated by commas; not needed where OrganizationId is given.",
    "must be AWS account ids of 12 digits each, separated by commas, or empty",
    default="",
    type="CommaDelimitedList",
    pattern="([0-9]{12})?",
)
ORCHESTRATOR_REGION = StackParameter(
    "OrchestratorRegion",
    "Region of the admin stack",
    ORGANISATION,
    "Region to which the end of a remediation is reported. Leave empty to let the admin account ask every minute.",
    "must be a region like eu-west-1, or empty",
    default="",
    pattern="([a-z]{2,4}(-[a-z]+)+-[0-9]+)?",
)
NAMESPACE = StackParameter(
    "Namespace",
    "Namespace",
    SECURITY,
    "Last part of the names of the remediation roles. The same in the member roles stack and in each member stack.",
    "must be 1 to 9 lower-case letters and digits that start with a letter",
    default=DEFAULT_NAMESPACE,
    pattern="[a-z][a-z0-9]{0,8}",
)
ROLE_PATH = StackParameter(
    "RolePath",
    "IAM path of the roles",
    SECURITY,
    "IAM path of every role. The same in all three stacks of all accounts.",
    "must be an IAM path that starts and ends with /, like / or /security/",
    default="/",
    pattern="/([A-Za-z0-9+=,.@_-]+/){0,20}",
)
PERMISSIONS_BOUNDARY = StackParameter(
    "PermissionsBoundary",
    "Permissions boundary of the roles",
    SECURITY,
    "ARN of a managed policy that is set as permissions boundary of every role of this stack. Leave empty for none.",
    "must be the ARN of an IAM managed policy, or empty",
    default="",
    pattern="(arn:aws[a-z-]*:iam::(aws|[0-9]{12}):policy/[A-Za-z0-9+=,.@_/-]+)?",
)
ALLOW_UNDO = yes_or_no(
    "AllowUndo",
    "Permit undo",
    SECURITY,
    "Whether the remediation roles may also revert what they did, for example open a port again.",
    "no",
)
USE_CUSTOMER_KEY = yes_or_no(
    "UseCustomerKey",
    "Encrypt with a customer managed key",
    SECURITY,
    "Whether queues, tables, topics and logs are encrypted with a KMS key of your own (about one dollar a month).",
    "no",
)
USE_AWS_OWNED_RUNBOOKS = yes_or_no(
    "UseAwsOwnedRunbooks",
    "Use runbooks owned by AWS",
    OPERATION,
    "Whether a remediation first runs the runbook that AWS owns for it, where there is one and it applies.",
    "no",
)
LOG_RETENTION = StackParameter(
    "OrchestratorLogRetention",
    "Days to keep logs",
    OPERATION,
    "How many days the logs of the orchestrator are kept.",
    "must be a retention that CloudWatch Logs knows, like 30, 90 or 365",
    default=365,
    type="Number",
    allowed=LOG_RETENTION_DAYS,
)
IN_FLIGHT = StackParameter(
    "InFlightPerAccountRegion",
    "Remediations at a time",
    OPERATION,
    "How many remediations run at a time in one account and region. Each takes two of its automations (100, or up to "
    "500 with adaptive concurrency).",
    "must be a number from 1 to 250",
    default=40,
    type="Number",
    least=1,
    most=250,
)
INGEST_QUEUE_ARN = StackParameter(
    "IngestQueueArn",
    "Ingest queue",
    INTERNAL,
    "ARN of the queue that takes the events of Security Hub.",
    "must be the ARN of an SQS queue",
    default=None,
    pattern="arn:aws[a-z-]*:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+",
)


def load_playbook(key: str, title: str) -> StackParameter:
    """Return the parameter that loads the playbook with this `key`."""
    description = f"Whether the playbook {key} ({title}) is used."
    return yes_or_no(load_parameter(key), f"Load {title}", PLAYBOOKS, description, "yes")


def control_switch(control: Control) -> StackParameter:
    """Return the parameter that switches a security control in all playbooks, in the stack's account and region."""
    return yes_or_no(
        switch_parameter(control.id),
        control.id,
        CONTROLS,
        f"Whether {control.id} can be remediated in this account and region (remediation {control.runbook}).",
        "yes",
    )


def asset_parameters(bucket: str, prefix: str) -> tuple[StackParameter, StackParameter]:
    """Return where the templates and the Lambda code are, with the build's answers as defaults."""
    return (
        StackParameter(
            "TemplateBucket",
            "Base name of the bucket",
            ASSETS,
            "Base name of the bucket with the templates: the bucket in each region is called <base name>-<region>.",
            "must be 3 to 48 lower-case letters, digits and hyphens, the bucket's name without -<region>",
            default=bucket,
            pattern=BUCKET_PATTERN,
        ),
        StackParameter(
            "TemplatePrefix",
            "Path in the bucket",
            ASSETS,
            "Path in the bucket under which the folders templates and lambda are.",
            "must be a path without a slash at its start and end, like automated-security-response/v1.0.0",
            default=prefix,
            pattern=BUCKET_PREFIX_PATTERN,
        ),
    )


def declare(template: Template, parameters: Iterable[StackParameter]) -> None:
    """Add the parameters to the template, each with its place and label in the console."""
    groups: dict[str, list[str]] = {}
    labels: dict[str, dict[str, str]] = {}
    for parameter in parameters:
        template.add_parameter(parameter.resource())
        groups.setdefault(parameter.group, []).append(parameter.name)
        labels[parameter.name] = {"default": parameter.label}
    template.set_metadata(
        {
            "AWS::CloudFormation::Interface": {
                "ParameterGroups": [
                    {"Label": {"default": group}, "Parameters": names} for group, names in groups.items()
                ],
                "ParameterLabels": labels,
            }
        }
    )


def given(template: Template, parameter: StackParameter) -> str:
    """Add the condition that an optional parameter has a value; return the condition's name."""
    name = f"{parameter.name}Given"
    if name not in template.conditions:
        template.add_condition(name, Not(Equals(Ref(parameter.name), "")))
    return name


def answered_yes(template: Template, parameter_name: str) -> str:
    """Add the condition that a yes/no parameter is yes; return the condition's name."""
    name = f"{parameter_name}IsYes"
    if name not in template.conditions:
        template.add_condition(name, Equals(Ref(parameter_name), "yes"))
    return name


def boundary(template: Template) -> If:
    """Return the value of a role's PermissionsBoundary: the parameter, or nothing where it is empty."""
    return If(given(template, PERMISSIONS_BOUNDARY), Ref(PERMISSIONS_BOUNDARY.name), NoValue)
