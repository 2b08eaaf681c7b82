"""IAM: roles and policies. Names are one per account, in all regions.

Size limits: IAM User Guide, "IAM and AWS STS quotas"; white space does not count.
"""

import json
from collections.abc import Iterable, Mapping
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

MAXIMUM_TRUST_POLICY = 2048
MAXIMUM_INLINE_POLICIES = 10_240
MAXIMUM_MANAGED_POLICY = 6144


def _size(policy: str | Mapping[str, Any]) -> int:
    content = document_content(policy, "PolicyDocument")
    return len(json.dumps(content, separators=(",", ":"), ensure_ascii=False))


def _create_role(creation: Creation, properties: Properties) -> Created:
    trust = document_content(properties["AssumeRolePolicyDocument"], "AssumeRolePolicyDocument")
    for principal in unknown_principals(trust, creation):
        raise Refused(f"Invalid principal in policy: {principal} (Service: Iam, Error Code: MalformedPolicyDocument)")
    if _size(trust) > MAXIMUM_TRUST_POLICY:
        raise Refused(f"Cannot exceed quota for ACLSizePerRole: {MAXIMUM_TRUST_POLICY} (it has {_size(trust)})")
    iam = creation.clients("iam")
    name = properties.get("RoleName") or creation.generated_name()
    role = iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=document_text(trust),
        **given(properties, "Path Description MaxSessionDuration PermissionsBoundary Tags"),
    )["Role"]
    policies = properties.get("Policies", [])
    for policy in policies:
        iam.put_role_policy(
            RoleName=name, PolicyName=policy["PolicyName"], PolicyDocument=document_text(policy["PolicyDocument"])
        )
    _check_inline_size(name, [policy["PolicyDocument"] for policy in policies])
    for policy_arn in properties.get("ManagedPolicyArns", []):
        iam.attach_role_policy(RoleName=name, PolicyArn=policy_arn)
    return Created(name, {"Arn": role["Arn"], "RoleId": role["RoleId"]})


def _put_role_policy(creation: Creation, role: str, name: str, document: str | Mapping[str, Any]) -> None:
    """Add an inline policy to a role that is there already, perhaps with others."""
    iam = creation.clients("iam")
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=document_text(document))
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    stored = [iam.get_role_policy(RoleName=role, PolicyName=each)["PolicyDocument"] for each in names]
    _check_inline_size(role, stored)


def _check_inline_size(role: str, policies: Iterable[str | Mapping[str, Any]]) -> None:
    """Refuse a role whose inline policies together are too long."""
    size = sum(_size(policy) for policy in policies)
    if size > MAXIMUM_INLINE_POLICIES:
        raise Refused(
            f"Maximum policy size of {MAXIMUM_INLINE_POLICIES} bytes exceeded for role {role}: {size} bytes "
            "(Service: Iam, Error Code: LimitExceeded)"
        )


def _create_policy(creation: Creation, properties: Properties) -> Created:
    """Put the same inline policy into roles, users and groups."""
    iam = creation.clients("iam")
    name, document = properties["PolicyName"], properties["PolicyDocument"]
    for role in properties.get("Roles", []):
        _put_role_policy(creation, role, name, document)
    for user in properties.get("Users", []):
        iam.put_user_policy(UserName=user, PolicyName=name, PolicyDocument=document_text(document))
    for group in properties.get("Groups", []):
        iam.put_group_policy(GroupName=group, PolicyName=name, PolicyDocument=document_text(document))
    return Created(creation.generated_name(), {"Id": creation.generated_name()})


def _create_role_policy(creation: Creation, properties: Properties) -> Created:
    document = properties.get("PolicyDocument")
    if document is None:
        raise Refused("PolicyDocument is required to create a role policy")
    _put_role_policy(creation, properties["RoleName"], properties["PolicyName"], document)
    return Created(f"{properties['PolicyName']}|{properties['RoleName']}", {})


def _create_managed_policy(creation: Creation, properties: Properties) -> Created:
    size = _size(properties["PolicyDocument"])
    if size > MAXIMUM_MANAGED_POLICY:
        raise Refused(f"Cannot exceed quota for PolicySize: {MAXIMUM_MANAGED_POLICY} (it has {size})")
    iam = creation.clients("iam")
    policy = iam.create_policy(
        PolicyName=properties.get("ManagedPolicyName") or creation.generated_name(128),
        PolicyDocument=document_text(properties["PolicyDocument"]),
        **given(properties, "Path Description"),
    )["Policy"]
    for role in properties.get("Roles", []):
        iam.attach_role_policy(RoleName=role, PolicyArn=policy["Arn"])
    for user in properties.get("Users", []):
        iam.attach_user_policy(UserName=user, PolicyArn=policy["Arn"])
    for group in properties.get("Groups", []):
        iam.attach_group_policy(GroupName=group, PolicyArn=policy["Arn"])
    return Created(policy["Arn"], {"PolicyArn": policy["Arn"], "PolicyId": policy["PolicyId"]})


HANDLERS: Mapping[str, Handler] = {
    "AWS::IAM::Role": handler(
        _create_role,
        "RoleName AssumeRolePolicyDocument Path Description MaxSessionDuration PermissionsBoundary Tags Policies "
        "ManagedPolicyArns",
    ),
    "AWS::IAM::Policy": handler(_create_policy, "PolicyName PolicyDocument Roles Users Groups"),
    "AWS::IAM::RolePolicy": handler(_create_role_policy, "PolicyName PolicyDocument RoleName"),
    "AWS::IAM::ManagedPolicy": handler(
        _create_managed_policy, "ManagedPolicyName PolicyDocument Path Description Roles Users Groups"
    ),
}
