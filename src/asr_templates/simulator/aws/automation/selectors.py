"""JSONPath of Automation documents: `Selector` of outputs and `PropertySelector`.

Source: Systems Manager user guide, "Using action outputs as inputs": a selector is a JSONPath that starts with `$`.
"""

from functools import cache

import jsonpath_ng
import jsonpath_ng.exceptions

from asr_templates.simulator.aws.automation.references import Value

_MANY = ("[*]", "..", ".*", ":", ",", "?")


class SelectorError(ValueError):
    """The text is no JSONPath; the message says what is wrong with it."""


@cache
def parsed(selector: str) -> jsonpath_ng.JSONPath:
    """The parsed path. Raises SelectorError."""
    if not isinstance(selector, str) or not selector.startswith("$"):
        raise SelectorError(f"selector {selector!r} does not start with '$'")
    try:
        return jsonpath_ng.parse(selector)
    except (jsonpath_ng.exceptions.JSONPathError, ValueError) as error:
        raise SelectorError(f"selector {selector!r} is no JSONPath: {error}") from error
    except Exception as error:  # the parser raises a bare Exception for a syntax error
        raise SelectorError(f"selector {selector!r} is no JSONPath: {error}") from error


def select(selector: str, data: Value) -> Value:
    """What the path finds: the value itself, a list where the path may find several, None where nothing is there."""
    found = [match.value for match in parsed(selector).find(data)]
    if any(mark in selector for mark in _MANY):
        return found
    return found[0] if found else None
