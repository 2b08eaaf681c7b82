"""Counts what a remediation of 45 s costs: state transitions and function calls, from a simulated execution's history.

Exits with 1 above the limits (12 and 8; the AWS solution takes 32 and 13).
"""

import argparse
import contextlib
import io
import json
import shutil
import sys
import tempfile
from pathlib import Path

from asr_templates.cli import main as asr
from asr_templates.loading import load
from asr_templates.names import Names
from asr_templates.simulator import Cloud
from asr_templates.simulator.findings import finding
from asr_templates.simulator.scenarios import Place, scenarios

SECONDS = 45
TRANSITIONS, CALLS = 12, 8
DOCUMENT = "ASR-EnableEbsEncryptionByDefault"
CONTROL, ACCOUNT, REGION = "EC2.7", "222222222222", "eu-west-1"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--dist", type=Path, help="a folder that was built (default: builds one)")
    given = options.parse_args().dist
    with tempfile.TemporaryDirectory() as folder:
        dist = Path(folder) / "dist"
        if given:
            shutil.copytree(given, dist)
        else:
            with contextlib.redirect_stdout(io.StringIO()):
                status = asr(["build", "--no-lint", "--output", str(dist)])
            if status:
                return status
        make_slow(dist)
        transitions, calls = count(dist)
    print(f"a remediation of {SECONDS} s   counted   at most")
    print(f"state transitions       {transitions:7}   {TRANSITIONS:7}")
    print(f"function calls          {calls:7}   {CALLS:7}")
    return int(transitions > TRANSITIONS or calls > CALLS)


def make_slow(dist: Path) -> None:
    """Let the remediation runbook sleep before it does anything."""
    step = {"name": "Sleep", "action": "aws:sleep", "inputs": {"Duration": f"PT{SECONDS}S"}}
    for path in (dist / "templates" / "nested").glob("Runbooks*.template"):
        template = json.loads(path.read_text("utf-8"))
        for resource in template["Resources"].values():
            if resource["Properties"].get("Name") == DOCUMENT:
                resource["Properties"]["Content"]["mainSteps"].insert(0, step)
        path.write_text(json.dumps(template), "utf-8")


def count(dist: Path) -> tuple[int, int]:
    """Return the state transitions and function calls of one remediation."""
    [playbook] = load().select(["SC"], [CONTROL], Names())
    [control] = playbook.controls
    with Cloud(dist=dist) as cloud:
        resource = scenarios()[CONTROL].broken(Place(cloud, ACCOUNT, REGION))
        run = cloud.remediate(finding(playbook, control, ACCOUNT, REGION, resource))
    if run.status != "SUCCESS":
        sys.exit(f"{run.status}: {run.message}")
    steps = [moment for moment in run.timeline if moment.level]
    lasted = max(moment.time for moment in steps) - min(moment.time for moment in steps)
    if lasted < SECONDS:
        sys.exit(f"the remediation took {lasted} s, not {SECONDS}")
    return run.state_transitions, run.function_invocations


if __name__ == "__main__":
    sys.exit(main())
