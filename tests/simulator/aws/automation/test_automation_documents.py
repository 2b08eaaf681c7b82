"""What CreateDocument accepts and refuses."""

import json
from typing import Any

import pytest
import yaml
from botocore.exceptions import ClientError

from asr_templates.simulator.aws.automation.validation import check_content

API: dict[str, Any] = {
    "name": "Call",
    "action": "aws:executeAwsApi",
    "inputs": {"Service": "ec2", "Api": "DescribeVpcs"},
}


def document(*steps: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"schemaVersion": "0.3", "mainSteps": list(steps), **fields}


def script(text: str) -> dict[str, Any]:
    return {"Runtime": "python3.11", "Handler": "handler", "Script": text}


def test_a_complete_document_has_no_problem() -> None:
    content = document(
        {**API, "outputs": [{"Name": "Vpc", "Selector": "$.Vpcs[0].VpcId", "Type": "String"}], "nextStep": "Choose"},
        {
            "name": "Choose",
            "action": "aws:branch",
            "inputs": {"Choices": [{"NextStep": "Done", "Not": {"Variable": "{{ Call.Vpc }}", "StringEquals": ""}}]},
            "isEnd": True,
        },
        {
            "name": "Done",
            "action": "aws:executeScript",
            "inputs": {**script("x = {'a': {'b': 1}}"), "InputPayload": {"Region": "{{ global:REGION }}"}},
        },
        {"name": "Last", "action": "aws:executeAutomation", "inputs": {"DocumentName": "{{ Done.Payload }}"}},
        parameters={"Role": {"type": "AWS::IAM::Role::Arn", "default": ""}},
        variables={"count": {"type": "Integer", "default": 0}},
        assumeRole="{{ Role }}",
        outputs=["Call.Vpc", "Last.Output"],
    )

    assert list(check_content(content)) == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ([], "a document is a map"),
        ({"schemaVersion": "2.2", "mainSteps": [API]}, "schemaVersion: '2.2'"),
        (document(), "at least one step"),
        (document({"name": "A"}), "each a map with name, action and inputs"),
        (document(API, extra=1), "unknown field 'extra'"),
        (document(API, API), "two steps are called Call"),
        (document({**API, "action": "aws:executeAwsAPI"}), "unknown action 'aws:executeAwsAPI'"),
        (document({**API, "nextstep": "Call"}), "unknown field 'nextstep'"),
        (document({**API, "nextStep": "Gone"}), "nextStep 'Gone' does not exist"),
        (document({**API, "nextStep": "Call", "isEnd": True}), "exclude each other"),
        (document({**API, "onFailure": "step:Gone"}), "onFailure 'step:Gone' does not exist"),
        (document({**API, "onFailure": "Retry"}), "onFailure 'Retry' is none of"),
        (document({**API, "inputs": {"Service": "ec2"}}), "input Api is missing"),
        (document({**API, "inputs": {**API["inputs"], "X": "{{ Gone }}"}}), "{{ Gone }} refers to nothing"),
        (document({**API, "inputs": {**API["inputs"], "X": "{{ Call.Gone }}"}}), "{{ Call.Gone }} refers to nothing"),
        (document({**API, "inputs": {**API["inputs"], "X": "{{ global:DAY }}"}}), "{{ global:DAY }} refers to"),
        (document({**API, "inputs": {**API["inputs"], "X": "{{ open"}}), "opens no reference"),
        (document({**API, "outputs": [{"Name": "A", "Selector": "Vpcs"}]}), "does not start with '$'"),
        (document({**API, "outputs": [{"Name": "A", "Selector": "$.A", "Type": "Map"}]}), "unknown Type 'Map'"),
        (document({**API, "outputs": [{"name": "A"}]}), "an output has Name, Selector and Type"),
        (document(API, outputs=["Call.Gone"]), "'Call.Gone' is no output of a step"),
        (document(API, assumeRole="{{ Role }}"), "assumeRole: {{ Role }} refers to nothing"),
        (document(API, parameters={"A": {"type": "Text"}}), "unknown type 'Text'"),
        (document(API, parameters={"A": {"type": "String", "allowedPattern": "("}}), "no regular expression"),
        (document(API, parameters={"A": {"type": "String", "pattern": "x"}}), "unknown field 'pattern'"),
        (
            document({"name": "S", "action": "aws:executeScript", "inputs": script("print('{{ A }}')")}),
            "the script contains '{{'",
        ),
        (document({"name": "S", "action": "aws:sleep", "inputs": {}}), "either Duration or Timestamp"),
        (document({"name": "S", "action": "aws:sleep", "inputs": {"Seconds": 1}}), "unknown field 'Seconds'"),
        (document({"name": "B", "action": "aws:branch", "inputs": {"Choices": []}}), "at least one choice"),
        (
            document({"name": "B", "action": "aws:branch", "inputs": {"Choices": [{"NextStep": "Gone"}]}}),
            "a NextStep that exists",
        ),
        (
            document(
                {"name": "B", "action": "aws:branch", "inputs": {"Choices": [{"NextStep": "B", "Variable": "a"}]}}
            ),
            "a choice has a Variable and one of",
        ),
    ],
)
def test_what_aws_would_refuse_is_reported_with_its_place(content: Any, problem: str) -> None:
    problems = list(check_content(content))

    assert any(problem in text for text in problems), problems


def test_create_document_refuses_and_lists_every_problem(aws: Any) -> None:
    with pytest.raises(ClientError, match="InvalidDocumentContent") as refusal:
        aws.create("Broken", {"mainSteps": [{**API, "nextStep": "Gone"}], "outputs": ["Call.Gone"]})

    message = refusal.value.response["Error"]["Message"]
    assert "Document Broken: step Call: nextStep 'Gone' does not exist\noutputs: 'Call.Gone'" in message


def test_update_document_is_checked_too(aws: Any) -> None:
    aws.create("Doc", {"mainSteps": [API]})
    broken = yaml.safe_dump(document({**API, "action": "aws:nothing"}))

    with pytest.raises(ClientError, match="unknown action 'aws:nothing'"):
        aws.client("ssm").update_document(Name="Doc", Content=broken, DocumentFormat="YAML", DocumentVersion="$LATEST")


def test_a_document_has_at_most_64_kilobytes(aws: Any) -> None:
    with pytest.raises(ClientError, match="MaxDocumentSizeExceeded"):
        aws.create("Large", {"description": "x" * 66_000, "mainSteps": [API]})


def test_scripts_need_yaml(aws: Any) -> None:
    content = document({"name": "Run", "action": "aws:executeScript", "inputs": script("pass")})

    with pytest.raises(ClientError, match="needs DocumentFormat YAML"):
        aws.client("ssm").create_document(
            Name="Doc", Content=json.dumps(content), DocumentType="Automation", DocumentFormat="JSON"
        )


def test_documents_of_other_types_are_not_looked_at(aws: Any) -> None:
    content = {"schemaVersion": "2.2", "description": "d", "mainSteps": [{"action": "aws:runShellScript", "name": "a"}]}

    created = aws.client("ssm").create_document(
        Name="Command", Content=json.dumps(content), DocumentType="Command", DocumentFormat="JSON"
    )

    assert created["DocumentDescription"]["DocumentType"] == "Command"
