"""The member roles stack, launched once per account: who may remediate, and what each remediation may do."""

from collections.abc import Iterable, Mapping

from troposphere import Ref, Sub, Template, iam

from asr_templates.model import Control, Runbook
from asr_templates.names import Names
from asr_templates.stacks.nesting import (
    MEMBER_ROLES,
    Assets,
    NestedStack,
    Stack,
    by_service,
    description,
    nest,
    optional,
)
from asr_templates.stacks.parameters import (
    ADMIN_ACCOUNT,
    ALLOW_UNDO,
    NAMESPACE,
    ORGANIZATION_ID,
    PERMISSIONS_BOUNDARY,
    ROLE_PATH,
    boundary,
    declare,
)
from asr_templates.stacks.roles import (
    Statement,
    automation_trust,
    orchestrator_trust,
    policy_document,
    remediation_role,
)

WORKFLOW_STATUSES = ("RESOLVED", "NOTIFIED", "NEW")
"""What a control runbook may set; it can never suppress a finding."""


def roles_template(names: Names, runbooks: Mapping[str, Runbook]) -> Template:
    """Return the template with one role for each of the runbooks."""
    template = Template(Description=description("roles of remediations"))
    used = [NAMESPACE, ROLE_PATH, PERMISSIONS_BOUNDARY]
    if any(runbook.permissions.get("undo") for runbook in runbooks.values()):
        used.append(ALLOW_UNDO)
    declare(template, used)
    for _, runbook in sorted(runbooks.items()):
        template.add_resource(remediation_role(template, names, runbook))
    return template


def orchestrator_member_template(names: Names) -> Template:
    """Return the template with the role by which the orchestrator and the control runbooks act."""
    template = Template(Description=description("role of the orchestrator in a member account"))
    declare(template, [ADMIN_ACCOUNT, ORGANIZATION_ID, NAMESPACE, ROLE_PATH, PERMISSIONS_BOUNDARY])
    trust = [orchestrator_trust(template, names), automation_trust()]
    template.add_resource(
        iam.Role(
            "OrchestratorMember",
            RoleName=names.member_role,
            Description="Starts and follows remediations in this account and updates their findings",
            Path=Ref(ROLE_PATH.name),
            PermissionsBoundary=boundary(template),
            AssumeRolePolicyDocument=policy_document(trust),
            Policies=[
                iam.Policy(PolicyName="Automations", PolicyDocument=policy_document(automation_statements(names))),
                iam.Policy(PolicyName="Findings", PolicyDocument=policy_document(finding_statements())),
            ],
        )
    )
    return template


def automation_statements(names: Names) -> list[Statement]:
    """Return what starting and following the automations of this prefix needs.

    ssm:StartAutomationExecution is checked against the document, its definition and the execution that it makes. The
    control runbook runs under the same role and starts the remediation, so both kinds of documents are permitted.
    """
    ssm = "arn:${AWS::Partition}:ssm:*:${AWS::AccountId}"
    role = "arn:${AWS::Partition}:iam::${AWS::AccountId}:role${RolePath}"
    documents = Sub(f"{ssm}:document/{names.prefix}-*")
    executions = Sub(f"{ssm}:automation-execution/*")
    return [
        {
            "Effect": "Allow",
            "Action": ["ssm:StartAutomationExecution"],
            "Resource": [documents, Sub(f"{ssm}:automation-definition/{names.prefix}-*:*"), executions],
        },
        {
            "Effect": "Allow",
            "Action": [
                "ssm:GetAutomationExecution",
                "ssm:StopAutomationExecution",
                "ssm:DescribeAutomationStepExecutions",
            ],
            "Resource": [executions],
        },
        {"Effect": "Allow", "Action": ["ssm:DescribeAutomationExecutions"], "Resource": ["*"]},
        {"Effect": "Allow", "Action": ["ssm:DescribeDocument"], "Resource": [documents]},
        {
            "Effect": "Allow",
            "Action": ["iam:PassRole"],
            "Resource": [
                Sub(f"{role}{names.member_role}"),
                Sub(f"{role}{names.remediation_role('*', '${Namespace}')}"),
            ],
            "Condition": {"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}},
        },
    ]


def finding_statements() -> list[Statement]:
    """Return what writing a finding's note and status needs; a note alone carries no status, hence IfExists."""
    hub = Sub("arn:${AWS::Partition}:securityhub:*:${AWS::AccountId}:hub/default")
    status = {"securityhub:ASFFSyntaxPath/Workflow.Status": list(WORKFLOW_STATUSES)}
    return [
        {"Effect": "Allow", "Action": ["securityhub:GetFindings"], "Resource": [hub]},
        {
            "Effect": "Allow",
            "Action": ["securityhub:BatchUpdateFindings"],
            "Resource": [hub],
            "Condition": {"StringEqualsIfExists": status},
        },
    ]


def member_roles_root(
    names: Names, controls: Iterable[Control], runbooks: Mapping[str, Runbook], assets: Assets
) -> Stack:
    """Return the root: the orchestrator's role, and the roles of the remediations nested by AWS service."""
    template = Template(
        Description=description("member roles. Launch it once per account, the administrator's too, in any one region")
    )
    nested = [NestedStack("OrchestratorMember", orchestrator_member_template(names))]
    for service, used in by_service(controls, runbooks).items():
        nested.append(NestedStack(f"Roles{service}", roles_template(names, used)))
    undo = optional([ALLOW_UNDO], nested)
    always = [ADMIN_ACCOUNT, ORGANIZATION_ID, NAMESPACE, ROLE_PATH, PERMISSIONS_BOUNDARY]
    declare(template, [*always, *undo, *assets.parameters()])
    nest(template, nested)
    return Stack(MEMBER_ROLES, template, nested)
