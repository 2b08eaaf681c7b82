"""The Condition element of a policy, and policy variables.

All of IAM's operators, with IfExists, ForAnyValue and ForAllValues. Source: IAM user guide, "IAM JSON policy elements:
Condition operators", "Set operators for multi-valued context keys" and "Variables and tags".
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from asr_templates.aws_reference.arns import arn_matches, glob_matches, is_arn
from asr_templates.simulator.aws.access.context import Context, Unknown

Verdict = bool | Unknown
_VARIABLE = re.compile(r"\$\{\s*([^},\s]+)\s*(?:,\s*'([^']*)'\s*)?\}")

# A wildcard character that stands for itself is replaced by one that no name contains, in the pattern and in the text.
_LITERAL = str.maketrans({"*": "\ue000", "?": "\ue001"})
_ESCAPES = {"*": "\ue000", "?": "\ue001", "$": "$"}


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """False if any is false, else Unknown if any is, else true."""
    unknown: Unknown | None = None
    for verdict in verdicts:
        if isinstance(verdict, Unknown):
            unknown = unknown or verdict
        elif not verdict:
            return False

    return unknown or True


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """True if any is true, else Unknown if any is, else false."""
    unknown: Unknown | None = None
    for verdict in verdicts:
        if isinstance(verdict, Unknown):
            unknown = unknown or verdict
        elif verdict:
            return True

    return unknown or False


def substituted(pattern: str, context: Context) -> str | Unknown | None:
    """A pattern with its variables replaced; None if a key is missing and the variable has no default."""
    result = ""
    position = 0
    for variable in _VARIABLE.finditer(pattern):
        value = _variable_value(variable, context)
        if value is None or isinstance(value, Unknown):
            return value
        result += pattern[position : variable.start()] + value
        position = variable.end()

    return result + pattern[position:]


def _variable_value(variable: re.Match[str], context: Context) -> str | Unknown | None:
    name, default = variable.groups()
    if name in _ESCAPES:
        return _ESCAPES[name]

    values = context.get(name)
    if isinstance(values, Unknown):
        return values
    if values is None or len(values) != 1:  # a multi-valued key cannot be a variable
        return None if default is None else default.translate(_LITERAL)

    return values[0].translate(_LITERAL)


def matches_with_variables(
    pattern: str, text: str, context: Context, matches: Callable[[str, str], bool] = glob_matches
) -> Verdict:
    """Whether a text matches a pattern after its variables were replaced; not if a variable has no value."""
    replaced = substituted(pattern, context)
    if isinstance(replaced, Unknown):
        return replaced
    if replaced is None:
        return False

    return matches(replaced, text) or matches(replaced, text.translate(_LITERAL))


def _number(text: str) -> float:
    return float(text)


def _moment(text: str) -> float:
    """Seconds since 1970 of a date in ISO 8601 or in epoch seconds; without an offset it is UTC."""
    if re.fullmatch(r"\d+(\.\d+)?", text) and len(text) > len("2026"):
        return float(text)

    moment = datetime.fromisoformat(text)

    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _compared(convert: Callable[[str], float], holds: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    def compare(wanted: str, actual: str) -> bool:
        try:
            return holds(convert(actual), convert(wanted))
        except ValueError:
            return False

    return compare


def _in_network(wanted: str, actual: str) -> bool:
    try:
        return ipaddress.ip_address(actual) in ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False


def _arn_like(wanted: str, actual: str) -> bool:
    return is_arn(actual) and arn_matches(wanted, actual)


def _equal(wanted: str, actual: str) -> bool:
    return wanted == actual


def _equal_ignoring_case(wanted: str, actual: str) -> bool:
    return wanted.lower() == actual.lower()


_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "Equals": lambda actual, wanted: actual == wanted,
    "LessThan": lambda actual, wanted: actual < wanted,
    "LessThanEquals": lambda actual, wanted: actual <= wanted,
    "GreaterThan": lambda actual, wanted: actual > wanted,
    "GreaterThanEquals": lambda actual, wanted: actual >= wanted,
}

# Each positive operator: whether an actual value fulfils a wanted one. A negated operator is its positive one negated.
_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": _equal,
    "StringEqualsIgnoreCase": _equal_ignoring_case,
    "StringLike": glob_matches,
    "Bool": _equal_ignoring_case,
    "BinaryEquals": _equal,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "IpAddress": _in_network,
    **{f"Numeric{name}": _compared(_number, holds) for name, holds in _COMPARISONS.items()},
    **{f"Date{name}": _compared(_moment, holds) for name, holds in _COMPARISONS.items()},
}

_NEGATED: Mapping[str, str] = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}

# Operators whose wanted values are compared as they stand: no variables in them, and no wildcards to escape.
_WITHOUT_VARIABLES = ("Numeric", "Date", "Bool", "Binary", "Ip")


@dataclass(frozen=True)
class Operator:
    """A condition operator taken apart: `ForAnyValue:StringNotLikeIfExists`."""

    positive: str
    negated: bool
    if_exists: bool
    quantifier: str


def parse_operator(text: str) -> Operator | Unknown:
    """An operator's parts, or Unknown if IAM has no such operator; its spelling must be IAM's."""
    quantifier, _, name = text.rpartition(":")
    base = name.removesuffix("IfExists")
    positive = _NEGATED.get(base, base)
    if quantifier not in ("", "ForAnyValue", "ForAllValues") or (positive not in _OPERATORS and base != "Null"):
        return Unknown(f"condition operator {text}")

    return Operator(positive, base in _NEGATED, base != name, quantifier)


def condition_holds(condition: Mapping[str, Mapping[str, object]], context: Context) -> Verdict:
    """Whether all conditions of a statement hold for a request; an empty Condition always does."""
    return all_of(
        _holds(operator, key, wanted, context) for operator, keys in condition.items() for key, wanted in keys.items()
    )


def texts(value: object) -> tuple[str, ...]:
    """A policy's value or list of values, as texts: `true` for a boolean."""
    values = value if isinstance(value, list | tuple) else [value]

    return tuple(str(item).lower() if isinstance(item, bool) else str(item) for item in values)


def _holds(operator_text: str, key: str, wanted: object, context: Context) -> Verdict:
    operator = parse_operator(operator_text)
    if isinstance(operator, Unknown):
        return operator
    actual = context.get(key)
    if isinstance(actual, Unknown):
        return actual

    if operator.positive == "Null":
        return (not actual) == (texts(wanted)[0].lower() == "true")
    if not actual:
        return _holds_without_value(operator)

    return _quantified(operator, [_fulfils(operator, texts(wanted), value, context) for value in actual])


def _holds_without_value(operator: Operator) -> bool:
    if operator.if_exists or operator.quantifier == "ForAllValues":
        return True

    return operator.negated and operator.quantifier != "ForAnyValue"


def _fulfils(operator: Operator, wanted: Sequence[str], value: str, context: Context) -> Verdict:
    """Whether one value of the request equals one of the wanted values, or none of them if negated."""
    compare = _OPERATORS[operator.positive]
    if operator.positive.startswith(_WITHOUT_VARIABLES):
        found: Verdict = any(compare(item, value) for item in wanted)
    else:
        found = any_of(matches_with_variables(item, value, context, compare) for item in wanted)
    if isinstance(found, Unknown):
        return found

    return found != operator.negated


def _quantified(operator: Operator, verdicts: Sequence[Verdict]) -> Verdict:
    """Without a quantifier a positive operator wants any value to fulfil it, a negated one all."""
    if operator.quantifier == "ForAllValues" or (operator.negated and not operator.quantifier):
        return all_of(verdicts)

    return any_of(verdicts)
