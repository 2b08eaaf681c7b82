"""`asr simulate --all`: every control of every playbook, from a broken resource to a fixed one."""

import multiprocessing
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from asr_templates.commands.report import print_json, print_table
from asr_templates.loading import Catalog, load
from asr_templates.names import Names
from asr_templates.playbook import Playbook

if TYPE_CHECKING:
    from asr_templates.simulator import Cloud

Todo = TypeVar("Todo")
Done = TypeVar("Done")

ACCOUNT, HOME, REGION = "222222222222", "us-east-1", "eu-west-1"
BAR = 30


@dataclass(frozen=True)
class Row:
    """A control in one standard; the folders are those of a user's own playbooks and runbooks."""

    standard: str
    control_id: str
    playbooks: tuple[Path, ...] = ()
    runbooks: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Result:
    """How a row ended; no problem: its resource was fixed and its finding has the row's workflow status."""

    standard: str
    control_id: str
    outcome: str
    problem: str = ""


def rows(catalog: Catalog, playbook_folders: Sequence[Path], runbook_folders: Sequence[Path]) -> list[Row]:
    """Return every control of every playbook."""
    return [
        Row(playbook.key, control_id, tuple(playbook_folders), tuple(runbook_folders))
        for playbook in catalog.select([], [], Names())
        for served in playbook.documents().values()
        for control_id in served
    ]


def simulate_all(todo: Sequence[Row], dist: Path, as_json: bool) -> int:
    """Simulate the rows, show how far it is, then a table; return 0 if each of them ended as it should."""
    results = in_clouds(simulate_row, todo, dist)
    report(sorted(results, key=lambda result: (result.standard, result.control_id)), as_json)
    return int(any(result.problem for result in results))


def in_clouds(do: Callable[[Todo], Done], todo: Sequence[Todo], dist: Path) -> list[Done]:
    """Return what `do` makes of each item, in any order: a process and a cloud per processor, and a bar."""
    context = multiprocessing.get_context("spawn")
    results: list[Done] = []
    with context.Pool(min(os.cpu_count() or 1, len(todo)), initializer=launch, initargs=(dist,)) as pool:
        for result in pool.imap_unordered(do, todo):
            results.append(result)
            show_progress(len(results), len(todo))
    return results


def show_progress(done: int, total: int) -> None:
    """Draw a bar on a terminal's error output."""
    if sys.stderr.isatty():
        filled = BAR * done // total
        end = "\n" if done == total else ""
        print(f"\r[{'#' * filled}{'.' * (BAR - filled)}] {done} of {total}", end=end, file=sys.stderr, flush=True)


def report(results: Sequence[Result], as_json: bool) -> None:
    """Print what failed, then a line for each standard."""
    if as_json:
        print_json([vars(result) for result in results])
        return
    for result in results:
        if result.problem:
            print(f"{result.standard} {result.control_id}: {result.outcome}: {result.problem}")
    total = Counter(result.standard for result in results)
    good = Counter(result.standard for result in results if not result.problem)
    print_table(("STANDARD", "FIXED", "OF"), [(key, str(good[key]), str(total[key])) for key in sorted(total)])
    print(f"{sum(good.values())} of {sum(total.values())}")


_clouds: list["Cloud"] = []
"""The cloud of this worker process; it lives as long as the process."""


def cloud() -> "Cloud":
    """Return this process's cloud."""
    return _clouds[0]


def launch(dist: Path) -> None:
    """Launch the cloud of a worker process."""
    from asr_templates.simulator import Cloud

    _clouds.append(Cloud(dist=dist, members=[ACCOUNT], regions=[HOME, REGION]).__enter__())


@cache
def playbooks(playbook_folders: tuple[Path, ...], runbook_folders: tuple[Path, ...]) -> dict[str, Playbook]:
    """Return key -> playbook, read once in each worker process."""
    catalog = load(playbook_folders, runbook_folders)
    return {playbook.key: playbook for playbook in catalog.select([], [], Names())}


def simulate_row(row: Row) -> Result:
    """Break a resource, remediate its finding, look at both."""
    from asr_templates.simulator.findings import finding
    from asr_templates.simulator.scenarios import Place, scenarios

    playbook = playbooks(row.playbooks, row.runbooks)[row.standard]
    control = next(each for each in playbook.controls if playbook.control_id(each) == row.control_id)
    scenario = scenarios().get(control.id)
    if scenario is None:
        return Result(row.standard, row.control_id, "NOT SIMULATED", "nobody has said how to break its resource")
    place = Place(cloud(), ACCOUNT, REGION)
    try:
        resource = scenario.broken(place)
        run = cloud().remediate(finding(playbook, control, ACCOUNT, REGION, resource))
        fixed = scenario.fixed(place, resource)
    except Exception as error:
        return Result(row.standard, row.control_id, "ERROR", f"{type(error).__name__}: {error}")
    if run.status != "SUCCESS":
        return Result(row.standard, row.control_id, run.status, run.message)
    if not fixed:
        return Result(row.standard, row.control_id, run.status, "the resource is not fixed")
    if run.workflow_status != control.workflow:
        problem = f"the finding is {run.workflow_status}, not {control.workflow}"
        return Result(row.standard, row.control_id, run.status, problem)
    return Result(row.standard, row.control_id, run.status)
