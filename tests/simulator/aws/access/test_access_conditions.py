"""Condition operators and policy variables."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_templates.simulator.aws.access.conditions import condition_holds, matches_with_variables, parse_operator
from asr_templates.simulator.aws.access.context import Context, Unknown

NUMBERS = st.integers(-20, 20)
WORDS = st.text("aB*", min_size=1, max_size=3)


def holds(operator: str, wanted: object, *actual: str) -> object:
    """Whether a condition on `test:key` holds; without actual values the request does not have the key."""
    context = Context({"test:key": actual} if actual else {}, frozenset({"test:key"}))
    return condition_holds({operator: {"Test:Key": wanted}}, context)


@pytest.mark.parametrize(
    ("operator", "wanted", "actual", "expected"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", "a*", "ab", False),
        ("StringEquals", ["x", "a"], "a", True),
        ("StringNotEquals", ["x", "a"], "a", False),
        ("StringEqualsIgnoreCase", "A", "a", True),
        ("StringNotEqualsIgnoreCase", "A", "a", False),
        ("StringLike", "a*", "ab", True),
        ("StringNotLike", "a*", "ab", False),
        ("Bool", True, "true", True),
        ("Bool", "false", "true", False),
        ("BinaryEquals", "QQ==", "QQ==", True),
        ("NumericLessThanEquals", "10", "10", True),
        ("NumericGreaterThan", 10, "10.5", True),
        ("NumericNotEquals", "10", "10.0", False),
        ("NumericEquals", "ten", "10", False),
        ("DateLessThan", "2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z", True),
        ("DateGreaterThan", "2026-01-02T00:00:00+02:00", "2026-01-01T23:00:00Z", True),
        ("DateEquals", "1767225600", "2026-01-01T00:00:00Z", True),
        ("IpAddress", "10.0.0.0/8", "10.1.2.3", True),
        ("NotIpAddress", "10.0.0.0/8", "10.1.2.3", False),
        ("IpAddress", "2001:db8::/32", "2001:db8::1", True),
        ("ArnEquals", "arn:aws:sns:*:1:t", "arn:aws:sns:eu-west-1:1:t", True),
        ("ArnLike", "arn:aws:sns:*:1:t", "arn:aws:sns:eu-west-1:2:t", False),
        ("ArnNotLike", "arn:aws:sns:*:1:t", "arn:aws:sns:eu-west-1:2:t", True),
        ("ArnLike", "*", "not an arn", False),
        ("Null", "true", "a", False),
        ("Null", "false", "a", True),
    ],
)
def test_operator_compares_as_iam_does(operator: str, wanted: object, actual: str, expected: bool) -> None:
    assert expected == holds(operator, wanted, actual)


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("StringEquals", False),
        ("StringNotEquals", True),
        ("StringEqualsIfExists", True),
        ("NumericLessThan", False),
        ("NumericLessThanIfExists", True),
        ("ForAllValues:StringEquals", True),
        ("ForAnyValue:StringEquals", False),
        ("ForAnyValue:StringNotEquals", False),
        ("ForAllValues:StringNotLike", True),
    ],
)
def test_missing_key_fails_positive_operators_and_fulfils_negated_ones(operator: str, expected: bool) -> None:
    assert expected == holds(operator, "1")


def test_null_tells_a_missing_key() -> None:
    assert holds("Null", "true") is True
    assert holds("Null", "false") is False


@pytest.mark.parametrize(
    ("operator", "actual", "expected"),
    [
        ("ForAllValues:StringEquals", ("a", "b"), True),
        ("ForAllValues:StringEquals", ("a", "c"), False),
        ("ForAnyValue:StringEquals", ("a", "c"), True),
        ("ForAnyValue:StringEquals", ("c",), False),
        ("ForAllValues:StringNotEquals", ("c", "d"), True),
        ("ForAllValues:StringNotEquals", ("a", "d"), False),
        ("ForAnyValue:StringNotEquals", ("a", "d"), True),
        ("ForAnyValue:StringNotEquals", ("a", "b"), False),
    ],
)
def test_quantifier_says_how_many_values_must_fulfil(operator: str, actual: tuple[str, ...], expected: bool) -> None:
    assert expected == holds(operator, ["a", "b"], *actual)


REFERENCE = {
    "Equals": lambda actual, wanted: actual == wanted,
    "NotEquals": lambda actual, wanted: actual != wanted,
    "LessThan": lambda actual, wanted: actual < wanted,
    "LessThanEquals": lambda actual, wanted: actual <= wanted,
    "GreaterThan": lambda actual, wanted: actual > wanted,
    "GreaterThanEquals": lambda actual, wanted: actual >= wanted,
}


@given(st.sampled_from(sorted(REFERENCE)), NUMBERS, NUMBERS)
def test_numbers_compare_as_numbers(name: str, actual: int, wanted: int) -> None:
    assert REFERENCE[name](actual, wanted) == holds(f"Numeric{name}", str(wanted), str(actual))


@given(st.sampled_from(sorted(REFERENCE)), NUMBERS, NUMBERS)
def test_dates_compare_as_moments(name: str, actual: int, wanted: int) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    moments = [(start + timedelta(hours=hours)).isoformat() for hours in (wanted, actual)]

    assert REFERENCE[name](actual, wanted) == holds(f"Date{name}", *moments)


@given(st.lists(WORDS, min_size=1, max_size=3), st.lists(WORDS, min_size=1, max_size=3))
def test_sets_of_words_compare_as_sets(wanted: list[str], actual: list[str]) -> None:
    inside = [word in wanted for word in actual]

    assert all(inside) == holds("ForAllValues:StringEquals", wanted, *actual)
    assert any(inside) == holds("ForAnyValue:StringEquals", wanted, *actual)
    assert (not all(inside)) == holds("ForAnyValue:StringNotEquals", wanted, *actual)
    assert (not any(inside)) == holds("ForAllValues:StringNotEquals", wanted, *actual)


@given(WORDS, WORDS)
def test_negated_operator_is_the_opposite_where_the_key_is_there(wanted: str, actual: str) -> None:
    for name in ("Equals", "EqualsIgnoreCase", "Like"):
        assert holds(f"String{name}", wanted, actual) is not holds(f"StringNot{name}", wanted, actual)


def test_conditions_must_all_hold() -> None:
    context = Context({"a:b": ("1",), "a:c": ("2",)})

    assert condition_holds({"StringEquals": {"a:b": "1", "a:c": "2"}}, context) is True
    assert condition_holds({"StringEquals": {"a:b": "1"}, "NumericLessThan": {"a:c": "2"}}, context) is False
    assert condition_holds({}, context) is True


@pytest.mark.parametrize("operator", ["StringMatches", "stringEquals", "ForSomeValues:StringEquals", "NotBool"])
def test_operator_that_iam_does_not_have_is_unknown(operator: str) -> None:
    assert parse_operator(operator) == Unknown(f"condition operator {operator}")


def test_key_that_cannot_be_told_leaves_the_condition_open_unless_another_fails() -> None:
    context = Context({"a:b": ("1",)})

    assert condition_holds({"StringEquals": {"aws:SourceIp": "1"}}, context) == Unknown("condition key aws:sourceip")
    assert condition_holds({"StringEquals": {"aws:SourceIp": "1", "a:b": "2"}}, context) is False


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("team/${aws:PrincipalTag/team}/*", "team/red/x", True),
        ("team/${aws:PrincipalTag/team}/*", "team/blue/x", False),
        ("${aws:PrincipalTag/none}", "x", False),
        ("${aws:PrincipalTag/none, 'default'}", "default", True),
        ("${*}", "*", True),
        ("${*}", "x", False),
        ("${$}{x}", "${x}", True),
        ("${aws:PrincipalTag/star}", "anything", False),
        ("${aws:PrincipalTag/star}", "*", True),
    ],
)
def test_variable_stands_for_the_value_of_its_key(pattern: str, text: str, expected: bool) -> None:
    context = Context({"aws:principaltag/team": ("red",), "aws:principaltag/star": ("*",)})

    assert expected == matches_with_variables(pattern, text, context)


def test_variable_of_an_unknown_key_leaves_the_match_open() -> None:
    assert matches_with_variables("${aws:SourceIp}", "x", Context()) == Unknown("condition key aws:sourceip")
