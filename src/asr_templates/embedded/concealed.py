"""Parameters of a change that are not recorded as they are sent, for plans: secrets stay out of every record."""

from typing import Any


class Concealed(dict[str, Any]):
    """What is sent; whoever lists its items, as the record of a change does, finds what is `shown` instead."""

    def __init__(self, sent: dict[str, Any], shown: dict[str, Any]):
        super().__init__(sent)
        self.shown = shown

    def items(self) -> Any:
        """Return the items that are shown; `**` unpacks what is sent."""
        return self.shown.items()
