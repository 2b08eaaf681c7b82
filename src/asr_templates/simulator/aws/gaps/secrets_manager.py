"""Secrets Manager: a rotation is done by the secret's function and takes its time; the last access is noted.

Sources: API reference, RotateSecret, DescribeSecret (LastAccessedDate is a day) and RotationRulesType; user guide,
"Rotation by Lambda function". The function is called by Secrets Manager itself, so its policy must allow that. What a
person (the administrator of the simulation) rotates is settled at once. Rotations by schedule do not happen: a
simulation does not last that long.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from botocore.exceptions import ClientError
from moto.moto_api._internal import mock_random
from moto.secretsmanager.exceptions import (
    InvalidParameterException,
    InvalidRequestException,
    OperationNotPermittedOnReplica,
)
from moto.secretsmanager.models import FakeSecret, ReplicaSecret, SecretsManagerBackend
from moto.secretsmanager.responses import SecretsManagerResponse

from asr_templates.simulator.aws import identity
from asr_templates.simulator.aws.clock import scheduler

SERVICE = "secretsmanager.amazonaws.com"
DAY = 86_400

ROTATION_SECONDS = 60.0
"""How long a rotation takes until its function is called. Really less: seconds to minutes."""

ROTATION_STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
TEST_STEPS = ("testSecret",)


@contextmanager
def installed() -> Iterator[None]:
    """Mend moto's secrets."""
    backend = SecretsManagerBackend
    with ExitStack() as stack:
        for owner, name, replacement in (
            (FakeSecret, "rotation_rules", {}),
            (FakeSecret, "last_accessed_date", None),
            (FakeSecret, "to_dict", _described(FakeSecret.to_dict)),
            (backend, "get_secret_value", _noted(backend.get_secret_value)),
            (SecretsManagerResponse, "rotate_secret", _rotate_secret),
        ):
            stack.enter_context(mock.patch.object(owner, name, replacement, create=not hasattr(owner, name)))
        yield


def _described(describe: Callable[[FakeSecret], dict[str, Any]]) -> Callable[[FakeSecret], dict[str, Any]]:
    def to_dict(self: FakeSecret) -> dict[str, Any]:
        rules = {"RotationRules": self.rotation_rules} if self.rotation_requested else {}
        return {**describe(self), **rules, "LastAccessedDate": self.last_accessed_date}

    return to_dict


def _noted(read: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def get_secret_value(self: SecretsManagerBackend, secret_id: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
        value = read(self, secret_id, *args, **kwargs)
        secret = self.secrets[secret_id]
        if isinstance(secret, FakeSecret):
            secret.last_accessed_date = int(time.time()) // DAY * DAY
        return value

    return get_secret_value


def _rotate_secret(self: SecretsManagerResponse) -> str:
    """RotateSecret."""
    secret = self.backend.describe_secret(self._get_param("SecretId"))
    if isinstance(secret, ReplicaSecret):
        raise OperationNotPermittedOnReplica
    if secret.is_deleted():
        raise InvalidRequestException(
            "You can't perform this operation on the secret because it was marked for deletion."
        )
    function = self._get_param("RotationLambdaARN") or secret.rotation_lambda_arn
    if not function:
        raise InvalidRequestException(
            "You tried to enable rotation on a secret that doesn't already have a Lambda function ARN configured and "
            "you didn't include such an ARN as a parameter in this call."
        )
    if any(_is_in_rotation(version) for version in secret.versions.values()):
        raise InvalidRequestException("A previous rotation isn't complete. That rotation will be reattempted.")
    rules = self._get_param("RotationRules") or secret.rotation_rules
    _check_rules(rules)
    secret.rotation_requested = secret.rotation_enabled = True
    secret.rotation_lambda_arn, secret.rotation_rules = function, rules
    if "AutomaticallyAfterDays" in rules:
        secret.next_rotation_date = int(time.time()) + rules["AutomaticallyAfterDays"] * DAY
    version_id = self._get_param("ClientRequestToken") or str(mock_random.uuid4())
    current = secret.versions.get(secret.default_version_id, {})
    is_immediate = self._get_bool_param("RotateImmediately", True)
    value = {} if is_immediate else {name: current[name] for name in current if name.startswith("secret_")}
    secret.versions[version_id] = {
        **value,
        "createdate": int(time.time()),
        "version_id": version_id,
        "version_stages": ["AWSPENDING"],
    }
    caller = identity.principal_of(self.get_access_key())
    rotate = _rotate if is_immediate else _test
    if caller is not None and caller.kind == "administrator":
        scheduler.call(rotate, secret, version_id)
    else:
        scheduler.spawn(rotate, secret, version_id, name=f"rotation of {secret.name}", delay=ROTATION_SECONDS)
    return json.dumps({"ARN": secret.arn, "Name": secret.name, "VersionId": version_id})


def _is_in_rotation(version: dict[str, Any]) -> bool:
    stages = version["version_stages"]
    return "AWSPENDING" in stages and "AWSCURRENT" not in stages


def _check_rules(rules: dict[str, Any]) -> None:
    if "AutomaticallyAfterDays" in rules and "ScheduleExpression" in rules:
        raise InvalidParameterException("You can't specify both AutomaticallyAfterDays and ScheduleExpression.")
    if not 1 <= rules.get("AutomaticallyAfterDays", 1) <= 1000:
        raise InvalidParameterException("RotationRules.AutomaticallyAfterDays must be within 1-1000.")


def _rotate(secret: FakeSecret, version_id: str) -> None:
    """The four steps; where one fails the version stays pending, and so does the rotation."""
    if _call(secret, version_id, ROTATION_STEPS) and "AWSCURRENT" in secret.versions[version_id]["version_stages"]:
        secret.set_default_version_id(version_id)
        secret.last_rotation_date = int(time.time())


def _test(secret: FakeSecret, version_id: str) -> None:
    """The configuration is tested with a version that is removed again."""
    _call(secret, version_id, TEST_STEPS)
    secret.versions.pop(version_id, None)


def _call(secret: FakeSecret, version_id: str, steps: tuple[str, ...]) -> bool:
    """Call the secret's function for each step, as Secrets Manager; whether all of them succeeded."""
    session = identity.service(SERVICE, secret.account_id, secret.arn)
    client = session.client("lambda", region_name=secret.region)
    for step in steps:
        payload = json.dumps({"Step": step, "SecretId": secret.arn, "ClientRequestToken": version_id})
        try:
            answer = client.invoke(FunctionName=secret.rotation_lambda_arn, Payload=payload)
        except ClientError:
            return False
        if "FunctionError" in answer:
            return False
    return True
