"""Virtual time: a discrete-event scheduler over real threads of which exactly one runs at a time.

A `Task` takes part in the schedule instead of a `threading.Thread`, an `Event` instead of a `threading.Event`. The
running task keeps the baton until it waits; then the next runnable task has it, first come first served. If none is
runnable, the clock jumps to the earliest deadline (through time_machine, so datetime, time, botocore and moto agree).
Runs are therefore reproducible, and an hour of waiting costs nothing.

*Foreground* work decides how long `Scheduler.run` goes on; *background* work (timers, and whatever a background task
starts) only accompanies it: time never moves for its sake alone.
"""

from __future__ import annotations

import contextlib
import contextvars
import heapq
import itertools
import sys
import threading
import time
import traceback
import types
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import ParamSpec, TypeVar
from unittest import mock

import time_machine

P = ParamSpec("P")
T = TypeVar("T")

EPOCH = 1767225600.0
"""Where virtual time starts: 2026-01-01T00:00:00Z."""

HORIZON = 7 * 86400.0
"""Seconds that one run may move the clock. A deadline beyond it (moto waits three years for a task without a time-out)
is no pending work."""

_real_sleep = time.sleep


class DeadlockError(Exception):
    """A task did not hand over the baton, or a called function can never end; the message names the tasks."""


class Stopped(BaseException):
    """Raised inside a waiting task that is cancelled, so that it unwinds."""


class _Wait:
    """One wait of one task; it is woken once, by an event or by its deadline."""

    def __init__(self, task: Task, deadline: float | None) -> None:
        self.task = task
        self.deadline = deadline
        self.woken = False
        self.timed_out = False


