"""The decision of a set of policies."""

import json
from typing import Any

import pytest

from asr_templates.simulator.aws.access.context import Context
from asr_templates.simulator.aws.access.policies import Decision, Effect, decide, statements
from asr_templates.simulator.aws.access.principals import Caller
from asr_templates.simulator.aws.errors import NotSimulated

TOPIC = "arn:aws:sns:eu-west-1:111111111111:topic"
OTHER_TOPIC = "arn:aws:sns:eu-west-1:111111111111:other"
ROLE = Caller("arn:aws:iam::111111111111:role/team/reader", "arn:aws:sts::111111111111:assumed-role/reader/x")


def policy(*entries: dict[str, object], version: str = "2012-10-17") -> str:
    return json.dumps({"Version": version, "Statement": list(entries)})


def effect(entries: list[dict[str, object]], action: str = "sns:Publish", *topics: str) -> Effect:
    resources = [(topic,) for topic in topics or (TOPIC,)]
    return decide([policy(*entries)], action, resources, Context({"aws:principaltag/team": ("topic",)})).effect


def allowing(**elements: object) -> dict[str, object]:
    return {"Effect": "Allow", "Action": "sns:*", "Resource": "*", **elements}


def without(entry: dict[str, object], element: str) -> dict[str, object]:
    return {name: value for name, value in entry.items() if name != element}


@pytest.mark.parametrize("action", ["sns:Publish", "SNS:PUBLISH", "sns:Pub*", "*", ["sqs:x", "sns:Publis?"]])
def test_action_matches_with_wildcards_and_in_any_case(action: object) -> None:
    assert effect([allowing(Action=action)]) is Effect.ALLOW


def test_what_no_statement_allows_is_denied_implicitly() -> None:
    assert effect([]) is Effect.NONE
    assert effect([allowing(Action="sqs:*")]) is Effect.NONE


def test_explicit_deny_beats_every_allow() -> None:
    assert effect([allowing(), allowing(Effect="Deny", Action="sns:Publish")]) is Effect.DENY


def test_not_action_is_everything_else() -> None:
    entry = without(allowing(NotAction=["sns:Publish"]), "Action")

    assert effect([entry]) is Effect.NONE
    assert effect([entry], "sns:Subscribe") is Effect.ALLOW


def test_not_resource_is_every_other_resource() -> None:
    entry = without(allowing(NotResource=TOPIC), "Resource")

    assert effect([entry]) is Effect.NONE
    assert effect([entry], "sns:Publish", OTHER_TOPIC) is Effect.ALLOW


def test_each_of_several_resources_must_be_allowed() -> None:
    assert effect([allowing(Resource=TOPIC)], "sns:Publish", TOPIC, OTHER_TOPIC) is Effect.NONE
    assert effect([allowing(Resource=[TOPIC, OTHER_TOPIC])], "sns:Publish", TOPIC, OTHER_TOPIC) is Effect.ALLOW


def test_resource_may_be_named_in_several_ways() -> None:
    group = "arn:aws:logs:eu-west-1:111111111111:log-group:x"
    document = policy(allowing(Action="logs:*", Resource=f"{group}:*"))

    decision = decide([document], "logs:DeleteLogGroup", [(group, f"{group}:*")], Context())

    assert decision.allowed


def test_variables_work_from_the_version_that_has_them() -> None:
    entry = allowing(Resource="arn:aws:sns:eu-west-1:111111111111:${aws:PrincipalTag/team}")
    context = Context({"aws:principaltag/team": ("topic",)})

    assert decide([policy(entry)], "sns:Publish", [(TOPIC,)], context).allowed
    assert not decide([policy(entry, version="2008-10-17")], "sns:Publish", [(TOPIC,)], context).allowed


def test_unknown_resource_is_allowed_only_by_a_statement_about_all() -> None:
    star = decide([policy(allowing())], "sns:Publish", None, Context())

    assert star.allowed
    with pytest.raises(NotSimulated) as raised:
        decide([policy(allowing(Resource=TOPIC))], "sns:Publish", None, Context())
    assert str(raised.value) == "access: sns:Publish: the resource of this request is not simulated"


