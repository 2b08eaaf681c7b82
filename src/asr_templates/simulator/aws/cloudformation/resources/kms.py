"""KMS: keys and aliases."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from asr_templates.simulator.aws.cloudformation.creation import Creation
from asr_templates.simulator.aws.cloudformation.failures import Refused
from asr_templates.simulator.aws.cloudformation.principals import unknown_principals
from asr_templates.simulator.aws.cloudformation.resources.handler import (
    Handler,
    Properties,
    document_content,
    document_text,
    given,
    handler,
)
from asr_templates.simulator.aws.cloudformation.stack import Created


def _create_key(creation: Creation, properties: Properties) -> Created:
    policy: dict[str, Any] = {}
    if "KeyPolicy" in properties:
        _check_key_policy(creation, properties)
        policy["Policy"] = document_text(properties["KeyPolicy"])
    tags = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in properties.get("Tags", [])]
    kms = creation.clients("kms")
    key = kms.create_key(
        Tags=tags,
        **policy,
        **given(properties, "Description KeyUsage KeySpec MultiRegion Origin BypassPolicyLockoutSafetyCheck"),
    )["KeyMetadata"]
    if properties.get("EnableKeyRotation"):
        kms.enable_key_rotation(KeyId=key["KeyId"], **given(properties, "RotationPeriodInDays"))
    if not properties.get("Enabled", True):
        kms.disable_key(KeyId=key["KeyId"])
    return Created(key["KeyId"], {"Arn": key["Arn"], "KeyId": key["KeyId"]})


def _check_key_policy(creation: Creation, properties: Properties) -> None:
    """Refuse principals that do not exist and a policy that locks the account out of its own key."""
    policy = document_content(properties["KeyPolicy"], "KeyPolicy")
    unknown = list(unknown_principals(policy, creation))
    if unknown:
        raise Refused(
            f"Policy contains a statement with one or more invalid principals: {', '.join(unknown)} "
            "(Service: Kms, Error Code: MalformedPolicyDocumentException)"
        )
    own = {creation.account, f"arn:{creation.partition}:iam::{creation.account}:root", "*"}
    keeps_access = any(
        fnmatchcase("kms:PutKeyPolicy", action) and principal in own
        for statement in _list(policy.get("Statement"))
        if statement.get("Effect") == "Allow"
        for action in _list(statement.get("Action"))
        for principal in _aws_principals(statement)
    )
    if not keeps_access and not properties.get("BypassPolicyLockoutSafetyCheck"):
        raise Refused("The new key policy will not allow you to update the key policy in the future.")


def _aws_principals(statement: Mapping[str, Any]) -> Iterator[str]:
    principal = statement.get("Principal", {})
    yield from _list(principal if isinstance(principal, str) else principal.get("AWS"))


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _create_alias(creation: Creation, properties: Properties) -> Created:
    creation.clients("kms").create_alias(AliasName=properties["AliasName"], TargetKeyId=properties["TargetKeyId"])
    return Created(properties["AliasName"], {})


HANDLERS: Mapping[str, Handler] = {
    "AWS::KMS::Key": handler(
        _create_key,
        "Description KeyPolicy KeyUsage KeySpec MultiRegion Origin Enabled EnableKeyRotation RotationPeriodInDays Tags "
        "PendingWindowInDays BypassPolicyLockoutSafetyCheck",
    ),
    "AWS::KMS::Alias": handler(_create_alias, "AliasName TargetKeyId"),
}
