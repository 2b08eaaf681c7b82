"""Drives a plan in one mode: Apply, Preview, Undo, or Verify after waits. Rendered in front of every plan.

A plan is a generator that compares a resource with what its control wants: it yields each `Change` that is missing and
each `Pending` that AWS has accepted but not finished, is sent the responses, and returns what it saw of the fields that
its changes touch. Every mode looks first: the plan is played with responses that do not exist; nothing is performed.
"""

import base64
import json
import time
import zlib
from collections.abc import Callable, Generator
from typing import Any, NamedTuple, TypeAlias

Aws: TypeAlias = Callable[[str], Any]
"""aws("ec2") is a boto3 client."""
Plan: TypeAlias = Generator[Any, Any, Any]
Record: TypeAlias = dict[str, Any]

SECONDS = 540  # Systems Manager ends a script after 600 s
PAUSES = (0, 2, 5, 10, 20, 40, 43)  # 120 s: what AWS shows may lag behind what it did
CHANGES = 100
BYTES = 59000


class Undo(NamedTuple):
    """The inverse of a change, an operation of the same service."""

    operation: str
    parameters: dict[str, Any]


class Change(NamedTuple):
    """One call that is missing.

    undo: an Undo, a function from the response to an Undo, or a text that says why there is no way back.
    """

    service: str
    operation: str
    parameters: dict[str, Any]
    undo: Any


class Pending(NamedTuple):
    """What AWS has accepted and not finished."""

    what: str


class Refuse(Exception):  # noqa: N818 - read as a sentence: raise Refuse("...")
    """The resource must not be touched; the text says why."""


class Gone(Exception):  # noqa: N818
    """The resource does not exist any more."""


class Unfinished(Exception):  # noqa: N818
    """Time is over and something is still to do."""


class Unknown:
    """A response that does not exist yet: its parts can be taken and printed, nothing else."""

    def __init__(self, operation: str, path: str = ""):
        self._operation, self._path = operation, path

    def __getitem__(self, key: str | int) -> "Unknown":
        return Unknown(self._operation, f"{self._path}.{key}".lstrip("."))

    def __str__(self) -> str:
        return f"<{self._path or 'response'} of {self._operation}>"

    def _none(self, *_: object) -> Any:
        raise TypeError(f"a plan must not look into {self}")

    __iter__ = __bool__ = __len__ = __contains__ = __eq__ = _none


def plain(value: Any, key: Callable[[Any], Any] | None = None) -> Any:
    """Return `value` as JSON has it; with a key in one order, for comparison: AWS promises no order of lists."""
    if isinstance(value, dict):
        return {str(name): plain(item, key) for name, item in sorted(value.items())}
    if isinstance(value, list | tuple):
        items = [plain(item, key) for item in value]
        return sorted(items, key=key) if key else items
    return value if isinstance(value, int | float | None) else str(value)


def same(state: Any, other: Any) -> Any:
    """Return whether two states are equal but for the order of lists."""
    return plain(state, json.dumps) == plain(other, json.dumps)


def record(change: Change, response: Any) -> Any:
    """Return what is kept of a change: {service, operation, parameters, undo}."""
    undo = change.undo(response) if callable(change.undo) else change.undo
    return plain({**change._asdict(), "undo": undo if isinstance(undo, str) else undo._asdict()})