class Scheduler:
    """The schedule of all tasks; one per process (`scheduler`)."""

    def __init__(self) -> None:
        self.patience = 60.0
        """Real seconds without a change of tasks after which a run is a deadlock."""
        self._lock = threading.RLock()
        self._traveller: time_machine.Traveller | None = None
        self._reset()

    def _reset(self) -> None:
        self._ready: deque[_Wait] = deque()
        self._deadlines: list[tuple[float, int, _Wait]] = []
        self._sequence = itertools.count()
        self._tasks: dict[int, Task] = {}
        self._running: Task | None = None
        self._active = False
        self._idle = threading.Event()
        self._horizon = 0.0
        self._until: Callable[[], bool] | None = None
        self._errors: list[BaseException] = []
        self._switches = 0

    def start(self, at: float = EPOCH) -> None:
        """Stop the real clock and start the virtual one at a POSIX time in seconds."""
        if self._traveller is not None:
            raise RuntimeError("the virtual clock runs already: one Environment per process at a time")
        self._reset()
        self._patches = contextlib.ExitStack()
        self._traveller = self._patches.enter_context(time_machine.travel(at, tick=False))
        self._patches.enter_context(mock.patch.object(time, "sleep", self.sleep))

    def stop(self) -> None:
        """End all tasks, oldest first, and let real time go on."""
        if self._traveller is None:
            return
        while self._tasks:
            task = next(iter(self._tasks.values()))
            task.end()
            self._tasks.pop(task.ident, None)
        self._patches.close()
        self._traveller = None
        self._reset()

    # --- what tasks and their starters use

    def spawn(
        self, function: Callable[..., object], *args: object, name: str, delay: float = 0.0, background: bool = False
    ) -> Task:
        """Start a task, `delay` virtual seconds from now."""

        def begin() -> None:
            if delay > 0:
                self.sleep(delay)
            function(*args)

        task = Task(target=begin, name=name, background=background)
        task.start()
        return task

    def every(self, seconds: float, function: Callable[[], object], name: str) -> Task:
        """Call a function every so many virtual seconds, in the background, until the returned task is cancelled."""

        def tick() -> None:
            while True:
                self.sleep(seconds)
                function()

        return self.spawn(tick, name=name, background=True)

    def sleep(self, seconds: float) -> None:
        """Wait: virtually in a task, really elsewhere."""
        if current_task() is None:
            _real_sleep(seconds)
            return
        self._block(self._wait(seconds))

    def run(self, until: Callable[[], bool] | None = None) -> None:
        """Run tasks until `until()` or until no foreground work is left; raises the first error of a task.

        Work is left while a task is runnable or a foreground task has a deadline within the horizon. Only for threads
        that are no tasks.
        """
        if current_task() is not None:
            raise RuntimeError("a task cannot run the scheduler: let it wait for an Event or a Task")
        if self._traveller is None:
            raise RuntimeError("the virtual clock is not running: enter an Environment first")
        with self._lock:
            self._horizon = time.time() + HORIZON
            self._until = until
            self._idle.clear()
            self._active = True
            if self._running is None:
                self._next()
        self._watch()
        if self._errors:
            first, *others = self._errors
            self._errors = []
            for other in others:
                first.add_note(f"at the same time: {other!r}")
            raise first

    def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function as a task to its end and return its result or raise its error."""
        results: list[T] = []
        task = Task(
            target=lambda: results.append(function(*args, **kwargs)), name=getattr(function, "__name__", "call")
        )
        task.is_observed = True
        task.start()
        if current_task() is None:
            self.run(until=lambda: not task.is_alive())
        else:
            task.join()
        if task.is_alive():
            task.end()
            raise DeadlockError(f"{task.name} can never end: nothing that it waits for is pending\n{self.waiting()}")
        if task.error is not None:
            raise task.error
        if not results:
            raise RuntimeError(f"{task.name} was cancelled before its end")
        return results[0]

    def waiting(self) -> str:
        """The tasks that wait, one a line, for error messages."""
        return "\n".join(f"  waiting: {task.name}" for task in self._tasks.values() if task is not self._running)

    # --- the baton

    def _wait(self, timeout: float | None) -> _Wait:
        """Prepare the running task's wait, before anybody can wake it."""
        task = current_task()
        assert task is not None
        deadline = None if timeout is None else time.time() + max(0.0, timeout)
        wait = _Wait(task, deadline)
        task.wait = wait
        if deadline is not None:
            with self._lock:
                heapq.heappush(self._deadlines, (deadline, next(self._sequence), wait))
        return wait

    def _block(self, wait: _Wait) -> bool:
        """Hand over the baton until the wait is over; True if its deadline woke it."""
        if not wait.task.is_cancelled:
            self._next()
            wait.task.baton.acquire()
        if wait.task.is_cancelled:
            raise Stopped
        wait.task.wait = None
        return wait.timed_out

    def _wake(self, wait: _Wait, timed_out: bool = False) -> None:
        with self._lock:
            if wait.woken:
                return
            wait.woken = True
            wait.timed_out = timed_out
            self._ready.append(wait)
            if self._running is None and self._active:
                self._next()

    def _next(self) -> None:
        """Give the baton to the next task, moving the clock if none is runnable; without work, end the run."""
        with self._lock:
            self._switches += 1
            finished = bool(self._errors) or (self._until is not None and self._until())
            if not finished and not self._ready:
                self._jump()
            if self._ready and not finished:
                self._running = self._ready.popleft().task
                self._running.baton.release()
                return
            self._running = None
            self._active = False
            self._idle.set()

    def _jump(self) -> None:
        """Move the clock to the earliest deadline and wake its task, if foreground work is pending."""
        while self._deadlines and self._deadlines[0][2].woken:
            heapq.heappop(self._deadlines)
        is_pending = any(
            deadline <= self._horizon and not wait.woken and not wait.task.is_background
            for deadline, _, wait in self._deadlines
        )
        if not is_pending or self._traveller is None:
            return
        deadline, _, wait = heapq.heappop(self._deadlines)
        ahead = deadline - time.time()
        if ahead > 0:
            self._traveller.shift(ahead)
        self._wake(wait, timed_out=True)

    def _watch(self) -> None:
        """Wait, in real time, for the end of the run; a task that does not hand over the baton is a deadlock."""
        before = -1
        while not self._idle.wait(self.patience):
            if self._switches == before:
                running = self._running
                frame = sys._current_frames().get(running.thread_id) if running else None
                stack = "".join(traceback.format_stack(frame)[-12:]) if frame else ""
                name = running.name if running else "nobody"
                raise DeadlockError(f"{name} has not waited or ended for {self.patience:g} s\n{stack}{self.waiting()}")
            before = self._switches

    def _enter(self, task: Task) -> None:
        with self._lock:
            self._tasks[task.ident] = task

    def _leave(self, task: Task) -> None:
        with self._lock:
            self._tasks.pop(task.ident, None)
            if task.error is not None and not task.is_observed:
                self._errors.append(task.error)
        if self._running is task:
            self._next()


scheduler = Scheduler()

_current = threading.local()


def current_task() -> Task | None:
    """The task that runs in this thread."""
    task: Task | None = getattr(_current, "task", None)
    return task


