"""Values that a plan hands over to AWS as they are, and that nothing shows.

Hidden is for texts anywhere in the parameters; not for Amazon S3, CloudFront and Route 53, for botocore writes into
XML what a value prints. There, and for what is no text, the parameters are Concealed as a whole.
"""

from typing import Any


class Hidden(str):
    """A text that prints as "(hidden)": AWS gets it as it is; a change is recorded as it prints."""

    def __str__(self) -> str:
        return "(hidden)"

    __repr__ = __str__


def hidden_values(pairs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return pairs of name and value, such as environment variables, with values that nothing shows."""
    return [{**pair, "value": Hidden(pair.get("value", ""))} for pair in pairs]


class Concealed(dict[str, Any]):
    """What is sent; whoever lists its items, as the record of a change does, finds what is `shown` instead."""

    def __init__(self, sent: dict[str, Any], shown: dict[str, Any]):
        super().__init__(sent)
        self.shown = shown

    def items(self) -> Any:
        """Return the items that are shown; `**` unpacks what is sent."""
        return self.shown.items()
