"""Roles: who may assume them and what they may do."""

from typing import Any

from troposphere import Template, encode_to_dict

from asr_templates.model import Control, Permission, ResourceId, Runbook
from asr_templates.names import Names
from asr_templates.playbook import Playbook
from asr_templates.stacks.member_roles import member_roles_root, orchestrator_member_template, roles_template
from asr_templates.stacks.nesting import Assets, by_service
from asr_templates.stacks.roles import statement


def role(template: Template, logical_id: str) -> dict[str, Any]:
    properties: dict[str, Any] = template.to_dict()["Resources"][logical_id]["Properties"]
    return properties


def test_a_resource_without_variables_is_not_substituted() -> None:
    permission = Permission(("a:B",), ("*", "arn:${AWS::Partition}:x"), because="why")

    assert encode_to_dict(statement(permission)) == {
        "Effect": "Allow",
        "Action": ["a:B"],
        "Resource": ["*", {"Fn::Sub": "arn:${AWS::Partition}:x"}],
    }


def test_conditions_of_a_permission_are_the_statements_condition() -> None:
    conditions = {
        "StringEquals": {"iam:PassedToService": "config.amazonaws.com", "aws:ResourceAccount": "${AWS::AccountId}"},
        "ArnLike": {"iam:AssociatedResourceArn": "arn:${AWS::Partition}:config:*"},
    }
    permission = Permission(("iam:PassRole",), ("*",), conditions=conditions)

    assert encode_to_dict(statement(permission)) == {
        "Effect": "Allow",
        "Action": ["iam:PassRole"],
        "Resource": ["*"],
        "Condition": {
            "StringEquals": {
                "iam:PassedToService": "config.amazonaws.com",
                "aws:ResourceAccount": {"Fn::Sub": "${AWS::AccountId}"},
            },
            "ArnLike": {"iam:AssociatedResourceArn": {"Fn::Sub": "arn:${AWS::Partition}:config:*"}},
        },
    }


def test_conditions_reach_the_role_of_the_remediation(names: Names) -> None:
    conditions = {"StringEquals": {"iam:PassedToService": "config.amazonaws.com"}}
    passing = Permission(("iam:PassRole",), ("*",), "Config assumes it", conditions)
    template = roles_template(names, {"Pass": Runbook("Pass", {"dependencies": (passing,)}, {}, "")})
    [policy] = role(template, "RolePass")["Policies"]

    assert [conditions] == [statement["Condition"] for statement in policy["PolicyDocument"]["Statement"]]


def test_only_systems_manager_for_this_account_may_assume_a_remediations_role(
    names: Names, runbooks: dict[str, Runbook]
) -> None:
    trust = role(roles_template(names, runbooks), "RoleEmptyGroup")["AssumeRolePolicyDocument"]["Statement"]
    automations = "arn:${AWS::Partition}:ssm:*:${AWS::AccountId}:automation-execution/*"

    assert [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ssm.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
                "ArnLike": {"aws:SourceArn": {"Fn::Sub": automations}},
            },
        }
    ] == trust


def test_dependencies_are_in_the_policy_of_changes(names: Names, runbooks: dict[str, Runbook]) -> None:
    policies = role(roles_template(names, runbooks), "RoleEmptyGroup")["Policies"]
    actions = [statement["Action"] for statement in policies[1]["PolicyDocument"]["Statement"]]

    assert [policy["PolicyName"] for policy in policies[:2]] == ["Read", "Change"]
    assert actions == [["ec2:RevokeSecurityGroupIngress"], ["ec2:DescribeVpcs"]]


def test_undo_is_permitted_only_while_the_stack_allows_it(names: Names, runbooks: dict[str, Runbook]) -> None:
    template = roles_template(names, runbooks)
    condition, policy, otherwise = role(template, "RoleEmptyGroup")["Policies"][2]["Fn::If"]

    assert template.to_dict()["Conditions"][condition] == {"Fn::Equals": [{"Ref": "AllowUndo"}, "yes"]}
    assert policy["PolicyName"] == "Undo"
    assert otherwise == {"Ref": "AWS::NoValue"}


def test_empty_groups_make_no_policy_and_no_parameter(names: Names, runbooks: dict[str, Runbook]) -> None:
    only_read = Runbook("Look", {"read": runbooks["EmptyGroup"].permissions["read"]}, {}, "")
    template = roles_template(names, {"Look": only_read})

    assert [policy["PolicyName"] for policy in role(template, "RoleLook")["Policies"]] == ["Read"]
    assert "AllowUndo" not in template.to_dict()["Parameters"]