class Task:
    """Stand-in for `threading.Thread`; starts in an empty context (contextvars), never in its starter's sandbox."""

    _identities = itertools.count(1)

    def __init__(
        self,
        group: None = None,
        target: Callable[..., object] | None = None,
        name: str | None = None,
        args: Sequence[object] = (),
        kwargs: Mapping[str, object] | None = None,
        *,
        daemon: bool | None = None,
        background: bool = False,
    ) -> None:
        starter = current_task()
        self.ident = self.native_id = next(Task._identities)
        self.name = name or f"task-{self.ident}"
        self.daemon = True
        self.is_background: bool = background or (starter is not None and starter.is_background)
        self.is_observed = False
        """Its error is raised by whoever waits for it, not by `Scheduler.run`."""
        self.is_cancelled = False
        self.error: BaseException | None = None
        self.baton = threading.Semaphore(0)
        self.thread_id = 0
        self.wait: _Wait | None = None
        self._target = target
        self._args = args
        self._kwargs = kwargs or {}
        self._done = Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Make the task runnable."""
        if self._thread is not None:
            raise RuntimeError(f"{self.name} has been started already")
        self._thread = threading.Thread(target=self._body, name=self.name, daemon=True)
        self.wait = _Wait(self, None)
        scheduler._enter(self)
        self._thread.start()
        scheduler._wake(self.wait)

    def _body(self) -> None:
        self.baton.acquire()
        _current.task = self
        self.thread_id = threading.get_ident()
        self.wait = None
        try:
            if not self.is_cancelled and self._target is not None:
                contextvars.Context().run(self._target, *self._args, **self._kwargs)
        except Stopped:
            pass
        except BaseException as error:
            self.error = error
        self._target = None
        self._done.set()
        scheduler._leave(self)

    def join(self, timeout: float | None = None) -> None:
        """Wait for the end, at most `timeout` virtual seconds."""
        self._done.wait(timeout)

    def is_alive(self) -> bool:
        """Started and not ended."""
        return self._thread is not None and not self._done.is_set()

    def cancel(self) -> None:
        """Let the task unwind as soon as it has the baton again."""
        self.is_cancelled = True
        if self.wait is not None:
            scheduler._wake(self.wait)

    def end(self, patience: float = 10.0) -> None:
        """Cancel and really wait for the end; only from outside of tasks, while no run is going on."""
        self.is_cancelled = True
        if self._thread is not None and self._thread.is_alive():
            self.baton.release()
            self._thread.join(patience)


class Event:
    """Stand-in for `threading.Event` whose time-outs are virtual."""

    def __init__(self) -> None:
        self._flag = False
        self._waits: list[_Wait] = []

    def is_set(self) -> bool:
        """Whether the event has happened."""
        return self._flag

    def set(self) -> None:
        """Let it happen: all tasks that wait for it become runnable in the order in which they came."""
        with scheduler._lock:
            self._flag = True
            waits, self._waits = self._waits, []
            for wait in waits:
                scheduler._wake(wait)

    def clear(self) -> None:
        """Forget that it happened."""
        self._flag = False

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for it, at most `timeout` virtual seconds (real ones outside of tasks); True if it happened."""
        if current_task() is None:
            end = None if timeout is None else time.monotonic() + timeout
            while not self._flag and (end is None or time.monotonic() < end):
                _real_sleep(0.001)
            return self._flag
        with scheduler._lock:
            if self._flag:
                return True
            wait = scheduler._wait(timeout)
            self._waits.append(wait)
        timed_out = scheduler._block(wait)
        if wait in self._waits:
            self._waits.remove(wait)
        return not timed_out


def _stand_in(module: types.ModuleType, **replaced: object) -> types.ModuleType:
    copy = types.ModuleType(module.__name__)
    copy.__dict__.update(vars(module))
    copy.__dict__.update(replaced)
    return copy


@contextlib.contextmanager
def virtual_time(prefix: str) -> Iterator[None]:
    """Swap threads, events and `time` for virtual ones in the loaded modules whose name starts with `prefix`."""
    virtual_threading = _stand_in(threading, Thread=Task, Event=Event)
    virtual_time_module = _stand_in(time, sleep=scheduler.sleep)
    swaps: list[tuple[object, object]] = [
        (threading, virtual_threading),
        (time, virtual_time_module),
        (threading.Thread, Task),
        (threading.Event, Event),
    ]
    swapped: list[tuple[types.ModuleType, str, object]] = []
    for name, module in list(sys.modules.items()):
        if not name.startswith(prefix):
            continue
        for attribute, value in list(vars(module).items()):
            for real, virtual in swaps:
                if value is real:
                    swapped.append((module, attribute, real))
                    setattr(module, attribute, virtual)
    try:
        yield
    finally:
        for module, attribute, real in swapped:
            setattr(module, attribute, real)
