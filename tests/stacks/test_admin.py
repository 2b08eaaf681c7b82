"""The admin stack and the playbooks' rules in it."""

import json
from typing import Any

import pytest
from troposphere import GetAtt, Output, Template, sqs

from asr_templates.model import Runbook
from asr_templates.names import Names
from asr_templates.playbook import Playbook
from asr_templates.stacks.admin import admin_root
from asr_templates.stacks.nesting import Assets, Stack
from asr_templates.stacks.parameters import MEMBER_ACCOUNTS, ORGANIZATION_ID, declare
from asr_templates.stacks.playbook_admin import generator_ids, import_pattern, playbook_admin_template


@pytest.fixture
def orchestrator() -> Template:
    template = Template(Description="orchestrator")
    declare(template, [MEMBER_ACCOUNTS, ORGANIZATION_ID])
    template.add_resource(sqs.Queue("Ingest"))
    template.add_output(Output("IngestQueueArn", Description="Where findings go", Value=GetAtt("Ingest", "Arn")))
    return template


@pytest.fixture
def root(consolidated: Playbook, toy: Playbook, orchestrator: Template) -> Stack:
    return admin_root([consolidated, toy], orchestrator, Assets("bucket", "path"))


def test_import_rule_takes_new_failed_findings_that_security_hub_made_in_this_account(consolidated: Playbook) -> None:
    pattern = json.loads(json.dumps(import_pattern(consolidated), default=lambda ref: ref.to_dict()))

    assert pattern == {
        "source": ["aws.securityhub"],
        "detail-type": ["Security Hub Findings - Imported"],
        "account": [{"Ref": "AWS::AccountId"}],
        "detail": {
            "findings": {
                "ProductArn": [{"suffix": "::product/aws/securityhub"}],
                "GeneratorId": [{"prefix": "security-control/"}],
                "Compliance": {"Status": ["FAILED", "WARNING"]},
                "Workflow": {"Status": ["NEW"]},
                "RecordState": ["ACTIVE"],
            }
        },
    }


def test_a_standards_findings_are_known_by_their_generator_ids_with_and_without_arn(toy: Playbook) -> None:
    assert generator_ids(toy) == [
        {"prefix": "toy-benchmark/v/1.2.0/"},
        {"wildcard": "arn:*:securityhub:::ruleset/toy-benchmark/v/1.2.0/*"},
    ]


def test_import_rule_bears_prefix_and_playbook_so_that_the_queue_lets_it_in(runbooks: dict[str, Runbook]) -> None:
    class Other(Playbook):
        key, short, version, standard = "OTHER", "OTHER", "1", "other"

    resources = playbook_admin_template(Other(runbooks, (), Names("QA"))).to_dict()["Resources"]
    rule: dict[str, Any] = resources["ImportRule"]["Properties"]

    assert rule["Name"] == "QA-Import-OTHER"
    assert rule["Targets"] == [{"Id": "Ingest", "Arn": {"Ref": "IngestQueueArn"}}]


def test_a_playbook_is_nested_while_it_is_loaded_and_sends_to_the_orchestrators_queue(root: Stack) -> None:
    nested = root.template.to_dict()["Resources"]["AdminTOY"]

    assert nested["Condition"] == "LoadTOYIsYes"
    assert (nested["Properties"]["Parameters"]) == {
        "IngestQueueArn": {"Fn::GetAtt": ["Orchestrator", "Outputs.IngestQueueArn"]}
    }


def test_nested_stacks_get_what_they_declare_and_lists_as_text(root: Stack) -> None:
    nested = root.template.to_dict()["Resources"]["Orchestrator"]["Properties"]

    assert nested["Parameters"] == {
        "MemberAccounts": {"Fn::Join": [",", {"Ref": "MemberAccounts"}]},
        "OrganizationId": {"Ref": "OrganizationId"},
    }


def test_nested_templates_come_from_the_bucket_of_the_region_in_any_partition(root: Stack) -> None:
    url = root.template.to_dict()["Resources"]["AdminSC"]["Properties"]["TemplateURL"]["Fn::Sub"]

    assert url == (
        "https://${TemplateBucket}-${AWS::Region}.s3.${AWS::Region}.${AWS::URLSuffix}"
        "/${TemplatePrefix}/templates/nested/AdminSC.template"
    )


def test_what_the_orchestrator_tells_the_root_tells(root: Stack) -> None:
    assert root.template.to_dict()["Outputs"] == {
        "IngestQueueArn": {
            "Description": "Where findings go",
            "Value": {"Fn::GetAtt": ["Orchestrator", "Outputs.IngestQueueArn"]},
        }
    }
