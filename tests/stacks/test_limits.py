"""Limits of AWS are measured on what is rendered, and what exceeds one is said with its place."""

import json
from typing import Any

from asr_templates.model import Problem
from asr_templates.stacks.limits import check_limits, resource_measures, template_measures

HINT = "choose fewer controls or playbooks, or split the runbook"


def role(name: str, action: str) -> dict[str, Any]:
    document = {"Statement": [{"Action": action, "Resource": {"Fn::Sub": "a"}}]}
    undo = {"PolicyName": "Undo", "PolicyDocument": document}
    policies: list[dict[str, Any]] = [
        {"PolicyName": "Read", "PolicyDocument": document},
        {"Fn::If": ["UndoIsAllowed", undo, {"Ref": "AWS::NoValue"}]},
    ]
    return {"Type": "AWS::IAM::Role", "Properties": {"RoleName": {"Fn::Sub": name}, "Policies": policies}}


def test_a_small_template_has_no_problem() -> None:
    assert list(check_limits({"a.template": json.dumps({"Resources": {"Role": role("ASR-X", "a:B")}})})) == []


def test_a_template_with_too_many_resources_is_a_problem_that_names_it() -> None:
    resources = {f"Queue{number}": {"Type": "AWS::SQS::Queue"} for number in range(501)}

    assert [Problem("a.template", "501 resources, AWS allows 500", HINT)] == list(
        check_limits({"a.template": json.dumps({"Resources": resources})})
    )


def test_too_many_parameters_and_too_long_a_description_are_problems() -> None:
    template = {"Description": "ü" * 513, "Parameters": {f"P{number}": {} for number in range(201)}}
    messages = [problem.message for problem in check_limits({"a": json.dumps(template)})]

    assert messages == ["201 parameters, AWS allows 200", "1,026 bytes of description, AWS allows 1,024"]


def test_a_template_over_a_megabyte_is_a_problem() -> None:
    text = json.dumps({"Metadata": {"Text": "x" * 1_000_000}})

    assert [f"{len(text):,} bytes, AWS allows 1,000,000"] == [problem.message for problem in check_limits({"a": text})]


def test_inline_policies_count_together_without_white_space_and_with_conditional_ones() -> None:
    action = "a:" + "B " * 3_000
    measure = resource_measures(role("ASR-X", action))[0]
    one = {"Statement": [{"Action": action, "Resource": {"Fn::Sub": "a"}}]}
    without_space = json.dumps(one).replace(" ", "")

    assert ("characters of inline policies", 2 * len(without_space)) == (measure.what, measure.value)


def test_role_names_count_with_the_longest_namespace() -> None:
    measure = resource_measures(role("ABCDEF-" + "x" * 47 + "-${Namespace}", "a:B"))[1]

    assert (measure.what, measure.value, measure.limit) == ("characters of role name", 64, 64)


def test_an_event_pattern_over_4096_characters_is_a_problem_at_its_rule() -> None:
    rule = {"Type": "AWS::Events::Rule", "Properties": {"EventPattern": {"source": ["x" * 5_000]}}}
    problems = list(check_limits({"a.template": json.dumps({"Resources": {"ImportRule": rule}})}))

    assert [Problem("a.template: ImportRule", "5,015 characters of event pattern, AWS allows 4,096", HINT)] == problems


def test_measures_of_a_template_are_named_with_their_limits() -> None:
    assert [(measure.what, measure.value, measure.limit) for measure in template_measures("{}")[1:4]] == [
        ("resources", 0, 500),
        ("parameters", 0, 200),
        ("outputs", 0, 200),
    ]
