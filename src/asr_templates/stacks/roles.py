"""IAM roles of the member accounts: permissions -> statements, and who may assume a role.

No trust policy names a role of another stack as principal: IAM refuses one that does not exist yet and forgets one that
was recreated. The principal is the account, and a condition names the role, so stacks can be launched in any order.
"""

from collections.abc import Iterable, Mapping

from troposphere import If, NoValue, Ref, Sub, Template, iam

from asr_templates.model import Group, Permission, Runbook
from asr_templates.names import Names, alphanumeric
from asr_templates.stacks.parameters import (
    ADMIN_ACCOUNT,
    ALLOW_UNDO,
    ORGANIZATION_ID,
    ROLE_PATH,
    answered_yes,
    boundary,
    given,
)

POLICY_VERSION = "2012-10-17"
CALLING_TASKS = ("Prepare", "Schedule", "Follow")
"""The orchestrator's functions that act in member accounts."""

UNDO = "Undo"
POLICIES: Mapping[str, tuple[Group, ...]] = {"Read": ("read",), "Change": ("change", "dependencies"), UNDO: ("undo",)}
"""The inline policies of a remediation's role and the groups of permissions in each."""

Statement = dict[str, object]
PolicyDocument = dict[str, object]


def substituted(text: str) -> str | Sub:
    """Return `text`, as Fn::Sub where it holds a variable."""
    return Sub(text) if "${" in text else text


def statement(permission: Permission) -> Statement:
    """Return the IAM statement of a permission; `because` is for readers of the runbook, IAM has no place for it."""
    made: Statement = {
        "Effect": "Allow",
        "Action": list(permission.actions),
        "Resource": [substituted(resource) for resource in permission.resources],
    }
    if permission.conditions:
        made["Condition"] = {
            operator: {key: substituted(value) for key, value in keys.items()}
            for operator, keys in permission.conditions.items()
        }
    return made


def policy_document(statements: Iterable[Statement]) -> PolicyDocument:
    """Return an IAM policy or trust document."""
    return {"Version": POLICY_VERSION, "Statement": list(statements)}


def automation_trust() -> Statement:
    """Systems Manager may assume the role for automations of this account (SSM guide, confused deputy prevention)."""
    automations = "arn:${AWS::Partition}:ssm:*:${AWS::AccountId}:automation-execution/*"
    return {
        "Effect": "Allow",
        "Principal": {"Service": "ssm.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": Ref("AWS::AccountId")},
            "ArnLike": {"aws:SourceArn": Sub(automations)},
        },
    }


def orchestrator_trust(template: Template, names: Names) -> Statement:
    """The functions of the admin account may assume the role; with OrganizationId only from inside the organization."""
    admin = f"arn:${{AWS::Partition}}:iam::${{{ADMIN_ACCOUNT.name}}}"
    roles = [f"{admin}:role${{{ROLE_PATH.name}}}{names.function_role(task)}" for task in CALLING_TASKS]
    organization = {"aws:PrincipalOrgID": Ref(ORGANIZATION_ID.name)}
    return {
        "Effect": "Allow",
        "Principal": {"AWS": Sub(f"{admin}:root")},
        "Action": "sts:AssumeRole",
        "Condition": {
            "ArnEquals": {"aws:PrincipalArn": [Sub(role) for role in roles]},
            "StringEquals": If(given(template, ORGANIZATION_ID), organization, NoValue),
        },
    }


def remediation_role(template: Template, names: Names, runbook: Runbook) -> iam.Role:
    """Return the role of one remediation: its permissions and nothing else; undo's only while AllowUndo is yes.

    Permissions that others depend on are in the policy of the changes.
    """
    policies = []
    for name, groups in POLICIES.items():
        if permissions := [permission for group in groups for permission in runbook.permissions.get(group, ())]:
            document = policy_document(statement(permission) for permission in permissions)
            policies.append(iam.Policy(PolicyName=name, PolicyDocument=document))
            if name == UNDO:
                policies[-1] = If(answered_yes(template, ALLOW_UNDO.name), policies[-1], NoValue)
    return iam.Role(
        f"Role{alphanumeric(runbook.name)}",
        RoleName=Sub(names.remediation_role(runbook.name, "${Namespace}")),
        Description=f"What the remediation {runbook.name} may do",
        Path=Ref(ROLE_PATH.name),
        PermissionsBoundary=boundary(template),
        AssumeRolePolicyDocument=policy_document([automation_trust()]),
        Policies=policies,
    )
