"""The one error of the embedded AWS that is about itself: it was asked for something that it does not simulate.

Code that imitates AWS (a Lambda that failed, a step that failed) turns exceptions into outcomes, and foreign code may
swallow whatever it likes. Neither may hide a gap of the simulator: `unswallowed` raises what was hidden.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_raised: ContextVar[list[NotSimulated] | None] = ContextVar("raised", default=None)


class NotSimulated(Exception):  # noqa: N818 - it is no failure of the caller's
    """Something that AWS has and the embedded AWS has not; `place` says where it was asked for, `what` names it."""

    def __init__(self, place: str, what: str) -> None:
        super().__init__(place, what)
        self.place = place
        self.what = what
        note(self)

    def __str__(self) -> str:
        return f"{self.place}: {self.what} is not simulated"


def note(error: NotSimulated) -> None:
    """Remember an error for the innermost `unswallowed` of this context."""
    raised = _raised.get()
    if raised is not None and error not in raised:
        raised.append(error)


@contextmanager
def unswallowed() -> Iterator[None]:
    """Run foreign code; the first NotSimulated that was raised inside is raised at the end, whatever became of it."""
    raised: list[NotSimulated] = []
    token = _raised.set(raised)
    try:
        yield
    finally:
        _raised.reset(token)
        if raised:
            note(raised[0])
            raise raised[0]
