from collections.abc import Callable
from typing import Any

import pytest

from asr_templates.lambdas.slots import LEASE_SECONDS, Run, Slots, waiting_item

TARGET = "222222222222/eu-west-1"
NOW = 1_800_000_000


@pytest.fixture
def slots_table(table: Callable[[str], Any]) -> Any:
    return table("SlotsTable")


@pytest.fixture
def slots(slots_table: Any) -> Slots:
    return Slots(slots_table, 2)


def waiting(name: str, since: str = "2026-01-01T00:00:00Z", target: str = TARGET) -> Run:
    execution = f"arn:aws:states:us-east-1:111111111111:execution:ASR-Orchestrator:{name}"
    return Run(target, waiting_item(since, execution), execution, f"token {name}", '{"Mode": "Apply"}', NOW)


def names(runs: list[Run]) -> list[str]:
    return [run.token.removeprefix("token ") for run in runs]


def test_the_run_that_has_waited_longest_comes_first(slots: Slots) -> None:
    for name, since in [("late", "2026-01-01T00:00:02Z"), ("early", "2026-01-01T00:00:01Z")]:
        slots.wait(waiting(name, since))

    granted = [slots.grant(TARGET, NOW), slots.grant(TARGET, NOW)]

    assert ["early", "late"] == names([run for run in granted if run])


def test_no_more_run_than_there_are_slots(slots: Slots) -> None:
    for name in ("a", "b", "c"):
        slots.wait(waiting(name))

    granted = [slots.grant(TARGET, NOW) for _ in range(3)]

    assert [True, True, False] == [run is not None for run in granted]
    assert ["a", "b"] == names(slots.running(TARGET))
    assert ["c"] == names([run for run in slots.all() if not run.is_running])


def test_targets_do_not_share_slots(slots: Slots) -> None:
    elsewhere = "222222222222/us-east-1"
    for name in ("a", "b"):
        slots.wait(waiting(name))
        slots.grant(TARGET, NOW)
    slots.wait(waiting("c", target=elsewhere))

    assert slots.grant(elsewhere, NOW) is not None


def test_nobody_waits_nothing_is_granted(slots: Slots) -> None:
    assert slots.grant(TARGET, NOW) is None


def test_the_same_run_twice_waits_once(slots: Slots) -> None:
    slots.wait(waiting("a"))
    slots.wait(waiting("a"))

    assert 1 == len(list(slots.all()))


def test_a_run_that_has_a_slot_does_not_get_another(slots: Slots) -> None:
    slots.wait(waiting("a"))
    slots.grant(TARGET, NOW)
    slots.wait(waiting("a"))

    assert slots.grant(TARGET, NOW) is None
    assert ["a"] == names(list(slots.all()))


class Rival(Slots):
    """Slots whose owner looks, and is overtaken before it acts."""

    overtakes: Callable[[], object] | None = None

    def running(self, target: str) -> list[Run]:
        seen = super().running(target)
        act, self.overtakes = self.overtakes, None
        if act:
            act()
        return seen


def test_of_two_that_want_the_same_run_one_gets_it(slots_table: Any) -> None:
    slow, fast = Rival(slots_table, 2), Slots(slots_table, 2)
    slow.wait(waiting("a"))
    got: list[Run | None] = []
    slow.overtakes = lambda: got.append(fast.grant(TARGET, NOW))

    got.append(slow.grant(TARGET, NOW))

    assert ["a"] == names([run for run in got if run])
    assert ["a"] == names(fast.running(TARGET))


def test_of_two_that_want_the_same_slot_both_get_one_in_the_end(slots_table: Any) -> None:
    slow, fast = Rival(slots_table, 2), Slots(slots_table, 2)
    slow.wait(waiting("a"))
    slow.wait(waiting("b"))
    slow.overtakes = lambda: fast.grant(TARGET, NOW)

    slow.grant(TARGET, NOW)

    assert {"slot#001", "slot#002"} == {run.item for run in fast.running(TARGET)}
    assert ["a", "b"] == sorted(names(fast.running(TARGET)))


def test_a_slot_whose_lease_has_expired_is_taken_over(slots_table: Any) -> None:
    slots = Slots(slots_table, 1)
    slots.wait(waiting("dead"))
    slots.grant(TARGET, NOW)
    slots.wait(waiting("next"))

    assert slots.grant(TARGET, NOW + LEASE_SECONDS - 1) is None
    assert slots.grant(TARGET, NOW + LEASE_SECONDS) is not None
    assert ["next"] == names(slots.running(TARGET))


def test_a_slot_that_was_renewed_meanwhile_is_not_taken_over(slots_table: Any) -> None:
    slow, owner = Rival(slots_table, 1), Slots(slots_table, 1)
    slow.wait(waiting("alive"))
    alive = slow.grant(TARGET, NOW)
    assert alive is not None
    slow.wait(waiting("next"))
    later = NOW + LEASE_SECONDS
    slow.overtakes = lambda: owner.renew(alive, later)

    assert slow.grant(TARGET, later) is None
    assert ["alive"] == names(owner.running(TARGET))


def test_who_lost_its_slot_cannot_change_or_free_the_next_ones(slots_table: Any) -> None:
    slots = Slots(slots_table, 1)
    slots.wait(waiting("dead"))
    dead = slots.grant(TARGET, NOW)
    assert dead is not None
    slots.wait(waiting("next"))
    slots.grant(TARGET, NOW + LEASE_SECONDS)

    slots.started(dead, "automation")
    slots.renew(dead, NOW + 9 * LEASE_SECONDS)
    slots.drop(dead)

    (running,) = slots.running(TARGET)
    assert ("next", "", NOW + 2 * LEASE_SECONDS) == (names([running])[0], running.automation, running.lease)


def test_a_freed_slot_is_used_again(slots_table: Any) -> None:
    slots = Slots(slots_table, 1)
    for name in ("a", "b"):
        slots.wait(waiting(name))
    first = slots.grant(TARGET, NOW)
    assert first is not None

    slots.drop(first)

    second = slots.grant(TARGET, NOW)
    assert second is not None
    assert ["b"] == names([second])


def test_a_smaller_number_of_slots_lets_the_others_run_out(slots_table: Any) -> None:
    many, few = Slots(slots_table, 3), Slots(slots_table, 1)
    for name in ("a", "b", "c", "d"):
        many.wait(waiting(name))
    granted = [many.grant(TARGET, NOW) for _ in range(3)]

    assert few.grant(TARGET, NOW + 2 * LEASE_SECONDS) is not None
    assert 3 == len([run for run in granted if run])
    assert 3 == len(few.running(TARGET))


def test_the_automations_id_and_the_heartbeat_are_kept(slots: Slots) -> None:
    slots.wait(waiting("a"))
    run = slots.grant(TARGET, NOW)
    assert run is not None

    slots.started(run, "automation")
    slots.beaten(run, NOW + 5)

    (running,) = slots.running(TARGET)
    assert ("automation", NOW + 5) == (running.automation, running.beat)
