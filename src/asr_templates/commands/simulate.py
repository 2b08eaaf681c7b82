"""`asr simulate`: break a resource in an embedded AWS, let its finding be remediated, show what happened when."""

import importlib.util
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asr_templates.commands.clouds import ADMIN, ELSEWHERE, HOME, MEMBER, Build
from asr_templates.commands.options import add_catalog_options, add_json_option, load_catalog, parser
from asr_templates.commands.prove_all import prove_all, subjects
from asr_templates.commands.report import counted, print_json, print_problems
from asr_templates.commands.simulate_all import rows, simulate_all
from asr_templates.loading import Catalog, LoadError, nearest
from asr_templates.model import Control, Problem
from asr_templates.names import Names
from asr_templates.playbook import Playbook

if TYPE_CHECKING:
    from asr_templates.simulator import Cloud, Run

PACKAGES = ("moto", "time_machine", "jsonpath_ng")


@dataclass(frozen=True)
class Task:
    """One finding to simulate; `finding` is given, or None where it is made for the broken resource."""

    playbook: Playbook
    control: Control
    account: str
    region: str
    finding: dict[str, Any] | None = None


def main(argv: Sequence[str]) -> int:
    """Simulate the controls or findings named; exit 1 unless each ended with its resource fixed (or previewed)."""
    options = parser("simulate", __doc__ or "")
    options.add_argument("what", nargs="*", metavar="CONTROL|FINDING.json", help="EC2.2, 4.3 or an ASFF finding")
    options.add_argument(
        "--all", action="store_true", help="every control of every playbook, one line for each standard"
    )
    options.add_argument(
        "--prove", action="store_true", help="with --all: each control by the whole proof, and each permission used"
    )
    options.add_argument("--standard", default="SC", metavar="KEY", help="the playbook whose ids and findings are used")
    options.add_argument("--account", default=MEMBER, help="admin, member, or 12 digits (default member)")
    options.add_argument("--region", default=ELSEWHERE, help=f"of the resource (default {ELSEWHERE})")
    options.add_argument("--mode", choices=("Apply", "Preview"), default="Apply")
    options.add_argument("--dist", type=Path, default=Path("dist"), help="the folder that was built (default dist)")
    add_catalog_options(options)
    add_json_option(options)
    arguments = options.parse_args(argv)
    if bool(arguments.what) == arguments.all:
        options.error("name controls or findings, or give --all")
    if arguments.prove and not arguments.all:
        options.error("--prove goes with --all")
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    try:
        if missing:
            hint = "pip install 'asr-templates[simulator]'"
            raise LoadError([Problem("asr simulate", f"needs {', '.join(missing)}", hint)])
        account = {"admin": ADMIN, "member": MEMBER}.get(arguments.account, arguments.account)
        if not (account.isascii() and account.isdigit() and len(account) == 12):
            raise LoadError([Problem("--account", f"{account} is no account", "admin, member, or 12 digits")])
        if not (arguments.dist / "templates").is_dir():
            raise LoadError([Problem(str(arguments.dist), "holds no templates", "build first: python build.py")])
        catalog = load_catalog(arguments)
        build = Build(arguments.dist, arguments.playbooks, arguments.runbooks)
        if arguments.prove:
            return prove_all(catalog, subjects(catalog), build, arguments.json)
        if arguments.all:
            return simulate_all(rows(catalog), build, arguments.json)
        tasks = [task(catalog, what, arguments.standard, account, arguments.region) for what in arguments.what]
        accounts = {each.account for each in tasks} - {ADMIN}
        regions = list(dict.fromkeys([*home_regions(tasks), *(each.region for each in tasks)]))
        return simulate(tasks, sorted(accounts) or [MEMBER], regions, arguments.dist, arguments.mode, arguments.json)
    except LoadError as error:
        print_problems(error.problems, arguments.json)
        return 1


def home_regions(tasks: Sequence[Task]) -> list[str]:
    """Return the orchestrator's region: one of the partition that the resources are in."""
    region = tasks[0].region
    partitions = {"cn-": "cn-north-1", "us-gov-": "us-gov-west-1"}
    return [next((home for start, home in partitions.items() if region.startswith(start)), HOME)]


def task(catalog: Catalog, what: str, standard: str, account: str, region: str) -> Task:
    """Return the task that a control id or the file of a finding stands for; raises LoadError."""
    if what.endswith(".json"):
        return task_of_file(catalog, Path(what))
    [playbook] = catalog.select([standard], [], Names())
    by_id = {playbook.control_id(control) or "": control for control in playbook.controls}
    if what not in by_id:
        raise LoadError([Problem(what, f"is no control of playbook {standard}", nearest(what, by_id))])
    return Task(playbook, by_id[what], account, region)


