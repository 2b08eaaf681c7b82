"""Times one simulated remediation: from nothing, and once the cloud is up; and how much memory it takes."""

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from processes import seconds

RUNS = 5
ROOT = Path(__file__).parent.parent


def once_up(dist: Path) -> tuple[float, float]:
    """Return the median wall time of one remediation in a cloud that is up, and the process's peak memory in MB."""
    from asr_templates.loading import load
    from asr_templates.names import Names
    from asr_templates.simulator import Cloud
    from asr_templates.simulator.findings import finding
    from asr_templates.simulator.scenarios import Place, scenarios

    [playbook] = load().select(["SC"], ["EC2.2"], Names())
    [control] = playbook.controls
    account, region = "222222222222", "eu-west-1"
    clock = time.perf_counter  # the simulator does not make this one virtual
    times = []
    with Cloud(dist=dist) as cloud:
        for _ in range(RUNS + 1):
            broken = scenarios()["EC2.2"].broken(Place(cloud, account, region))
            start = clock()
            cloud.remediate(finding(playbook, control, account, region, broken))
            times.append(clock() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return statistics.median(times[1:]), peak


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        dist = Path(folder) / "dist"
        build = [sys.executable, str(ROOT / "build.py"), "--no-lint", "--output", str(dist)]
        subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
        cold = seconds("-m", "asr_templates.cli", "simulate", "EC2.2", "--dist", str(dist), runs=RUNS)
        warm, peak = once_up(dist)
    print(f"one remediation, from nothing           {cold:6.2f} s   (goal: under 15 s)")
    print(f"one remediation, once the cloud is up   {warm:6.2f} s   (goal: under 2 s)")
    print(f"peak memory                             {peak:6.0f} MB")


if __name__ == "__main__":
    main()
