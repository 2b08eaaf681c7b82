"""Lamps that can be switched on and off, and the runner that works on them."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from asr_templates.embedded import runner
from asr_templates.embedded.runner import Change, Plan, Undo, run


class Lamps:
    """A service with lamps: some on, some late to show it, some broken."""

    def __init__(self, *on: str) -> None:
        self.on = set(on)
        self.seen: list[str] = sorted(on)
        self.calls: list[tuple[str, str]] = []
        self.broken: set[str] = set()
        self.looks_until_visible = 0
        self.pending: list[str] = []
        self.is_slow = False
        self.settled: list[str] = sorted(on)

    def describe(self) -> list[str]:
        if self.looks_until_visible:
            self.looks_until_visible -= 1
        else:
            self.seen = sorted(self.on)
        return list(self.seen)

    def wait(self) -> None:
        """Let what is pending come to its end."""
        self.pending = []

    def turn_on(self, Name: str) -> dict[str, Any]:
        return self._turn("turn_on", Name, self.on | {Name})

    def turn_off(self, Name: str) -> dict[str, Any]:
        return self._turn("turn_off", Name, self.on - {Name})

    def _turn(self, operation: str, name: str, on: set[str]) -> dict[str, Any]:
        if name in self.broken:
            raise PermissionError(f"AccessDenied: lamps:{operation}")
        self.calls.append((operation, name))
        self.pending = [name] if self.is_slow else []
        self.settled = sorted(self.on)
        self.on = on
        return {"Lamp": {"Id": f"l-{name}"}}


def all_on(aws: Any, Wanted: list[str]) -> Plan:
    """Each wanted lamp is on."""
    on = aws("lamps").describe()
    for name in Wanted:
        if name not in on:
            yield Change("lamps", "turn_on", {"Name": name}, undo=Undo("turn_off", {"Name": name}))
    return {"On": on}


class Room:
    """Lamps, a plan, and the runner that joins them."""

    def __init__(self, clock: Any) -> None:
        self.lamps = Lamps()
        self.clock = clock

    def lit(self, *on: str) -> None:
        """Put in lamps of which these are on."""
        self.lamps = Lamps(*on)

    @staticmethod
    def turned(operation: str, name: str) -> dict[str, Any]:
        """The record of a change of one lamp."""
        back = {"turn_on": "turn_off", "turn_off": "turn_on"}[operation]
        undo = {"operation": back, "parameters": {"Name": name}}
        return {"service": "lamps", "operation": operation, "parameters": {"Name": name}, "undo": undo}

    def run(
        self, plan: Callable[..., Plan] = all_on, mode: str = "Apply", record: Any = "", **more: Any
    ) -> dict[str, Any]:
        wanted = more if plan is not all_on else {"Wanted": ["hall", "kitchen"], **more}
        if not isinstance(record, str):
            record = base64.b64encode(zlib.compress(json.dumps(record).encode())).decode()
        return self.start({"Mode": mode, "Record": record, **wanted}, plan)

    def start(self, event: dict[str, Any], plan: Callable[..., Plan] = all_on) -> dict[str, Any]:
        return run(plan, event, lambda service: self.lamps, sleep=self.clock.sleep)


@pytest.fixture(scope="session")
def new_room() -> Callable[[Any], Room]:
    """new_room(clock): a room with dark lamps; `clock` has sleep."""
    return Room


@pytest.fixture
def room(clock: Any, new_room: Callable[[Any], Room], monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.setattr(runner, "time", SimpleNamespace(time=clock.time))
    return new_room(clock)
