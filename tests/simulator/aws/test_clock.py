"""The scheduler: virtual time, order, foreground and background, errors, and leaving nothing behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asr_templates.simulator.aws.clock import EPOCH, DeadlockError, Event, Task, scheduler, virtual_time


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    scheduler.start()
    try:
        yield
    finally:
        scheduler.stop()


def now() -> float:
    return time.time() - EPOCH


def test_time_starts_at_the_epoch_and_stands_still_while_nobody_waits() -> None:
    assert now() == 0
    scheduler.run()

    assert now() == 0


def test_tasks_wake_in_the_order_of_their_deadlines() -> None:
    woken: list[tuple[str, float]] = []

    def sleeper(name: str, seconds: float) -> None:
        time.sleep(seconds)
        woken.append((name, now()))

    scheduler.spawn(sleeper, "late", 3600.0, name="late")
    scheduler.spawn(sleeper, "early", 10.0, name="early")
    scheduler.spawn(sleeper, "tie", 10.0, name="tie")
    scheduler.run()

    assert woken == [("early", 10), ("tie", 10), ("late", 3600)]


@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(0, 50), max_size=8))
def test_any_delays_give_the_same_order_every_time(delays: list[int]) -> None:
    begin = time.time()
    woken: list[tuple[int, int]] = []
    for number, delay in enumerate(delays):
        scheduler.spawn(lambda n=number, d=delay: woken.append((d, n)), name=f"t{number}", delay=float(delay))
    scheduler.run()

    assert woken == sorted((delay, number) for number, delay in enumerate(delays))
    assert time.time() - begin == max(delays, default=0)


def test_an_event_wakes_its_waiters_at_once_and_a_time_out_is_virtual() -> None:
    happened = Event()
    results: list[tuple[bool, float]] = []

    def waiter(timeout: float | None) -> None:
        results.append((happened.wait(timeout), now()))

    for timeout in (5.0, 60.0, None):
        scheduler.spawn(waiter, timeout, name="waiter")
    scheduler.spawn(happened.set, name="setter", delay=20.0)
    scheduler.run()

    assert results == [(False, 5), (True, 20), (True, 20)]


def test_a_run_ends_while_a_task_waits_for_something_without_a_deadline_and_the_next_run_goes_on() -> None:
    happened = Event()
    done: list[float] = []

    def patient() -> None:
        happened.wait()
        done.append(now())

    scheduler.spawn(patient, name="patient")
    scheduler.run()

    assert done == []
    happened.set()
    scheduler.run()

    assert done == [0]


def test_timers_fire_only_while_foreground_work_is_pending() -> None:
    ticks: list[float] = []
    scheduler.every(60, lambda: ticks.append(now()), name="timer")
    scheduler.run()

    assert ticks == []
    scheduler.call(time.sleep, 200)

    assert ticks == [60, 120, 180]
    scheduler.run()

    assert now() == 200


def test_what_a_timer_starts_is_background_too_but_wakes_foreground_tasks() -> None:
    happened = Event()
    scheduler.every(60, lambda: scheduler.spawn(lambda: happened.set(), name="child", delay=5.0), name="timer")
    result = scheduler.call(happened.wait, 900)

    assert result is True
    assert now() == 65


def test_a_cancelled_timer_stops() -> None:
    ticks: list[float] = []
    timer = scheduler.every(60, lambda: ticks.append(now()), name="timer")
    scheduler.spawn(timer.cancel, name="cancel", delay=150.0)
    scheduler.call(time.sleep, 1000)

    assert ticks == [60, 120]


def test_a_deadline_beyond_the_horizon_does_not_keep_a_run_going() -> None:
    scheduler.spawn(time.sleep, 99999999, name="forever")
    scheduler.run()

    assert now() == 0


def test_until_ends_a_run_early() -> None:
    seen: list[float] = []

    def count() -> None:
        for _ in range(10):
            time.sleep(1)
            seen.append(now())

    scheduler.spawn(count, name="count")
    scheduler.run(until=lambda: len(seen) >= 3)

    assert seen == [1, 2, 3]


def test_the_error_of_a_task_is_raised_by_run() -> None:
    def fail() -> None:
        raise KeyError("lost")

    scheduler.spawn(fail, name="fail", delay=1.0)
    with pytest.raises(KeyError, match="lost"):
        scheduler.run()


def test_call_returns_the_result_or_raises_the_error_of_its_function() -> None:
    def fail() -> None:
        raise ValueError("no")

    assert scheduler.call(lambda: 42) == 42
    with pytest.raises(ValueError, match="no"):
        scheduler.call(fail)


def test_call_within_a_task_lets_the_caller_wait() -> None:
    def outer() -> float:
        scheduler.call(time.sleep, 7)
        return now()

    assert scheduler.call(outer) == 7


def test_a_call_that_can_never_end_is_a_deadlock_that_names_the_task() -> None:
    def wait_for_godot() -> None:
        Event().wait()

    with pytest.raises(DeadlockError, match="wait_for_godot can never end"):
        scheduler.call(wait_for_godot)


def test_a_task_that_keeps_the_baton_is_named_with_its_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "patience", 0.05)
    release = threading.Event()

    def stubborn() -> None:
        release.wait(10)

    scheduler.spawn(stubborn, name="stubborn")
    with pytest.raises(DeadlockError, match=r"(?s)stubborn has not waited.*release\.wait"):
        scheduler.run()
    release.set()


def test_a_task_may_not_run_the_scheduler() -> None:
    with pytest.raises(RuntimeError, match="a task cannot run the scheduler"):
        scheduler.call(scheduler.run)


def test_stopping_unwinds_waiting_tasks_and_ends_their_threads() -> None:
    unwound: list[str] = []

    def patient() -> None:
        try:
            Event().wait()
        finally:
            unwound.append("patient")

    scheduler.spawn(patient, name="patient")
    scheduler.spawn(time.sleep, 99999999, name="forever")
    scheduler.run()
    scheduler.stop()

    assert unwound == ["patient"]
    assert not {"patient", "forever"} & {thread.name for thread in threading.enumerate()}
    scheduler.start()
    scheduler.run()

    assert now() == 0


def test_two_clocks_at_once_are_refused() -> None:
    with pytest.raises(RuntimeError, match="one Environment per process"):
        scheduler.start()


def test_modules_get_virtual_threads_and_time_and_get_the_real_ones_back() -> None:
    from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
    from moto.stepfunctions.parser.asl.component.program import program
    from moto.stepfunctions.parser.asl.component.state.exec import execute_state

    with virtual_time("moto.stepfunctions.parser"):
        inside = (
            program.threading.Thread,
            program.threading.Event,
            execute_state.Thread,
            retrier_decl.time.sleep,
        )

    assert inside == (Task, Event, Task, scheduler.sleep)
    assert (program.threading, execute_state.Thread, retrier_decl.time) == (threading, threading.Thread, time)
