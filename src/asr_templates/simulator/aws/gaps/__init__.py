"""What moto gets wrong for the resources that runbooks change: a module per service, each hook with a test.

What is not here moto does right; tests/simulator/aws/gaps states AWS's behaviour for both.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from asr_templates.simulator.aws.gaps import (
    api_gateway,
    application_autoscaling,
    athena,
    cloudformation_stacks,
    cloudfront,
    cloudtrail,
    codebuild,
    config,
    dynamodb,
    ebs_snapshots,
    elasticache,
    guardduty,
    iam,
    instances,
    lambda_,
    launch_configurations,
    logs,
    macie,
    rds,
    rds_snapshots,
    redshift,
    s3,
    secrets_manager,
    security_groups,
    sns,
    sqs,
    ssm,
    transit_gateways,
    vpc_endpoints,
    young_roles,
)

MODULES = (
    api_gateway,
    application_autoscaling,
    athena,
    cloudformation_stacks,
    cloudfront,
    cloudtrail,
    codebuild,
    config,
    dynamodb,
    ebs_snapshots,
    elasticache,
    guardduty,
    iam,
    instances,
    lambda_,
    launch_configurations,
    logs,
    macie,
    rds,
    rds_snapshots,
    redshift,
    s3,
    secrets_manager,
    security_groups,
    sns,
    sqs,
    ssm,
    transit_gateways,
    vpc_endpoints,
    young_roles,
)


@contextmanager
def installed() -> Iterator[None]:
    """Mend all of them for as long as the context lasts."""
    with ExitStack() as stack:
        for module in MODULES:
            stack.enter_context(module.installed())
        yield