def test_every_role_has_the_path_and_the_boundary_of_the_stack(names: Names, runbooks: dict[str, Runbook]) -> None:
    boundary = {"Fn::If": ["PermissionsBoundaryGiven", {"Ref": "PermissionsBoundary"}, {"Ref": "AWS::NoValue"}]}
    for template in (roles_template(names, runbooks), orchestrator_member_template(names)):
        for logical_id in template.to_dict()["Resources"]:
            found = role(template, logical_id)

            assert ({"Ref": "RolePath"}, boundary) == (found["Path"], found["PermissionsBoundary"])


def test_member_role_trusts_three_functions_of_the_administrators_account_by_a_condition(names: Names) -> None:
    trust = role(orchestrator_member_template(names), "OrchestratorMember")["AssumeRolePolicyDocument"]["Statement"][0]
    functions = [
        {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::${{SecHubAdminAccount}}:role${{RolePath}}ASR-{task}-Function"}
        for task in ("Prepare", "Schedule", "Follow")
    ]

    assert trust["Principal"] == {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${SecHubAdminAccount}:root"}}
    assert {"ArnEquals": {"aws:PrincipalArn": functions}}.items() <= trust["Condition"].items()


def test_member_role_asks_for_the_organization_only_where_one_is_given(names: Names) -> None:
    trust = role(orchestrator_member_template(names), "OrchestratorMember")["AssumeRolePolicyDocument"]["Statement"][0]

    assert trust["Condition"]["StringEquals"] == {
        "Fn::If": [
            "OrganizationIdGiven",
            {"aws:PrincipalOrgID": {"Ref": "OrganizationId"}},
            {"Ref": "AWS::NoValue"},
        ]
    }


def statements(names: Names) -> dict[str, dict[str, Any]]:
    policies = role(orchestrator_member_template(names), "OrchestratorMember")["Policies"]
    found = [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]
    return {action: statement for statement in found for action in statement["Action"]}


def test_member_role_starts_documents_of_its_prefix_only() -> None:
    ssm = "arn:${AWS::Partition}:ssm:*:${AWS::AccountId}"

    assert [
        {"Fn::Sub": f"{ssm}:document/QA-*"},
        {"Fn::Sub": f"{ssm}:automation-definition/QA-*:*"},
        {"Fn::Sub": f"{ssm}:automation-execution/*"},
    ] == statements(Names("QA"))["ssm:StartAutomationExecution"]["Resource"]


def test_member_role_passes_itself_and_remediation_roles_to_systems_manager_only(names: Names) -> None:
    passing = statements(names)["iam:PassRole"]
    role_arn = "arn:${AWS::Partition}:iam::${AWS::AccountId}:role${RolePath}"

    assert [
        {"Fn::Sub": f"{role_arn}ASR-Orchestrator-Member"},
        {"Fn::Sub": f"{role_arn}ASR-*-${{Namespace}}"},
    ] == passing["Resource"]
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}}


def test_member_role_cannot_suppress_a_finding(names: Names) -> None:
    condition = statements(names)["securityhub:BatchUpdateFindings"]["Condition"]
    statuses = ["RESOLVED", "NOTIFIED", "NEW"]

    assert {"StringEqualsIfExists": {"securityhub:ASFFSyntaxPath/Workflow.Status": statuses}} == condition


def test_roles_are_nested_by_the_service_of_their_controls(
    names: Names, consolidated: Playbook, runbooks: dict[str, Runbook]
) -> None:
    stack = member_roles_root(names, consolidated.controls, runbooks, Assets())

    assert list(stack.template.to_dict()["Resources"]) == ["OrchestratorMember", "RolesEC2", "RolesIAM"]
    assert list(stack.nested[1].template.to_dict()["Resources"]) == ["RoleEmptyGroup"]


def test_services_that_differ_in_case_only_are_one(runbooks: dict[str, Runbook]) -> None:
    group = ResourceId("AWS::X", ".*", "")
    controls = [
        Control("Autoscaling.5", "EmptyGroup", group, {}, ""),
        Control("AutoScaling.1", "SetPolicy", group, {}, ""),
    ]

    assert {service: list(used) for service, used in by_service(controls, runbooks).items()} == {
        "AutoScaling": ["EmptyGroup", "SetPolicy"]
    }


def test_a_runbook_of_several_services_is_with_the_first_and_one_of_none_is_shared(
    runbooks: dict[str, Runbook],
) -> None:
    group = ResourceId("AWS::X", ".*", "")
    controls = [Control("S3.9", "EmptyGroup", group, {}, ""), Control("CloudTrail.7", "EmptyGroup", group, {}, "")]

    assert {service: list(used) for service, used in by_service(controls, runbooks).items()} == {
        "CloudTrail": ["EmptyGroup"],
        "Shared": ["SetPolicy"],
    }
