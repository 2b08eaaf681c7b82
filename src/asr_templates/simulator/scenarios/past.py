"""Resources that are older than the simulation."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import time_machine

DAY = 86_400


@contextmanager
def days_ago(days: int) -> Iterator[None]:
    """Let what is called in the context happen in the past; nothing in it may wait."""
    with time_machine.travel(time.time() - days * DAY, tick=False):
        yield
