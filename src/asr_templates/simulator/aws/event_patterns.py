"""EventBridge event patterns: which events a rule matches.

Source: EventBridge User Guide, "Creating event patterns" and "Comparison operators". A field of the pattern holds
either nested fields or a list of alternatives; a field of the event that is an array matches if one of its elements
does. Nested fields that stand together must match within one element of an array of objects.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

JSON: TypeAlias = Any
_MISSING = object()

NUMERIC_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<": lambda value, limit: value < limit,
    "<=": lambda value, limit: value <= limit,
    "=": lambda value, limit: value == limit,
    ">=": lambda value, limit: value >= limit,
    ">": lambda value, limit: value > limit,
}
NUMERIC_LIMIT = 1e9 * 5
"""EventBridge compares numbers between -5e9 and 5e9."""


class PatternError(ValueError):
    """An event pattern that EventBridge refuses; the message says what and where."""


def matches(pattern: Mapping[str, JSON], event: JSON) -> bool:
    """Whether an event matches a pattern that `check` has accepted."""
    if isinstance(event, list):
        return any(matches(pattern, element) for element in event)
    for field, wanted in pattern.items():
        if field == "$or":
            if not any(matches(alternative, event) for alternative in wanted):
                return False
            continue
        value = event.get(field, _MISSING) if isinstance(event, Mapping) else _MISSING
        if isinstance(wanted, Mapping):
            if not matches(wanted, {} if value is _MISSING else value):
                return False
        elif not _matches_any(wanted, value):
            return False
    return True


def _matches_any(alternatives: list[JSON], value: JSON) -> bool:
    values = value if isinstance(value, list) and value else [_MISSING if value == [] else value]
    return any(_matches_one(alternative, element) for alternative in alternatives for element in values)


def _matches_one(alternative: JSON, value: JSON) -> bool:
    if isinstance(alternative, Mapping):
        ((operator, operand),) = alternative.items()
        return OPERATORS[operator][1](operand, value)
    return _is_equal(alternative, value)


def _is_number(value: JSON) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_equal(wanted: JSON, value: JSON) -> bool:
    if value is _MISSING:
        return False
    if _is_number(wanted) and _is_number(value):
        return bool(wanted == value)
    return type(wanted) is type(value) and bool(wanted == value)


# --- operators: what they accept as an operand, and whether they match a value


def _is_text(operand: JSON) -> bool:
    return isinstance(operand, str) and operand != ""


def _is_text_or_texts(operand: JSON) -> bool:
    return _is_text(operand) or (isinstance(operand, list) and bool(operand) and all(map(_is_text, operand)))


def _is_affix(operand: JSON) -> bool:
    if isinstance(operand, Mapping):
        return set(operand) == {"equals-ignore-case"} and _is_text(operand["equals-ignore-case"])
    return _is_text(operand)


def _is_wildcard(operand: JSON) -> bool:
    return _is_text(operand) and "**" not in operand and re.fullmatch(r"(?:[^\\]|\\[*\\])*", operand) is not None


def _is_numeric(operand: JSON) -> bool:
    if not isinstance(operand, list) or len(operand) not in (2, 4):
        return False
    comparisons, limits = operand[::2], operand[1::2]
    known = all(isinstance(one, str) and one in NUMERIC_COMPARISONS for one in comparisons)
    in_range = all(_is_number(limit) and abs(limit) <= NUMERIC_LIMIT for limit in limits)
    if not known or not in_range or len(operand) == 2:
        return known and in_range
    return comparisons[0] in (">", ">=") and comparisons[1] in ("<", "<=") and limits[0] < limits[1]


def _is_network(operand: JSON) -> bool:
    try:
        ipaddress.ip_network(operand, strict=False)
    except ValueError:
        return False
    return isinstance(operand, str) and "/" in operand


def _is_exclusion(operand: JSON) -> bool:
    if isinstance(operand, Mapping):
        nested = {"prefix", "suffix", "equals-ignore-case", "wildcard"}
        return len(operand) == 1 and set(operand) <= nested and _is_text_or_texts(next(iter(operand.values())))
    excluded = operand if isinstance(operand, list) else [operand]
    return bool(excluded) and all(isinstance(one, str) or _is_number(one) for one in excluded)


def _exists(operand: bool, value: JSON) -> bool:
    """A field that holds an object or nothing is no leaf, and only leaves exist."""
    return (value is not _MISSING and not isinstance(value, Mapping)) == operand


def _has_affix(operand: JSON, value: JSON, test: Callable[[str, str], bool]) -> bool:
    if not isinstance(value, str):
        return False
    if isinstance(operand, Mapping):
        return test(value.lower(), operand["equals-ignore-case"].lower())
    return test(value, operand)


def _has_prefix(operand: JSON, value: JSON) -> bool:
    return _has_affix(operand, value, str.startswith)


def _has_suffix(operand: JSON, value: JSON) -> bool:
    return _has_affix(operand, value, str.endswith)


def _is_equal_ignoring_case(operand: str, value: JSON) -> bool:
    return isinstance(value, str) and value.lower() == operand.lower()


def _has_form(operand: str, value: JSON) -> bool:
    r"""`*` stands for any characters; `\*` and `\\` for themselves."""
    tokens = re.findall(r"\\[*\\]|[^\\]", operand)
    expression = "".join(".*" if token == "*" else re.escape(token[-1]) for token in tokens)
    return isinstance(value, str) and re.fullmatch(expression, value, re.DOTALL) is not None


def _is_within(operand: list[JSON], value: JSON) -> bool:
    if not _is_number(value):
        return False
    return all(NUMERIC_COMPARISONS[name](value, limit) for name, limit in zip(operand[::2], operand[1::2], strict=True))


def _is_in_network(operand: str, value: JSON) -> bool:
    try:
        return isinstance(value, str) and ipaddress.ip_address(value) in ipaddress.ip_network(operand, strict=False)
    except ValueError:
        return False


def _is_none_of(operand: JSON, value: JSON) -> bool:
    if value is _MISSING:
        return False
    if isinstance(operand, Mapping):
        ((operator, excluded),) = operand.items()
        texts = excluded if isinstance(excluded, list) else [excluded]
        return not any(OPERATORS[operator][1](text, value) for text in texts)
    excluded = operand if isinstance(operand, list) else [operand]
    return not any(_is_equal(one, value) for one in excluded)


OPERATORS: Mapping[str, tuple[Callable[[JSON], bool], Callable[[Any, JSON], bool]]] = {
    "exists": (lambda operand: isinstance(operand, bool), _exists),
    "prefix": (_is_affix, _has_prefix),
    "suffix": (_is_affix, _has_suffix),
    "equals-ignore-case": (_is_text, _is_equal_ignoring_case),
    "wildcard": (_is_wildcard, _has_form),
    "numeric": (_is_numeric, _is_within),
    "cidr": (_is_network, _is_in_network),
    "anything-but": (_is_exclusion, _is_none_of),
}


def check(pattern: JSON, path: str = "") -> None:
    """Refuse a pattern that EventBridge refuses. Raises PatternError."""
    if not isinstance(pattern, Mapping) or not pattern:
        raise PatternError(f"{path or 'the pattern'} must be an object with at least one field")
    for field, wanted in pattern.items():
        place = f"{path}.{field}" if path else field
        if field == "$or":
            if not isinstance(wanted, list) or len(wanted) < 2:
                raise PatternError(f"{place} must be a list of at least two patterns")
            for alternative in wanted:
                check(alternative, place)
        elif isinstance(wanted, Mapping):
            check(wanted, place)
        elif isinstance(wanted, list) and wanted:
            for alternative in wanted:
                _check_alternative(alternative, place)
        else:
            raise PatternError(f"{place} must be an object or a list with at least one value")


def _check_alternative(alternative: JSON, place: str) -> None:
    if isinstance(alternative, list):
        raise PatternError(f"{place}: a list in a list of values")
    if not isinstance(alternative, Mapping):
        return
    if len(alternative) != 1:
        raise PatternError(f"{place}: an object in a list of values holds exactly one comparison operator")
    ((operator, operand),) = alternative.items()
    if operator not in OPERATORS:
        raise PatternError(f"{place}: Unrecognized match type {operator}; known are {', '.join(sorted(OPERATORS))}")
    if not OPERATORS[operator][0](operand):
        raise PatternError(f"{place}: {operand!r} is no operand of {operator}")
