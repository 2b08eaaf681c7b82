"""Secrets Manager: rotations by a function, and the day of the last access."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from asr_templates.simulator.aws.clock import scheduler
from asr_templates.simulator.scenarios import Place
from asr_templates.simulator.scenarios.past import days_ago
from asr_templates.simulator.scenarios.secrets_manager import rotation_function

ACCOUNT = "111111111111"
REGION = "eu-west-1"


class Clients:
    """Clients of one account and region, as scenarios have them."""

    def __init__(self, environment: Any) -> None:
        self.environment = environment

    def client(self, service: str, account: str, region: str) -> Any:
        return self.environment.session(account).client(service, region_name=region)


@pytest.fixture
def function(environment: Any) -> str:
    return rotation_function(Place(Clients(environment), ACCOUNT, REGION))  # type: ignore[arg-type]


@pytest.fixture
def secrets(environment: Any) -> Any:
    secrets = environment.session(ACCOUNT).client("secretsmanager", region_name=REGION)
    secrets.create_secret(Name="orders", SecretString="old")
    return secrets


def value(secrets: Any) -> str:
    return str(secrets.get_secret_value(SecretId="orders")["SecretString"])


def stages(secrets: Any) -> list[list[str]]:
    found = secrets.describe_secret(SecretId="orders")["VersionIdsToStages"]
    return sorted(sorted(each) for each in found.values())


def test_last_access_is_a_day_and_missing_at_first(secrets: Any) -> None:
    assert "LastAccessedDate" not in secrets.describe_secret(SecretId="orders")
    with days_ago(3):
        value(secrets)

    accessed = secrets.describe_secret(SecretId="orders")["LastAccessedDate"]

    assert (accessed.timestamp() % 86_400, accessed.strftime("%Y-%m-%d")) == (0, "2025-12-29")


def test_administrators_rotation_is_done_at_once_by_the_function(secrets: Any, function: str) -> None:
    rules = {"AutomaticallyAfterDays": 30, "Duration": "3h"}
    secrets.rotate_secret(SecretId="orders", RotationLambdaARN=function, RotationRules=rules)

    described = secrets.describe_secret(SecretId="orders")

    assert value(secrets) != "old"
    assert (described["RotationEnabled"], described["RotationRules"]) == (True, rules)
    assert stages(secrets) == [["AWSCURRENT", "AWSPENDING"], ["AWSPREVIOUS"]]
    assert "LastRotatedDate" in described


def test_runbooks_rotation_is_pending_for_a_while(secrets: Any, function: str, worker: Any) -> None:
    client = worker.client("secretsmanager", region_name=REGION)
    client.rotate_secret(SecretId="orders", RotationLambdaARN=function, RotationRules={"AutomaticallyAfterDays": 30})

    assert stages(secrets) == [["AWSCURRENT"], ["AWSPENDING"]]
    with pytest.raises(ClientError, match="A previous rotation isn't complete"):
        client.rotate_secret(SecretId="orders")
    scheduler.run()
    assert stages(secrets) == [["AWSCURRENT", "AWSPENDING"], ["AWSPREVIOUS"]]


def test_configuration_alone_is_tested_and_nothing_rotated(secrets: Any, function: str) -> None:
    secrets.rotate_secret(
        SecretId="orders",
        RotationLambdaARN=function,
        RotationRules={"ScheduleExpression": "rate(10 days)"},
        RotateImmediately=False,
    )

    described = secrets.describe_secret(SecretId="orders")

    assert (value(secrets), stages(secrets)) == ("old", [["AWSCURRENT"]])
    assert described["RotationRules"] == {"ScheduleExpression": "rate(10 days)"}
    assert "LastRotatedDate" not in described


def test_function_and_rules_are_kept_when_the_rotation_is_switched_off_and_on(secrets: Any, function: str) -> None:
    rules = {"AutomaticallyAfterDays": 30}
    secrets.rotate_secret(SecretId="orders", RotationLambdaARN=function, RotationRules=rules)
    secrets.cancel_rotate_secret(SecretId="orders")
    off = secrets.describe_secret(SecretId="orders")
    secrets.rotate_secret(SecretId="orders")
    on = secrets.describe_secret(SecretId="orders")

    assert [(each["RotationEnabled"], each["RotationLambdaARN"], each["RotationRules"]) for each in (off, on)] == [
        (False, function, rules),
        (True, function, rules),
    ]


def test_secret_without_a_function_cannot_be_rotated(secrets: Any) -> None:
    with pytest.raises(ClientError, match="doesn't already have a Lambda function ARN configured"):
        secrets.rotate_secret(SecretId="orders")


def test_function_that_may_not_be_called_leaves_the_rotation_pending(
    environment: Any, secrets: Any, function: str
) -> None:
    functions = environment.session(ACCOUNT).client("lambda", region_name=REGION)
    functions.remove_permission(FunctionName=function.rpartition(":")[2], StatementId="rotation")

    secrets.rotate_secret(SecretId="orders", RotationLambdaARN=function, RotationRules={"AutomaticallyAfterDays": 30})

    assert stages(secrets) == [["AWSCURRENT"], ["AWSPENDING"]]


@pytest.mark.parametrize(
    "rules",
    [{"AutomaticallyAfterDays": 1001}, {"AutomaticallyAfterDays": 30, "ScheduleExpression": "rate(30 days)"}],
)
def test_rules_that_make_no_schedule_are_refused(secrets: Any, function: str, rules: Any) -> None:
    with pytest.raises(ClientError):
        secrets.rotate_secret(SecretId="orders", RotationLambdaARN=function, RotationRules=rules)
