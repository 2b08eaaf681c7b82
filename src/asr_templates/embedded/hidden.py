"""Values that a plan hands over to AWS as they are, and that nothing shows."""

from typing import Any


class Hidden(str):
    """A text that prints as "(hidden)": AWS gets it as it is; a change is recorded as it prints."""

    def __str__(self) -> str:
        return "(hidden)"

    __repr__ = __str__


def hidden_values(pairs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return pairs of name and value, such as environment variables, with values that nothing shows."""
    return [{**pair, "value": Hidden(pair.get("value", ""))} for pair in pairs]