class Run:
    """One run of a plan; `changes` and `seen` survive whatever happens, so that they can be reported."""

    def __init__(self, plan: Callable[..., Plan], event: Record, aws: Aws, sleep: Callable[[float], None]):
        given = {name: event[name] for name in event if name not in ("Mode", "Record", "Earlier")}
        self.steps: Callable[[], Plan] = lambda: plan(aws, **given)
        self.event, self.aws, self.sleep, self.end = event, aws, sleep, time.time() + SECONDS
        self.changes: list[Record] = []
        self.seen: Record = {"Before": None, "After": None}
        self.former: Record = {}

    def _play(self, steps: Plan, perform: bool = False) -> tuple[list[Record], list[str], Any]:
        """Return (changes that were not performed, what is pending, what the plan saw)."""
        planned: list[Record] = []
        pending: list[str] = []
        response = None
        while time.time() < self.end:
            try:
                step = steps.send(response)
            except StopIteration as stop:
                return planned, pending, plain(stop.value)
            response = None
            if isinstance(step, Pending):
                pending.append(step.what)
            elif perform:
                response = getattr(self.aws(step.service), step.operation)(**step.parameters)
                # Recorded before its undo is known: a response of another shape must not lose what was done.
                self.changes.append(record(step._replace(undo="its response has no way back"), None))
                self.changes[-1] = record(step, response)
            else:
                response = Unknown(step.operation)
                planned.append(record(step, response))
        raise Unfinished(f"{SECONDS} s are over")

    def _until(self, final: bool, complaint: str) -> None:
        """Look until nothing is left or, in an undo, all is as before; what is pending is enough unless `final`."""
        for pause in PAUSES:
            self.sleep(pause)
            try:
                left, pending, self.seen["After"] = self._play(self.steps())
            except Refuse as reason:
                left, pending = [{"operation": str(reason)}], []
            fits = (pending or same(self.seen["After"], self.former["Before"])) if self.former else not left
            if fits and not (final and pending):
                return
        rest = pending or (self.seen["After"] if self.former else [step["operation"] for step in left])
        raise Unfinished(f"{complaint}: {rest}")

    def _result(self, status: str, message: str, **more: Any) -> Record:
        return {"Status": status, "Message": message, **self.seen, "Changes": self.changes, **more}

    def _look(self) -> Record:
        """Do what the mode asks; a Refuse ends here, before anything is touched."""
        planned, pending, before = self._play(self.steps())
        self.seen = {"Before": before, "After": before}
        if len(planned) > CHANGES or len(json.dumps([planned, before, before])) > BYTES:
            raise Refuse(f"{len(planned)} changes exceed one record")
        if self.event["Mode"] == "Undo":
            return self._undo(not planned and not pending and same(before, self.former["After"]))
        if self.event["Mode"] == "Preview":
            self.changes = planned
            return self._result("Preview", f"would make {len(planned)} changes")
        if planned:
            self._play(self.steps(), perform=True)
            self._until(False, "still to do")
            return self._result("Success" if self.changes else "NoChange", f"made {len(self.changes)} changes")
        return self._result(*(("Success", "already under way") if pending else ("NoChange", "nothing to do")))

    def _undo(self, unchanged: bool) -> Record:
        changes = self.former["Changes"]
        stuck = [change["undo"] for change in changes if isinstance(change["undo"], str)]
        if stuck or not changes:
            raise Refuse(f"cannot be undone: {stuck[0] if stuck else 'nothing was changed'}")
        if not unchanged:
            raise Refuse("cannot be undone: the resource was changed since")
        back = (Change(change["service"], **change["undo"], undo="undone") for change in reversed(changes))
        self._play(back, perform=True)
        self._until(False, "undone, but not as it was")
        return self._result("Undone", f"undid {len(self.changes)} changes")

    def _verify(self, earlier: Record) -> Record:
        """After the waits: nothing left and nothing pending, or what was is back."""
        if earlier["Status"] not in ("Success", "Undone"):
            return earlier
        self.seen["Before"], self.changes = earlier["Before"], earlier["Changes"]
        try:
            self._until(True, "timed out")
        except Unfinished as error:
            return self._result("Failed", str(error), TimedOut=True)
        return self._result(earlier["Status"] if self.changes else "NoChange", earlier["Message"])

    def _recall(self) -> None:
        try:
            self.former = json.loads(zlib.decompress(base64.b64decode(self.event["Record"])))
        except (ValueError, zlib.error):
            raise Refuse("cannot be undone: no readable record") from None

    def output(self) -> Record:
        """Return what `run` returns."""
        try:
            if self.event["Mode"] == "Undo":
                self._recall()
            return self._verify(self.event["Earlier"]) if "Earlier" in self.event else self._look()
        except Gone:
            status, message = "Refused" if self.former else "NoChange", "gone"
        except Refuse as reason:
            status, message = "Refused", str(reason)
        except Exception as error:  # the record of what was done must survive
            status, message = "Failed", f"{type(error).__name__}: {error}"
        return self._result("Failed" if self.changes else status, message)


def run(plan: Callable[..., Plan], event: Record, aws: Aws, sleep: Callable[[float], None] = time.sleep) -> Record:
    """Return the output of a remediation: {Status, Message, Before, After, Changes}; it never raises.

    event: the plan's parameters, Mode, Record (base64 of the deflated output that is to be undone), and, after waits,
    Earlier (the output of the step before them).
    """
    return Run(plan, event, aws, sleep).output()