def task_of_file(catalog: Catalog, path: Path) -> Task:
    """Return the task of a finding in a file: an ASFF finding, or a list or event that holds one."""
    try:
        finding = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise LoadError([Problem(str(path), f"cannot be read: {error.strerror}")]) from error
    except ValueError as error:
        raise LoadError([Problem(str(path), f"is not JSON: {error}", "give an ASFF finding")]) from error
    try:
        resource = finding["Resources"][0]
        region = next(iter(part for part in resource["Id"].split(":")[3:4] if part), resource["Region"])
        for playbook in catalog.select([], [], Names()):
            for control in playbook.controls:
                wanted = f":{playbook.finding_prefix}/{playbook.control_id(control)}/finding/"
                if wanted in finding["Id"]:
                    return Task(playbook, control, finding["AwsAccountId"], region, finding)
        raise LoadError([Problem(f"{path}: Id", f"{finding['Id']} is of no control of ours")])
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        hint = "it needs Id, AwsAccountId and Resources[0] with Id and Region"
        raise LoadError([Problem(str(path), f"is no ASFF finding: {error}", hint)]) from error


def simulate(
    tasks: Sequence[Task], members: Sequence[str], regions: Sequence[str], dist: Path, mode: str, as_json: bool
) -> int:
    """Run the tasks one after the other in one cloud; return the exit code."""
    from asr_templates.simulator import Cloud

    good = True
    results = []
    playbooks = {each.playbook.key for each in tasks}
    with Cloud(dist=dist, admin=ADMIN, members=members, regions=regions, playbooks=sorted(playbooks)) as cloud:
        for each in tasks:
            run, fixed = simulate_one(cloud, each, mode)
            good = good and (run.status == "PREVIEW" if mode == "Preview" else fixed)
            results.append({**summary(each, run), "fixed": fixed})
            if not as_json:
                show(each, run, fixed)
    if as_json:
        print_json(results)
    return 0 if good else 1


def simulate_one(cloud: "Cloud", each: Task, mode: Any) -> tuple["Run", bool]:
    """Break a resource and remediate its finding; return the run and whether the resource is fixed."""
    from asr_templates.simulator.findings import finding
    from asr_templates.simulator.scenarios import Place, scenarios

    known = scenarios()
    if each.control.id not in known:
        hint = "add a scenario to asr_templates/simulator/scenarios"
        raise LoadError([Problem(each.control.id, "nobody has said how to break its resource", hint)])
    scenario = known[each.control.id]
    place = Place(cloud, each.account, each.region)
    resource_id = scenario.broken(place)
    made = finding(each.playbook, each.control, each.account, each.region, resource_id)
    if each.finding:
        resource = {**each.finding["Resources"][0], "Id": resource_id}
        made = {**each.finding, "Resources": [resource, *each.finding["Resources"][1:]]}
    run = cloud.remediate(made, mode=mode)
    return run, scenario.fixed(place, resource_id)


def summary(each: Task, run: "Run") -> dict[str, Any]:
    """Return what `--json` says of a run."""
    fields = ("execution", "status", "message", "workflow_status", "changes", "notifications")
    values = {name: getattr(run, name) for name in fields}
    timeline = [moment._asdict() for moment in run.timeline]
    calls = [call._asdict() for call in run.calls]
    place = {"control": each.playbook.control_id(each.control), "standard": each.playbook.key}
    return {**place, "account": each.account, "region": each.region, **values, "timeline": timeline, "calls": calls}


def show(each: Task, run: "Run", fixed: bool) -> None:
    """Print the timeline of a run, its changes and its end."""
    control_id = each.playbook.control_id(each.control)
    resource = run.finding["Resources"][0]["Id"]
    print(f"{each.playbook.key} {control_id}  {resource}  ({each.account} {each.region})")
    start = run.timeline[0].time if run.timeline else 0.0
    for moment in run.timeline:
        line = f"{moment.time - start:8.1f} s  {'  ' * moment.level}{moment.name}"
        print(f"{line:<44}{moment.outcome}" + (f"  {moment.detail}" if moment.detail else ""))
    for change in run.changes:
        print(f"  {'would call' if run.status == 'PREVIEW' else 'called'} {change['service']} {change['operation']}")
        for name, value in change["parameters"].items():
            print(f"      {name}: {json.dumps(value)}")
    print(f"{run.status}: {run.message}")
    finding = run.workflow_status or "not in the hub"
    told = counted(len(run.notifications), "notification")
    print(f"resource {'fixed' if fixed else 'not fixed'}, finding {finding}, {told}\n")
    sys.stdout.flush()
