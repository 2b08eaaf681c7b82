"""What plans know of the policies of Lambda functions."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_templates.embedded.function_policies import is_for_any_bucket, is_public, permission

EVERYONE: list[Any] = ["*", {"AWS": "*"}, {"AWS": ["arn:aws:iam::111111111111:root", "*"]}]


def statement(principal: Any, effect: str = "Allow", **condition: Any) -> dict[str, Any]:
    conditions = {"Condition": condition} if condition else {}
    return {"Sid": "a", "Effect": effect, "Principal": principal, "Action": "lambda:InvokeFunction", **conditions}


@pytest.mark.parametrize("principal", EVERYONE)
def test_star_is_everyone_in_every_spelling(principal: Any) -> None:
    assert is_public(statement(principal))
    assert not is_public(statement(principal, effect="Deny"))


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:PrincipalOrgID": "o-1a2b3c4d5e"}},
        {"StringEquals": {"AWS:SourceAccount": "111111111111"}},
        {"StringEquals": {"aws:PrincipalAccount": ["111111111111", "222222222222"]}},
        {"ArnLike": {"AWS:SourceArn": "arn:aws:events:eu-west-1:111111111111:rule/*"}},
        {"StringEquals": {"lambda:EventSourceToken": "amzn1.ask.skill.1"}},
    ],
)
def test_condition_that_names_the_caller_makes_a_statement_private(condition: dict[str, Any]) -> None:
    assert not is_public(statement("*", **condition))


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}},
        {"StringLike": {"aws:PrincipalOrgID": "o-*"}},
        {"StringLike": {"AWS:SourceAccount": "*"}},
        {"StringEquals": {"AWS:SourceAccount": ["111111111111", "*"]}},
        {"ArnLike": {"AWS:SourceArn": "arn:aws:events:*:*:rule/nightly"}},
        {"StringNotEquals": {"AWS:SourceAccount": "111111111111"}},
        {"StringEqualsIfExists": {"AWS:SourceAccount": "111111111111"}},
    ],
)
def test_condition_that_others_can_meet_does_not(condition: dict[str, Any]) -> None:
    assert is_public(statement("*", **condition))


@pytest.mark.parametrize("principal", [{"Service": "events.amazonaws.com"}, {"AWS": "arn:aws:iam::111111111111:root"}])
def test_named_principal_is_not_everyone(principal: Any) -> None:
    assert not is_public(statement(principal))
    assert not is_for_any_bucket(statement(principal))


def test_name_of_a_bucket_does_not_say_whose_it_is() -> None:
    by_name = {"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::orders"}}
    owned = {"StringEquals": {"AWS:SourceAccount": "111111111111"}}

    assert is_for_any_bucket(statement({"Service": "s3.amazonaws.com"}, **by_name))
    assert not is_for_any_bucket(statement({"Service": "s3.amazonaws.com"}, **by_name, **owned))
    assert not is_for_any_bucket(statement({"Service": "s3.amazonaws.com"}, effect="Deny"))


def test_statement_is_written_as_add_permission_takes_it() -> None:
    condition = {
        "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::orders"},
        "StringEquals": {"AWS:SourceAccount": "111111111111", "lambda:FunctionUrlAuthType": "NONE"},
        "Bool": {"lambda:InvokedViaFunctionUrl": "true"},
    }

    expected = {
        "StatementId": "a",
        "Action": "lambda:InvokeFunction",
        "Principal": "s3.amazonaws.com",
        "SourceArn": "arn:aws:s3:::orders",
        "SourceAccount": "111111111111",
        "FunctionUrlAuthType": "NONE",
        "InvokedViaFunctionUrl": True,
    }
    assert expected == permission(statement({"Service": "s3.amazonaws.com"}, **condition))


@pytest.mark.parametrize(
    "other",
    [
        statement({"AWS": "*"}),
        statement({"Service": ["s3.amazonaws.com", "events.amazonaws.com"]}),
        statement("*", IpAddress={"aws:SourceIp": "0.0.0.0/0"}),
        {**statement("*"), "Action": ["lambda:InvokeFunction", "lambda:GetFunction"]},
        {**statement("*"), "Sid": None},
    ],
)
def test_statement_that_add_permission_cannot_make_has_no_such_form(other: dict[str, Any]) -> None:
    assert permission(other) is None


@given(st.from_regex(r"[0-9]{12}", fullmatch=True), st.sampled_from(EVERYONE))
def test_any_account_limits_everyone(account: str, principal: Any) -> None:
    assert not is_public(statement(principal, StringEquals={"aws:SourceAccount": account}))