def test_unknown_resource_does_not_matter_where_no_statement_is_about_the_action() -> None:
    assert decide([policy(allowing(Action="sqs:*", Resource=TOPIC))], "sns:Publish", None, Context()) == Decision(
        Effect.NONE
    )


UNKNOWN: dict[str, Any] = {"Condition": {"StringEquals": {"aws:SourceIp": "10.0.0.1"}}}


def test_decision_that_rests_on_an_unknown_key_is_refused_with_its_name() -> None:
    with pytest.raises(NotSimulated, match="access: sns:Publish: condition key aws:sourceip is not simulated"):
        effect([allowing(**UNKNOWN)])


def test_unknown_key_in_a_deny_is_refused_if_the_request_were_allowed() -> None:
    with pytest.raises(NotSimulated, match="condition key aws:sourceip"):
        effect([allowing(), allowing(Effect="Deny", **UNKNOWN)])


def test_unknown_key_does_not_matter_where_another_statement_settles_it() -> None:
    assert effect([allowing(**UNKNOWN), allowing()]) is Effect.ALLOW
    assert effect([allowing(**UNKNOWN), allowing(Effect="Deny")]) is Effect.DENY
    assert effect([allowing(Effect="Deny", **UNKNOWN)]) is Effect.NONE


def test_operator_that_iam_does_not_have_is_refused() -> None:
    with pytest.raises(NotSimulated, match="condition operator StringIs is not simulated"):
        effect([allowing(Condition={"StringIs": {"aws:PrincipalArn": "x"}})])


def test_element_that_the_language_does_not_have_is_refused() -> None:
    with pytest.raises(NotSimulated, match="access: the policy element Resources is not simulated"):
        statements(policy(allowing(Resources="*")))


def test_policy_may_be_percent_encoded_a_mapping_or_a_single_statement() -> None:
    expected = statements({"Statement": [allowing()]})

    assert expected == statements({"Statement": allowing()})
    assert expected == statements(b'{"Statement": {"Effect": "Allow", "Action": "sns:*", "Resource": "*"}}')
    assert statements("%7B%22Statement%22%3A%5B%5D%7D") == ()


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("*", Decision(Effect.ALLOW)),
        ({"AWS": "*"}, Decision(Effect.ALLOW)),
        ({"AWS": "arn:aws:iam::111111111111:role/team/reader"}, Decision(Effect.ALLOW)),
        ({"AWS": "arn:aws:sts::111111111111:assumed-role/reader/x"}, Decision(Effect.ALLOW)),
        ({"AWS": ["222222222222", "111111111111"]}, Decision(Effect.ALLOW, delegated=True)),
        ({"AWS": "arn:aws:iam::111111111111:root"}, Decision(Effect.ALLOW, delegated=True)),
        ({"AWS": "arn:aws:iam::222222222222:root"}, Decision(Effect.NONE)),
        ({"AWS": "arn:aws:iam::111111111111:role/reader"}, Decision(Effect.NONE)),
        ({"Service": "sns.amazonaws.com"}, Decision(Effect.NONE)),
    ],
)
def test_principal_names_the_role_or_its_account(principal: object, expected: Decision) -> None:
    decision = decide([policy(allowing(Principal=principal))], "sns:Publish", [(TOPIC,)], Context(), ROLE)

    assert (expected.effect, expected.delegated) == (decision.effect, decision.delegated)


def test_not_principal_is_everyone_else() -> None:
    entry = allowing(Effect="Deny", NotPrincipal={"AWS": ROLE.name})

    assert decide([policy(entry)], "sns:Publish", [(TOPIC,)], Context(), ROLE).effect is Effect.NONE
    assert (
        decide([policy(entry)], "sns:Publish", [(TOPIC,)], Context(), Caller("x.amazonaws.com")).effect is Effect.DENY
    )


def test_service_is_named_by_its_principal() -> None:
    entry = allowing(Principal={"Service": ["events.amazonaws.com"]})

    assert decide([policy(entry)], "sns:Publish", [(TOPIC,)], Context(), Caller("events.amazonaws.com")).allowed
    assert not decide([policy(entry)], "sns:Publish", [(TOPIC,)], Context(), Caller("sns.amazonaws.com")).allowed
