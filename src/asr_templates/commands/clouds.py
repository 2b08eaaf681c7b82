"""Simulated clouds, one in each of several processes, and the accounts and regions that `asr simulate` uses."""

import multiprocessing
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from asr_templates.loading import load
from asr_templates.names import Names
from asr_templates.playbook import Playbook

if TYPE_CHECKING:
    from asr_templates.simulator import Cloud

Todo = TypeVar("Todo")
Done = TypeVar("Done")

ADMIN, MEMBER = "111111111111", "222222222222"
HOME, ELSEWHERE = "us-east-1", "eu-west-1"
BAR = 30


class Build(NamedTuple):
    """What was built: the folder with the templates, and a user's own playbooks and runbooks."""

    dist: Path
    playbooks: Sequence[Path] = ()
    runbooks: Sequence[Path] = ()


class Worker(NamedTuple):
    """What a process has: a cloud of its own, and key -> playbook."""

    cloud: "Cloud"
    playbooks: dict[str, Playbook]


_workers: list[Worker] = []
"""This process's own; it lives as long as the process."""


def worker() -> Worker:
    """Return what this process has."""
    return _workers[0]


def launch(build: Build) -> None:
    """Set up a process."""
    from asr_templates.simulator import Cloud

    playbooks = load(build.playbooks, build.runbooks).select([], [], Names())
    cloud = Cloud(dist=build.dist, admin=ADMIN, members=[MEMBER], regions=[HOME, ELSEWHERE]).__enter__()
    _workers.append(Worker(cloud, {playbook.key: playbook for playbook in playbooks}))


def in_clouds(do: Callable[[Todo], Done], todo: Sequence[Todo], build: Build) -> list[Done]:
    """Return what `do` makes of each item, in any order: a process and a cloud per processor, and a bar."""
    context = multiprocessing.get_context("spawn")
    results: list[Done] = []
    with context.Pool(min(os.cpu_count() or 1, len(todo)), initializer=launch, initargs=(build,)) as pool:
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
