"""Times Python processes."""

import statistics
import subprocess
import sys
import time


def seconds(*command: str, runs: int) -> float:
    """Return the median wall time of a Python process with these arguments."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return statistics.median(times)
