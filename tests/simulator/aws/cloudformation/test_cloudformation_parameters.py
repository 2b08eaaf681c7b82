from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_templates.simulator.aws.cloudformation.failures import TemplateError
from asr_templates.simulator.aws.cloudformation.parameters import ParameterValue, parameter_values
from asr_templates.simulator.aws.errors import NotSimulated

STORED = {"/images": "ami-1,ami-2", "/name": "found"}


def value(declaration: dict[str, Any], text: str | None = None) -> ParameterValue:
    given_values = {} if text is None else {"P": text}
    return parameter_values({"P": {"Type": "String", **declaration}}, given_values, STORED.__getitem__, "root")["P"]


def refusal(declaration: dict[str, Any], text: str | None = None) -> str:
    with pytest.raises(TemplateError) as caught:
        value(declaration, text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("declaration", "text", "expected"),
    [
        ({}, "given", "given"),
        ({"Default": "default"}, None, "default"),
        ({"Default": True}, None, "true"),
        ({"Type": "Number", "Default": 30}, None, "30"),
        ({"Type": "Number"}, "-1.5", "-1.5"),
        ({"Type": "CommaDelimitedList"}, "a, b,c", ["a", "b", "c"]),
        ({"Type": "CommaDelimitedList", "Default": ""}, None, []),
        ({"Type": "List<Number>"}, "1,2", ["1", "2"]),
        ({"Type": "AWS::SSM::Parameter::Name"}, "/name", "/name"),
        ({"Type": "AWS::SSM::Parameter::Value<String>"}, "/name", "found"),
        ({"Type": "AWS::SSM::Parameter::Value<List<String>>"}, "/images", ["ami-1", "ami-2"]),
    ],
)
def test_a_value_has_the_shape_of_its_type(
    declaration: dict[str, Any], text: str | None, expected: ParameterValue
) -> None:
    assert expected == value(declaration, text)


@pytest.mark.parametrize(
    ("declaration", "text", "reason"),
    [
        ({"AllowedValues": ["yes", "no"]}, "Yes", "must be one of AllowedValues [yes, no] (given: 'Yes')"),
        ({"AllowedPattern": r"^\d{12}$"}, "123456789012\n", r"must match pattern ^\d{12}$ (given: '123456789012\n')"),
        ({"AllowedPattern": r"\d+"}, "a1", r"must match pattern \d+ (given: 'a1')"),
        (
            {"AllowedPattern": "[a-z]", "ConstraintDescription": "one letter"},
            "1",
            "failed to satisfy constraint: one letter (given: '1')",
        ),
        ({"MinLength": 2}, "a", "must contain at least 2 characters (given: 'a')"),
        ({"MaxLength": "2"}, "abc", "must contain at most 2 characters (given: 'abc')"),
        ({"Type": "Number"}, "ten", "must be a number (given: 'ten')"),
        ({"Type": "Number", "MinValue": 1}, "0", "must be a number not less than 1 (given: '0')"),
        ({"Type": "Number", "MaxValue": 9}, "9.5", "must be a number not greater than 9 (given: '9.5')"),
        (
            {"Type": "CommaDelimitedList", "AllowedPattern": "[a-z]"},
            "a,B",
            "must match pattern [a-z] (given: 'B')",
        ),
    ],
)
def test_a_value_that_breaks_its_constraint_is_refused(declaration: dict[str, Any], text: str, reason: str) -> None:
    assert f"Parameter 'P' {reason}" == refusal(declaration, text)


def test_a_default_must_meet_the_constraints_too() -> None:
    assert refusal({"Default": "", "AllowedPattern": "[a-z]+"}) == "Parameter 'P' must match pattern [a-z]+ (given: '')"


def test_a_pattern_that_is_no_pattern_is_refused() -> None:
    assert "AllowedPattern [a is not valid" in refusal({"AllowedPattern": "[a"}, "a")


def test_a_missing_value_is_refused() -> None:
    assert refusal({}) == "Parameters: [P] must have values"


def test_a_value_that_the_template_does_not_ask_for_is_refused() -> None:
    with pytest.raises(TemplateError, match=r"Parameters: \[A, B\] do not exist in the template"):
        parameter_values({}, {"B": "", "A": ""}, STORED.__getitem__, "root")


def test_an_unknown_type_is_refused_and_a_type_about_other_resources_is_not_simulated() -> None:
    assert refusal({"Type": "Text"}, "a") == "Template format error: Unrecognized parameter type: Text of parameter P"
    with pytest.raises(NotSimulated, match=r"root/P: parameter type List<AWS::EC2::VPC::Id> is not simulated"):
        value({"Type": "List<AWS::EC2::VPC::Id>"}, "vpc-1")


@given(st.lists(st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True), min_size=1))
def test_a_list_is_what_its_items_joined_by_commas_say(items: list[str]) -> None:
    assert items == value({"Type": "CommaDelimitedList"}, ",".join(items))


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9))
def test_a_number_is_taken_exactly_from_its_minimum_on(number: int, minimum: int) -> None:
    declaration = {"Type": "Number", "MinValue": minimum}
    if number >= minimum:
        assert str(number) == value(declaration, str(number))
    else:
        assert "must be a number not less than" in refusal(declaration, str(number))
