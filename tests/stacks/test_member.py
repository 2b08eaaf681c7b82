"""The member stack: which documents exist, and what the launch decides in them."""

import json
from typing import Any

import pytest

from asr_templates.model import Control, ResourceId, Runbook
from asr_templates.names import Names
from asr_templates.playbook import Playbook
from asr_templates.stacks.member import control_documents_template, member_root, runbooks_template
from asr_templates.stacks.nesting import Assets
from asr_templates.stacks.reporting import TERMINAL_STATUSES, reporting_template
from asr_templates.stacks.shared_scripts import is_script
from asr_templates.stacks.ssm_documents import remediation_content


def properties(template: dict[str, Any], logical_id: str) -> dict[str, Any]:
    found: dict[str, Any] = template["Resources"][logical_id]["Properties"]
    return found


def test_documents_are_yaml_with_scripts_and_can_be_updated(names: Names, runbooks: dict[str, Runbook]) -> None:
    document = properties(runbooks_template(names, runbooks).to_dict(), "RunbookSetPolicy")
    del document["Content"]

    assert document == {
        "Name": "ASR-SetPolicy",
        "DocumentType": "Automation",
        "DocumentFormat": "YAML",
        "UpdateMethod": "NewVersion",
    }


def test_the_stack_decides_whether_runbooks_of_aws_are_used(names: Names, runbooks: dict[str, Runbook]) -> None:
    template = runbooks_template(names, runbooks).to_dict()
    content = properties(template, "RunbookEmptyGroup")["Content"]

    assert content["parameters"]["UseAwsOwnedRunbook"]["default"] == {"Ref": "UseAwsOwnedRunbooks"}
    assert [name for name in template["Parameters"] if not is_script(name)] == ["UseAwsOwnedRunbooks"]


def test_runbooks_without_that_choice_take_no_parameter(names: Names, runbooks: dict[str, Runbook]) -> None:
    template = runbooks_template(names, {"SetPolicy": runbooks["SetPolicy"]}).to_dict()

    assert "Parameters" not in template


def test_a_document_that_takes_no_yes_and_no_is_refused() -> None:
    document = {"parameters": {"UseAwsOwnedRunbook": {"type": "Boolean", "default": False}}}

    with pytest.raises(ValueError, match="must be a String that allows yes and no"):
        remediation_content(document)


def test_a_document_of_one_control_exists_while_its_switch_is_on(consolidated: Playbook) -> None:
    template = control_documents_template(consolidated).to_dict()
    payload = properties(template, "ControlRunbookEC22")["Content"]["mainSteps"][0]["inputs"]["InputPayload"]

    assert template["Resources"]["ControlRunbookEC22"]["Condition"] == "ControlEC22IsYes"
    assert template["Conditions"]["ControlEC22IsYes"] == {"Fn::Equals": [{"Ref": "ControlEC22"}, "yes"]}
    assert payload["expected_control_id"] == ["EC2.2"]


def test_a_shared_document_exists_while_any_of_its_controls_is_on(consolidated: Playbook) -> None:
    template = control_documents_template(consolidated).to_dict()
    condition = template["Resources"]["ControlRunbookIAM7"]["Condition"]

    assert template["Conditions"][condition] == {
        "Fn::Or": [
            {"Condition": "ControlIAM7IsYes"},
            {"Condition": "ControlIAM11IsYes"},
            {"Condition": "ControlIAM12IsYes"},
        ]
    }


def test_a_shared_document_serves_only_the_ids_that_are_on(consolidated: Playbook) -> None:
    template = control_documents_template(consolidated).to_dict()
    payload = properties(template, "ControlRunbookIAM7")["Content"]["mainSteps"][0]["inputs"]["InputPayload"]

    nothing = {"Ref": "AWS::NoValue"}
    assert [
        {"Fn::If": ["ControlIAM7IsYes", "IAM.7", nothing]},
        {"Fn::If": ["ControlIAM11IsYes", "IAM.11", nothing]},
        {"Fn::If": ["ControlIAM12IsYes", "IAM.12", nothing]},
    ] == payload["expected_control_id"]


