"""Broken resources of AWS Secrets Manager."""

import io
import json
import uuid
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario
from asr_templates.simulator.scenarios.past import days_ago

AGE = 91
"""Days: one more than the controls allow."""

ROTATION_FUNCTION = """
import boto3

def handler(event, context):
    secrets, secret, version = boto3.client("secretsmanager"), event["SecretId"], event["ClientRequestToken"]
    if event["Step"] == "createSecret":
        password = secrets.get_random_password()["RandomPassword"]
        secrets.put_secret_value(
            SecretId=secret, ClientRequestToken=version, SecretString=password, VersionStages=["AWSPENDING"]
        )
    elif event["Step"] == "testSecret":
        secrets.get_secret_value(SecretId=secret, VersionId=version, VersionStage="AWSPENDING")
    elif event["Step"] == "finishSecret":
        stages = secrets.describe_secret(SecretId=secret)["VersionIdsToStages"]
        former = next(each for each in stages if "AWSCURRENT" in stages[each])
        secrets.update_secret_version_stage(
            SecretId=secret, VersionStage="AWSCURRENT", MoveToVersionId=version, RemoveFromVersionId=former
        )
"""


def secret(place: Place) -> str:
    """A secret that nobody has ever read."""
    created = place.client("secretsmanager").create_secret(
        Name=f"prod/orders_db-{uuid.uuid4().hex[:8]}",
        SecretString="not-a-secret",
        Description="opens the database of orders",
        Tags=[{"Key": "team", "Value": "orders"}],
    )
    return str(created["ARN"])


def unused_secret(place: Place) -> str:
    """An old secret that nobody has ever read."""
    with days_ago(AGE):
        return secret(place)


def rotation_function(place: Place) -> str:
    """Make a function that rotates secrets of this account, and return its ARN."""
    iam, functions = place.client("iam"), place.client("lambda")
    name = f"rotation-{uuid.uuid4().hex[:8]}"
    trusting = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    allowed = {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(trusting))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="rotation", PolicyDocument=policy(allowed))
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("rotation.py", ROTATION_FUNCTION)
    function = functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="rotation.handler",
        Role=role,
        Code={"ZipFile": code.getvalue()},
    )
    functions.add_permission(
        FunctionName=name,
        StatementId="rotation",
        Action="lambda:InvokeFunction",
        Principal="secretsmanager.amazonaws.com",
        SourceAccount=place.account,
    )
    return str(function["FunctionArn"])


def policy(statement: dict[str, Any]) -> str:
    """Return a policy document of one statement."""
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def rotated_secret(place: Place) -> str:
    """A secret that was rotated long ago, with a schedule that is too slow."""
    function = rotation_function(place)
    with days_ago(AGE):
        arn = secret(place)
        place.client("secretsmanager").rotate_secret(
            SecretId=arn, RotationLambdaARN=function, RotationRules={"AutomaticallyAfterDays": 365, "Duration": "3h"}
        )
    return arn


def secret_without_rotation(place: Place) -> str:
    """A secret whose rotation somebody has cancelled."""
    arn = rotated_secret(place)
    place.client("secretsmanager").cancel_rotate_secret(SecretId=arn)
    return arn


def described(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the whole secret but for what Secrets Manager notes by itself; of its versions only the stages."""
    found = place.client("secretsmanager").describe_secret(SecretId=resource_id)
    stages = sorted(found.pop("VersionIdsToStages").values())
    given = ("ResponseMetadata", "NextRotationDate", "LastAccessedDate")
    return {**{key: found[key] for key in found if key not in given}, "Stages": stages}


def is_scheduled(place: Place, resource_id: str) -> bool:
    """The secret will be deleted, and can be restored for a while."""
    return "DeletedDate" in described(place, resource_id)


def restore(place: Place, resource_id: str) -> None:
    """Someone restores the secret, since it is in use."""
    place.client("secretsmanager").restore_secret(SecretId=resource_id)


def is_rotated(place: Place, resource_id: str) -> bool:
    """The secret has a value of the last 90 days, and a schedule that gives it such."""
    found = described(place, resource_id)
    is_young = datetime.now(UTC) - found["LastRotatedDate"] < timedelta(days=90)
    rules = {"AutomaticallyAfterDays": 90, "Duration": "3h"}
    is_done = ["AWSCURRENT", "AWSPENDING"] in map(sorted, found["Stages"])
    return bool(is_young and is_done and rules == found["RotationRules"])


def rotates(place: Place, resource_id: str) -> bool:
    """The secret is rotated automatically by its own schedule, and was not rotated just now."""
    found = described(place, resource_id)
    is_old = datetime.now(UTC) - found["LastRotatedDate"] > timedelta(days=90)
    rules = {"AutomaticallyAfterDays": 365, "Duration": "3h"}
    return bool(is_old and found["RotationEnabled"] and rules == found["RotationRules"])


def cancel(place: Place, resource_id: str) -> None:
    """Someone switches the rotation off again."""
    place.client("secretsmanager").cancel_rotate_secret(SecretId=resource_id)


SCENARIOS = {
    "SecretsManager.1": Scenario(secret_without_rotation, rotates, described, cancel),
    "SecretsManager.3": Scenario(unused_secret, is_scheduled, described, restore),
    "SecretsManager.4": Scenario(rotated_secret, is_rotated, described, cancel),
}
