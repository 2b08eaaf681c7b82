"""RemoveLambdaPublicAccess: only who is named may call a function."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from asr_templates.simulator.aws.gaps import lambda_ as mended_lambda

RUNBOOK = "RemoveLambdaPublicAccess"
GIVEN = {"FunctionName": "orders", "AccountId": "123456789012"}
CALL = "lambda:InvokeFunction"


@pytest.fixture(autouse=True)
def policies_by_qualifier() -> Iterator[None]:
    with mended_lambda.installed():
        yield


class Function:
    """A function and its policies."""

    def __init__(self) -> None:
        role = boto3.client("iam").create_role(RoleName="orders", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("orders.py", "")
        self.client = boto3.client("lambda")
        self.client.create_function(
            FunctionName="orders",
            Runtime="python3.13",
            Handler="orders.h",
            Role=role,
            Code={"ZipFile": code.getvalue()},
        )

    def allow(self, sid: str, principal: str, **more: Any) -> None:
        self.client.add_permission(FunctionName="orders", StatementId=sid, Action=CALL, Principal=principal, **more)

    def publish(self) -> str:
        return str(self.client.publish_version(FunctionName="orders")["Version"])

    def statements(self, **qualifier: str) -> dict[str, Any]:
        try:
            policy = self.client.get_policy(FunctionName="orders", **qualifier)["Policy"]
        except self.client.exceptions.ResourceNotFoundException:
            return {}
        return {statement["Sid"]: statement for statement in json.loads(policy)["Statement"]}


@pytest.fixture
def function(account: str) -> Function:
    return Function()


def test_everyone_goes_and_who_is_named_stays(prove: Callable[..., Any], function: Function) -> None:
    function.allow("everyone", "*")
    function.allow("partner", "222222222222")
    function.allow("organization", "*", PrincipalOrgID="o-1a2b3c4d5e")

    def drift() -> None:
        function.allow("again", "*")

    prove(RUNBOOK, function.statements, drift=drift, **GIVEN)


def test_policies_of_versions_and_aliases_are_looked_at(remediation: Callable[[str], Any], function: Function) -> None:
    version = function.publish()
    function.client.create_alias(FunctionName="orders", Name="live", FunctionVersion=version)
    for qualifier in (version, "live"):
        function.allow("everyone", "*", Qualifier=qualifier)

    output = remediation(RUNBOOK)(**GIVEN)

    assert ("Success", 2) == (output["Status"], len(output["Changes"]))
    assert ({}, {}) == (function.statements(Qualifier=version), function.statements(Qualifier="live"))


def test_bucket_of_any_account_is_replaced_by_that_of_the_own(prove: Callable[..., Any], function: Function) -> None:
    function.allow("bucket", "s3.amazonaws.com", SourceArn="arn:aws:s3:::orders")

    applied = prove(RUNBOOK, function.statements, **GIVEN)

    assert ["add_permission", "remove_permission"] == [change["operation"] for change in applied["Changes"]]
    condition = applied["After"]["Narrowed"][0]["Condition"]
    assert {"AWS:SourceArn": "arn:aws:s3:::orders"} == condition["ArnLike"]
    assert {"AWS:SourceAccount": "123456789012"} == condition["StringEquals"]


def test_statement_that_was_narrowed_before_is_not_made_twice(
    remediation: Callable[[str], Any], function: Function
) -> None:
    run = remediation(RUNBOOK)
    function.allow("bucket", "s3.amazonaws.com")
    run(**GIVEN)
    function.allow("bucket", "s3.amazonaws.com")

    output = run(**GIVEN)

    assert ["remove_permission"] == [change["operation"] for change in output["Changes"]]
    assert ["bucket-ASR"] == list(function.statements())


def test_function_without_a_policy_is_left_alone(remediation: Callable[[str], Any], function: Function) -> None:
    assert "NoChange" == remediation(RUNBOOK)(**GIVEN)["Status"]


def test_function_that_is_gone_is_no_change(remediation: Callable[[str], Any], account: str) -> None:
    output = remediation(RUNBOOK)(**GIVEN)

    assert ("NoChange", "gone") == (output["Status"], output["Message"])
