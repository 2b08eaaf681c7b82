"""Event patterns: each operator, arrays, alternatives, and what EventBridge refuses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_templates.simulator.aws.event_patterns import PatternError, check, matches

# (pattern of the field x, an x that matches, an x that does not; MISSING: no such field)
MISSING = object()
CASES: list[tuple[list[Any], Any, Any]] = [
    (["a", "b"], "b", "c"),
    (["a"], "a", "A"),
    ([1], 1.0, "1"),
    ([True], True, 1),
    ([None], None, MISSING),
    ([""], "", MISSING),
    ([{"prefix": "arn:"}], "arn:aws", "xarn:"),
    ([{"prefix": {"equals-ignore-case": "ARN:"}}], "arn:aws", "x"),
    ([{"suffix": ".fifo"}], "q.fifo", "q.fifo2"),
    ([{"equals-ignore-case": "Failed"}], "FAILED", "FAIL"),
    ([{"wildcard": "ASR-*_*_*"}], "ASR-SC_2.0.0_EC2.2", "ASR-SC"),
    ([{"wildcard": r"a\*b"}], "a*b", "axb"),
    ([{"wildcard": "*"}], "", 5),
    ([{"anything-but": "a"}], "b", "a"),
    ([{"anything-but": ["a", 3]}], "b", 3),
    ([{"anything-but": {"prefix": "a"}}], "ba", "ab"),
    ([{"anything-but": {"suffix": ["x", "y"]}}], "az", "ay"),
    ([{"anything-but": {"wildcard": "*/lib/*"}}], "/home", "/usr/lib/x"),
    ([{"anything-but": {"equals-ignore-case": "A"}}], "b", "a"),
    ([{"anything-but": "a"}], "b", MISSING),
    ([{"exists": True}], "anything", MISSING),
    ([{"exists": False}], MISSING, None),
    ([{"exists": True}], None, {"nested": 1}),
    ([{"numeric": [">", 0, "<=", 5]}], 5, 0),
    ([{"numeric": ["=", 3.5]}], 3.5, "3.5"),
    ([{"cidr": "10.0.0.0/24"}], "10.0.0.255", "10.0.1.0"),
    ([{"cidr": "2001:db8::/32"}], "2001:db8::1", "10.0.0.1"),
    (["a", {"prefix": "b"}], "bc", "c"),
    (["a"], ["x", "a"], ["x"]),
    (["a"], ["a"], []),
]


def event(value: Any) -> dict[str, Any]:
    return {} if value is MISSING else {"x": value}


@pytest.mark.parametrize(("alternatives", "good", "bad"), CASES, ids=[str(case[0]) for case in CASES])
def test_an_operator_matches_and_does_not(alternatives: list[Any], good: Any, bad: Any) -> None:
    check({"x": alternatives})

    assert matches({"x": alternatives}, event(good))
    assert not matches({"x": alternatives}, event(bad))


FINDINGS_PATTERN = {
    "detail": {
        "findings": {
            "Compliance": {"Status": ["FAILED", "WARNING"]},
            "Workflow": {"Status": ["NEW"]},
            "ProductArn": [{"suffix": "::product/aws/securityhub"}],
            "$or": [{"RecordState": ["ACTIVE"]}, {"Forced": [True]}],
        }
    }
}


def finding(status: str, workflow: str, **others: Any) -> dict[str, Any]:
    product = "arn:aws:securityhub:eu-west-1::product/aws/securityhub"
    return {"Compliance": {"Status": status}, "Workflow": {"Status": workflow}, "ProductArn": product, **others}


def test_a_pattern_reaches_through_an_array_of_objects() -> None:
    check(FINDINGS_PATTERN)

    assert matches(FINDINGS_PATTERN, {"detail": {"findings": [finding("FAILED", "NEW", RecordState="ACTIVE")]}})
    assert matches(FINDINGS_PATTERN, {"detail": {"findings": [finding("FAILED", "NEW", Forced=True)]}})
    assert not matches(FINDINGS_PATTERN, {"detail": {"findings": [finding("FAILED", "NEW", RecordState="ARCHIVED")]}})


def test_fields_that_stand_together_must_match_in_one_element() -> None:
    split = [finding("FAILED", "RESOLVED", RecordState="ACTIVE"), finding("PASSED", "NEW", RecordState="ACTIVE")]

    assert not matches(FINDINGS_PATTERN, {"detail": {"findings": split}})
    assert matches(FINDINGS_PATTERN, {"detail": {"findings": [*split, finding("FAILED", "NEW", RecordState="ACTIVE")]}})


def test_a_missing_branch_satisfies_only_exists_false() -> None:
    assert matches({"detail": {"a": {"b": [{"exists": False}]}}}, {"detail": {}})
    assert not matches({"detail": {"a": {"b": ["x"]}}}, {"detail": {}})


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ({}, "the pattern must be an object with at least one field"),
        ([], "the pattern must be an object"),
        ({"source": "aws.ssm"}, "source must be an object or a list with at least one value"),
        ({"source": []}, "source must be an object or a list"),
        ({"detail": {"a": [["x"]]}}, "detail.a: a list in a list of values"),
        ({"a": [{"startswith": "x"}]}, "a: Unrecognized match type startswith; known are anything-but, cidr"),
        ({"a": [{"prefix": "x", "suffix": "y"}]}, "a: an object in a list of values holds exactly one"),
        ({"a": [{"prefix": 3}]}, "a: 3 is no operand of prefix"),
        ({"a": [{"numeric": [">", 5, "<", 1]}]}, "is no operand of numeric"),
        ({"a": [{"numeric": ["~", 5]}]}, "is no operand of numeric"),
        ({"a": [{"wildcard": "a**b"}]}, "is no operand of wildcard"),
        ({"a": [{"wildcard": "a\\b"}]}, "is no operand of wildcard"),
        ({"a": [{"cidr": "10.0.0.300/24"}]}, "is no operand of cidr"),
        ({"a": [{"exists": "yes"}]}, "is no operand of exists"),
        ({"a": [{"anything-but": {"numeric": [">", 1]}}]}, "is no operand of anything-but"),
        ({"a": [{"anything-but": []}]}, "is no operand of anything-but"),
        ({"$or": [{"a": ["x"]}]}, r"\$or must be a list of at least two patterns"),
    ],
)
def test_what_eventbridge_refuses_is_refused_with_its_place(pattern: Any, message: str) -> None:
    with pytest.raises(PatternError, match=message):
        check(pattern)


SCALARS = st.one_of(st.text(max_size=5), st.integers(-5, 5), st.booleans(), st.none())


@given(st.dictionaries(st.text(min_size=1, max_size=3).filter(lambda key: key != "$or"), SCALARS, min_size=1))
def test_an_event_matches_the_pattern_of_its_own_values(values: dict[str, Any]) -> None:
    pattern = {key: [value] for key, value in values.items()}
    check(pattern)

    assert matches(pattern, values)
    assert matches(pattern, [{}, values])


@given(st.text(max_size=8), st.text(max_size=8), SCALARS)
def test_anything_but_is_the_opposite_of_equality_for_values_that_are_there(one: str, two: str, value: Any) -> None:
    is_either = matches({"x": [one, two]}, {"x": value})

    assert matches({"x": [{"anything-but": [one, two]}]}, {"x": value}) is not is_either


@given(st.lists(st.text(alphabet="ab.", max_size=4), min_size=1, max_size=4))
def test_a_wildcard_matches_whatever_is_put_between_its_parts(parts: list[str]) -> None:
    form = "*".join(parts)
    if not form or "**" in form:
        return
    check({"x": [{"wildcard": form}]})

    assert matches({"x": [{"wildcard": form}]}, {"x": "zz".join(parts)})
