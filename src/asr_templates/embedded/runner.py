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

from botocore.exceptions import ClientError

Aws: TypeAlias = Callable[[str], Any]
"""aws("ec2") is a boto3 client."""
Plan: TypeAlias = Generator[Any, Any, Any]
Record: TypeAlias = dict[str, Any]

SECONDS = 540  # Systems Manager ends a script after 600 s
PAUSES = (0, 2, 5, 10, 20, 40, 43)  # 120 s: what AWS shows may lag behind what it did
SPREAD = 60  # what was changed in IAM is seen by every service within a minute
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
        self._of, self._path = operation, path

    def __getitem__(self, key: str | int) -> "Unknown":
        return Unknown(self._of, f"{self._path}.{key}")

    def __str__(self) -> str:
        return f"<{self._path[1:] or 'response'} of {self._of}>"

    def _none(self, *_: object) -> Any:
        raise TypeError(f"a plan must not look into {self}")

    __iter__ = __bool__ = __len__ = __eq__ = _none


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


def record(change: Change, answer: Any) -> Any:
    """Return what is kept of a change: {service, operation, parameters, undo}."""
    undo = change.undo
    if callable(undo):
        undo = undo(answer)
    return plain({**change._asdict(), "undo": undo if isinstance(undo, str) else undo._asdict()})


class Run:
    """One run of a plan; `changes`, `before`, `after` survive whatever happens, so that they can be reported."""

    grace = 0.0
    """Until then what AWS refuses may be too early only: a time, set by each change in IAM."""

    def __init__(self, plan: Callable[..., Plan], event: Record, aws: Aws, sleep: Callable[[float], None]):
        given = {name: event[name] for name in event if name not in ("Mode", "Record", "Earlier")}
        self.steps: Callable[[], Plan] = lambda: plan(aws, **given)
        self.event, self.aws, self.sleep, self.end = event, aws, sleep, time.time() + SECONDS
        self.changes: list[Record] = []
        self.before = self.after = None
        self.past: Record = {}

    def _play(self, steps: Plan, perform: bool = False) -> tuple[list[Record], list[str], Any]:
        """Return (changes, what is pending, what the plan saw)."""
        changes: list[Record] = self.changes if perform else []
        pending: list[str] = []
        answer = None
        while time.time() < self.end:
            try:
                step, answer = steps.send(answer), None
            except StopIteration as stop:
                return changes, pending, plain(stop.value)
            if isinstance(step, Pending):
                pending.append(step.what)
                continue
            answer = self._call(step) if perform else Unknown(step.operation)
            # Recorded before its undo is known: a response of another shape must not lose what was done.
            changes.append(record(step._replace(undo="its response has no way back"), None))
            changes[-1] = record(step, answer)
            if perform and step.service == "iam":
                self.grace = min(self.end, time.time() + SPREAD) - 5  # the pause before a try
        raise Unfinished(f"{SECONDS} s are over")

    def _call(self, step: Change) -> Any:
        """Return what AWS answers; while a change that this run made in IAM spreads, a refusal is no answer yet."""
        try:
            return getattr(self.aws(step.service), step.operation)(**step.parameters)
        except ClientError:
            if time.time() > self.grace:
                raise
        self.sleep(5)
        return self._call(step)

    def _until(self, text: str) -> None:
        """Look until nothing is left or, in an undo, all is as before; what is pending is enough but for Verify."""
        for pause in PAUSES:
            self.sleep(pause)
            try:
                changes, pending, self.after = self._play(self.steps())
                left = [step["operation"] for step in changes]
            except Refuse as why:
                left, pending = [str(why)], []
            fits = (pending or same(self.after, self.past["Before"])) if self.past else not left
            if fits and not (pending and "Earlier" in self.event):
                return
        raise Unfinished(f"{text}: {pending or (self.after if self.past else left)}")

    def _result(self, status: str, text: str) -> Record:
        return {"Status": status, "Message": text, "Before": self.before, "After": self.after, "Changes": self.changes}

    def _look(self) -> tuple[str, str]:
        """Do what the mode asks; a Refuse ends here, before anything is touched."""
        left, pending, before = self._play(self.steps())
        self.before = self.after = before
        if len(left) > CHANGES or len(json.dumps([left, before, before])) > BYTES:
            raise Refuse(f"{len(left)} changes exceed one record")
        if self.event["Mode"] == "Undo":
            return self._undo(not (left or pending) and same(before, self.past["After"]))
        if self.event["Mode"] == "Preview":
            self.changes = left
            return "Preview", f"would make {len(left)} changes"
        if left:
            self._play(self.steps(), perform=True)
            self._until("still to do")
            return "Success" if self.changes else "NoChange", f"made {len(self.changes)} changes"
        return ("Success", "already under way") if pending else ("NoChange", "nothing to do")

    def _undo(self, unchanged: bool) -> tuple[str, str]:
        changes = self.past["Changes"]
        stuck = [made["undo"] for made in changes if isinstance(made["undo"], str)]
        if not (changes and unchanged):
            stuck.append("the resource was changed since" if changes else "nothing was changed")
        if stuck:
            raise Refuse(f"cannot be undone: {stuck[0]}")
        back = (Change(made["service"], **made["undo"], undo="undone") for made in reversed(changes))
        self._play(back, perform=True)
        self._until("undone, but not as it was")
        return "Undone", f"undid {len(self.changes)} changes"

    def _verify(self, earlier: Record) -> Record:
        """After the waits: nothing left and nothing pending, or what was is back."""
        if earlier["Status"] not in ("Success", "Undone"):
            return earlier
        self.before, self.changes = earlier["Before"], earlier["Changes"]
        try:
            self._until("timed out")
        except Unfinished as error:
            return self._result("Failed", str(error)) | {"TimedOut": True}
        return self._result(earlier["Status"] if self.changes else "NoChange", earlier["Message"])

    def output(self) -> Record:
        """Return what `run` returns."""
        try:
            if self.event["Mode"] == "Undo":
                try:
                    self.past = json.loads(zlib.decompress(base64.b64decode(self.event["Record"])))
                except (ValueError, zlib.error):
                    raise Refuse("cannot be undone: no readable record") from None
            return self._verify(self.event["Earlier"]) if "Earlier" in self.event else self._result(*self._look())
        except Gone:
            status, text = "Refused" if self.past else "NoChange", "gone"
        except Refuse as why:
            status, text = "Refused", str(why)
        except Exception as error:  # the record of what was done must survive
            status, text = "Failed", f"{type(error).__name__}: {error}"
        return self._result("Failed" if self.changes else status, text)


def run(plan: Callable[..., Plan], event: Record, aws: Aws, sleep: Callable[[float], None] = time.sleep) -> Record:
    """Return the output of a remediation: {Status, Message, Before, After, Changes}; it never raises.

    event: the plan's parameters, Mode, Record (base64 of the deflated output that is to be undone), and, after waits,
    Earlier (the output of the step before them).
    """
    return Run(plan, event, aws, sleep).output()
