"""`asr simulate --all`: every control of every playbook, from a broken resource to a fixed one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from asr_templates.commands.clouds import ELSEWHERE, MEMBER, Build, in_clouds, worker
from asr_templates.commands.report import print_json, print_table
from asr_templates.loading import Catalog
from asr_templates.names import Names


class Row(NamedTuple):
    """A control in one standard."""

    standard: str
    control_id: str


@dataclass(frozen=True)
class Result:
    """How a row ended; no problem: its resource was fixed and its finding has the row's workflow status."""

    standard: str
    control_id: str
    outcome: str
    problem: str = ""


def rows(catalog: Catalog) -> list[Row]:
    """Return every control of every playbook."""
    return [
        Row(playbook.key, control_id)
        for playbook in catalog.select([], [], Names())
        for served in playbook.documents().values()
        for control_id in served
    ]


def simulate_all(todo: Sequence[Row], build: Build, as_json: bool) -> int:
    """Simulate the rows, show how far it is, then a table; return 0 if each of them ended as it should."""
    results = in_clouds(simulate_row, todo, build)
    report(sorted(results, key=lambda result: (result.standard, result.control_id)), as_json)
    return int(any(result.problem for result in results))


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


def simulate_row(row: Row) -> Result:
    """Break a resource, remediate its finding, look at both."""
    from asr_templates.simulator.findings import finding
    from asr_templates.simulator.scenarios import Place, scenarios

    cloud, playbooks = worker()
    playbook = playbooks[row.standard]
    control = next(each for each in playbook.controls if playbook.control_id(each) == row.control_id)
    scenario = scenarios().get(control.id)
    if scenario is None:
        return Result(row.standard, row.control_id, "NOT SIMULATED", "nobody has said how to break its resource")
    place = Place(cloud, MEMBER, ELSEWHERE)
    try:
        resource = scenario.broken(place)
        run = cloud.remediate(finding(playbook, control, MEMBER, ELSEWHERE, resource))
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
