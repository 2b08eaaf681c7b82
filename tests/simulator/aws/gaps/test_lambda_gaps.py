"""Lambda: policies of functions, versions and aliases."""

import io
import json
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

ACCOUNT = "111111111111"
ARN = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:orders"
TRUSTING = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}


@pytest.fixture
def functions(environment: Any) -> Any:
    """A client that has one function, with a version and an alias."""
    session = environment.session(ACCOUNT)
    trust = json.dumps({"Version": "2012-10-17", "Statement": [TRUSTING]})
    role = session.client("iam").create_role(RoleName="orders", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("orders.py", "")
    functions = session.client("lambda", region_name="eu-west-1")
    functions.create_function(
        FunctionName="orders", Runtime="python3.13", Handler="orders.h", Role=role, Code={"ZipFile": code.getvalue()}
    )
    functions.publish_version(FunctionName="orders")
    functions.create_alias(FunctionName="orders", Name="live", FunctionVersion="1")
    return functions


def add(functions: Any, sid: str = "a", principal: str = "*", **more: Any) -> None:
    functions.add_permission(
        FunctionName="orders", StatementId=sid, Action="lambda:InvokeFunction", Principal=principal, **more
    )


def statements(functions: Any, **qualifier: str) -> Any:
    return json.loads(functions.get_policy(FunctionName="orders", **qualifier)["Policy"])["Statement"]


def test_function_version_and_alias_have_policies_of_their_own(functions: Any) -> None:
    add(functions)
    add(functions, Qualifier="1")
    add(functions, Qualifier="live")
    functions.remove_permission(FunctionName="orders", StatementId="a", Qualifier="1")

    assert [each["Resource"] for each in statements(functions)] == [ARN]
    assert [each["Resource"] for each in statements(functions, Qualifier="live")] == [f"{ARN}:live"]
    with pytest.raises(functions.exceptions.ResourceNotFoundException):
        functions.get_policy(FunctionName="orders", Qualifier="1")
    with pytest.raises(functions.exceptions.ResourceNotFoundException):
        add(functions, Qualifier="2")


def test_all_that_a_permission_was_given_is_in_its_statement(functions: Any) -> None:
    add(functions, "s3", "s3.amazonaws.com", SourceArn="arn:aws:s3:::orders", SourceAccount=ACCOUNT)
    add(functions, "url", FunctionUrlAuthType="NONE", InvokedViaFunctionUrl=True)
    add(functions, "all", PrincipalOrgID="o-1a2b3c4d5e")
    add(functions, "account", "222222222222")

    found = {each["Sid"]: (each["Principal"], each.get("Condition")) for each in statements(functions)}

    assert found == {
        "s3": (
            {"Service": "s3.amazonaws.com"},
            {"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::orders"}, "StringEquals": {"AWS:SourceAccount": ACCOUNT}},
        ),
        "url": (
            "*",
            {
                "StringEquals": {"lambda:FunctionUrlAuthType": "NONE"},
                "Bool": {"lambda:InvokedViaFunctionUrl": "true"},
            },
        ),
        "all": ("*", {"StringEquals": {"aws:PrincipalOrgID": "o-1a2b3c4d5e"}}),
        "account": ({"AWS": "arn:aws:iam::222222222222:root"}, None),
    }


def test_id_of_a_statement_is_taken_once(functions: Any) -> None:
    add(functions)

    with pytest.raises(functions.exceptions.ResourceConflictException):
        add(functions)


def test_what_does_not_exist_cannot_be_removed_or_listed(functions: Any) -> None:
    with pytest.raises(ClientError, match="ResourceNotFound"):
        functions.remove_permission(FunctionName="orders", StatementId="a")
    with pytest.raises(functions.exceptions.ResourceNotFoundException):
        functions.list_versions_by_function(FunctionName="other")
