"""How a resource is broken, and how a person would see that it is fixed: one scenario per control.

The proofs, `asr simulate` and the benchmarks share them. A scenario describes its resource in its own words, not in the
plan's: what it says before a remediation and after its undo must be equal.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asr_templates.simulator.cloud import Cloud


@dataclass(frozen=True)
class Place:
    """Where a resource lives, with clients that have full rights."""

    cloud: "Cloud"
    account: str
    region: str

    def client(self, service: str) -> Any:
        """Return a boto3 client of this account and region."""
        return self.cloud.client(service, account=self.account, region=self.region)

    @property
    def partition(self) -> str:
        """Return the partition of the region."""
        return str(self.client("ec2").meta.partition)

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource in this place."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    @property
    def account_resource(self) -> str:
        """Return the account itself as findings name it."""
        return f"AWS::::Account:{self.account}"


@dataclass(frozen=True)
class Scenario:
    """A resource that fails a control.

    broken: makes it and returns its id as a finding carries it (Resources[0].Id); it can be called again.
    fixed: whether the control would pass.
    described: all of the resource that a person cares for, as plain data.
    drifted: someone changes the resource after the remediation, in a field that the remediation changed.
    parameters: name of a row's input -> the texts that the finding has for it (Compliance.SecurityControlParameters);
    one that is not here has the row's own value.
    """

    broken: Callable[[Place], str]
    fixed: Callable[[Place, str], bool]
    described: Callable[[Place, str], Any]
    drifted: Callable[[Place, str], None]
    parameters: Mapping[str, list[str]] = field(default_factory=dict)


SERVICES = (
    "api_gateway",
    "athena",
    "auto_scaling",
    "cloudformation",
    "cloudfront",
    "cloudtrail",
    "cloudwatch",
    "codebuild",
    "config",
    "dynamodb",
    "ec2",
    "ecr",
    "ecs",
    "elasticache",
    "elb",
    "guardduty",
    "iam",
    "kms",
    "lambda_",
    "macie",
    "rds",
    "redshift",
    "s3",
    "secrets_manager",
    "sns",
    "sqs",
    "ssm",
)


@cache
def scenarios() -> dict[str, Scenario]:
    """Return security control id -> scenario."""
    found: dict[str, Scenario] = {}
    for service in SERVICES:
        found |= import_module(f"{__name__}.{service}").SCENARIOS
    return found


@cache
def variants() -> dict[str, Scenario]:
    """Return "<security control id>, <what else is broken>" -> scenario: "RDS.1, a snapshot of a cluster".

    What a remediation does in another way, or to another kind of resource, than in the control's first scenario; only
    the proofs take these.
    """
    found: dict[str, Scenario] = {}
    for service in SERVICES:
        found |= getattr(import_module(f"{__name__}.{service}"), "VARIANTS", {})
    return found