def test_the_switch_is_of_the_security_control_in_every_standard(toy: Playbook) -> None:
    template = control_documents_template(toy).to_dict()
    payload = properties(template, "ControlRunbook15")["Content"]["mainSteps"][0]["inputs"]["InputPayload"]

    assert payload["expected_control_id"][0] == {"Fn::If": ["ControlIAM11IsYes", "1.5", {"Ref": "AWS::NoValue"}]}


def test_fourteen_controls_of_one_document_are_or_of_at_most_ten_conditions() -> None:
    account = ResourceId("AWS::::Account", r"AWS::::Account:\d{12}", "")
    runbook = Runbook("Watch", {}, {"parameters": {}, "mainSteps": []}, "def plan(aws):\n    yield\n")
    controls = [Control(f"CloudWatch.{n}", "Watch", account, {"TOY": f"3.{n}"}, "w", family="w") for n in range(1, 15)]

    class Fourteen(Playbook):
        key, short, version, standard = "TOY", "TOY", "1.0", "toy"

    template = control_documents_template(Fourteen({"Watch": runbook}, controls)).to_dict()
    conditions = template["Conditions"]
    whole = conditions[template["Resources"]["ControlRunbook31"]["Condition"]]["Fn::Or"]
    parts = [conditions[part["Condition"]]["Fn::Or"] for part in whole]

    assert [len(part) for part in parts] == [10, 4]


def test_role_names_and_path_are_the_stacks(consolidated: Playbook) -> None:
    template = control_documents_template(consolidated).to_dict()
    parameters = properties(template, "ControlRunbookEC22")["Content"]["parameters"]

    assert parameters["RemediationRoleName"]["default"] == {"Fn::Sub": "ASR-EmptyGroup-${Namespace}"}
    assert parameters["RolePath"]["default"] == {"Ref": "RolePath"}


def test_rendering_leaves_the_playbooks_documents_alone(consolidated: Playbook) -> None:
    before = json.dumps(consolidated.control_documents())
    control_documents_template(consolidated)

    assert before == json.dumps(consolidated.control_documents())


def test_root_nests_runbooks_by_service_and_controls_by_playbook(
    names: Names, consolidated: Playbook, toy: Playbook, runbooks: dict[str, Runbook]
) -> None:
    root = member_root(names, [consolidated, toy], runbooks, Assets()).template.to_dict()

    assert list(root["Resources"]) == ["RunbooksEC2", "RunbooksIAM", "ControlsSC", "ControlsTOY", "Reporting"]
    assert root["Resources"]["ControlsTOY"]["Condition"] == "LoadTOYIsYes"
    assert root["Resources"]["Reporting"]["Condition"] == "OrchestratorRegionGiven"


def test_root_has_one_switch_for_each_security_control_in_order_of_numbers(
    names: Names, consolidated: Playbook, toy: Playbook, runbooks: dict[str, Runbook]
) -> None:
    root = member_root(names, [toy, consolidated], runbooks, Assets()).template.to_dict()
    interface = root["Metadata"]["AWS::CloudFormation::Interface"]
    groups = {group["Label"]["default"]: group["Parameters"] for group in interface["ParameterGroups"]}

    assert groups["Controls"] == ["ControlEC22", "ControlIAM7", "ControlIAM11", "ControlIAM12"]
    assert interface["ParameterLabels"]["ControlIAM11"]["default"] == "IAM.11"


def test_report_forwards_every_terminal_status_of_control_runbooks_only() -> None:
    rule = properties(reporting_template(Names("QA")).to_dict(), "ReportRule")

    assert rule["EventPattern"]["detail"]["Definition"] == [{"wildcard": "QA-*_*_*"}]
    assert list(TERMINAL_STATUSES) == rule["EventPattern"]["detail"]["Status"]


def test_report_goes_to_the_administrators_own_bus_by_a_role_of_the_same_template() -> None:
    rule = properties(reporting_template(Names()).to_dict(), "ReportRule")
    bus = "arn:${AWS::Partition}:events:${OrchestratorRegion}:${SecHubAdminAccount}:event-bus/ASR-Members"

    assert [{"Id": "MembersBus", "Arn": {"Fn::Sub": bus}, "RoleArn": {"Fn::GetAtt": ["ReportRole", "Arn"]}}] == rule[
        "Targets"
    ]
