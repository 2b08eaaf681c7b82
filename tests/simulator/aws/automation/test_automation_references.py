"""`{{ }}` references, selectors and parameters of Automation documents."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_templates.simulator.aws.automation.parameters import (
    InvalidParametersError,
    Parameter,
    as_given,
    parameter_values,
)
from asr_templates.simulator.aws.automation.references import references, resolve
from asr_templates.simulator.aws.automation.selectors import SelectorError, parsed, select

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON_VALUES)
def test_a_whole_reference_keeps_the_type_of_its_value(value: Any) -> None:
    found = resolve({"Key": ["{{ Name }}"]}, lambda reference: value)

    assert {"Key": [value]} == found


@given(st.text(alphabet=st.characters(blacklist_characters="{}")))
def test_text_without_references_is_left_alone(text: str) -> None:
    found = resolve(text, lambda reference: pytest.fail("nothing to look up"))

    assert text == found


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a", "x a y"), (True, "x true y"), (3, "x 3 y"), (["a"], 'x ["a"] y'), ({"a": 1}, 'x {"a": 1} y')],
)
def test_a_reference_inside_of_a_text_becomes_text(value: Any, expected: str) -> None:
    found = resolve("x {{Name}} y", lambda reference: value)

    assert expected == found


def test_a_value_that_is_put_in_is_not_looked_at_again() -> None:
    found = resolve("{{ Name }}", lambda reference: "{{ Other }}")

    assert found == "{{ Other }}"


@pytest.mark.parametrize(
    ("text", "kind", "name", "index"),
    [
        ("Name", "parameter", "Name", None),
        ("Step.Output", "output", "Step.Output", None),
        ("Step.List[2]", "output", "Step.List", 2),
        ("global:REGION", "global", "REGION", None),
        ("automation:EXECUTION_ID", "automation", "EXECUTION_ID", None),
        ("variable:count", "variable", "count", None),
        ("ssm:/a/b", "ssm", "/a/b", None),
        ("what is this", "other", "what is this", None),
    ],
)
def test_kinds_of_references(text: str, kind: str, name: str, index: int | None) -> None:
    [found] = references(f"before {{{{ {text} }}}} after")

    assert (kind, name, index) == (found.kind, found.name, found.index)


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("$", {"a": {"b": [{"c": 1}, {"c": 2}]}}),
        ("$.a.b[1].c", 2),
        ("$.a.b[*].c", [1, 2]),
        ("$..c", [1, 2]),
        ("$.a.missing", None),
        ("$.a.missing[*]", []),
    ],
)
def test_a_selector_finds_a_value_several_values_or_nothing(selector: str, expected: Any) -> None:
    found = select(selector, {"a": {"b": [{"c": 1}, {"c": 2}]}})

    assert expected == found


@pytest.mark.parametrize("selector", ["Payload.a", "$.a[", "$.a..", ""])
def test_a_malformed_selector_is_refused(selector: str) -> None:
    with pytest.raises(SelectorError, match="selector"):
        parsed(selector)


@pytest.mark.parametrize(
    ("type_name", "texts", "expected"),
    [
        ("String", ["a"], "a"),
        ("AWS::IAM::Role::Arn", ["arn:aws:iam::111111111111:role/R"], "arn:aws:iam::111111111111:role/R"),
        ("Integer", ["-3"], -3),
        ("Boolean", ["True"], True),
        ("StringList", ["a", "b"], ["a", "b"]),
        ("StringList", ['["a", "b"]'], ["a", "b"]),
        ("StringList", [], []),
        ("List<AWS::EC2::Instance::Id>", ["i-1"], ["i-1"]),
        ("StringMap", ['{"a": {"b": 1}}'], {"a": {"b": 1}}),
        ("MapList", ['{"a": 1}', '{"b": 2}'], [{"a": 1}, {"b": 2}]),
        ("MapList", ['[{"a": 1}]'], [{"a": 1}]),
    ],
)
def test_given_texts_get_the_declared_type(type_name: str, texts: list[str], expected: Any) -> None:
    values = parameter_values({"Name": Parameter("Name", type_name)}, {"Name": texts})

    assert {"Name": expected} == values


@given(st.lists(st.dictionaries(st.text(), st.integers()), min_size=1))
def test_a_map_list_survives_being_handed_to_a_child(maps: list[dict[str, int]]) -> None:
    values = parameter_values({"Name": Parameter("Name", "MapList")}, {"Name": as_given(maps)})

    assert {"Name": maps} == values


@pytest.mark.parametrize(
    ("parameter", "texts", "message"),
    [
        (Parameter("Name", "Integer"), ["x"], "must be a Integer"),
        (Parameter("Name", "Boolean"), ["yes"], "must be a Boolean"),
        (Parameter("Name", "StringMap"), ["[1]"], "must be a StringMap"),
        (Parameter("Name", "StringMap"), ["{"], "must be a StringMap"),
        (Parameter("Name", "MapList"), ["[1]"], "must be a MapList"),
        (Parameter("Name", "String"), ["a", "b"], "takes one value, not 2"),
        (Parameter("Name", "String", allowed_pattern="^sg-"), ["x"], "does not match the pattern"),
        (Parameter("Name", "String", allowed_values=("a", "b")), ["c"], "none of a, b"),
        (Parameter("Name", "String", min_chars=2), ["a"], "at least 2"),
        (Parameter("Name", "String", max_chars=2), ["abc"], "at most 2"),
        (Parameter("Name", "StringList", max_items=1), ["a", "b"], "at most 1"),
        (Parameter("Name", "StringList", min_items=1), [], "at least 1"),
        (Parameter("Name", "StringList"), ["a"] * 51, "at most 50"),
        (Parameter("Name", "String"), ["a" * 70_000], "70000 characters"),
    ],
)
def test_a_value_that_breaks_its_declaration_is_refused_by_name(
    parameter: Parameter, texts: list[str], message: str
) -> None:
    with pytest.raises(InvalidParametersError, match=f"Parameter Name .*{message}"):
        parameter_values({"Name": parameter}, {"Name": texts})


def test_unknown_and_missing_parameters_are_refused() -> None:
    declared = {"Known": Parameter("Known", "String")}

    with pytest.raises(InvalidParametersError, match="Unknown are not declared; declared are Known"):
        parameter_values(declared, {"Known": ["a"], "Unknown": ["b"]})
    with pytest.raises(InvalidParametersError, match="Known is required"):
        parameter_values(declared, {})


def test_an_empty_default_means_not_given_whatever_the_pattern() -> None:
    role = Parameter("Role", "String", has_default=True, default="", allowed_pattern="^arn:")

    assert parameter_values({"Role": role}, {}) == {"Role": ""}
