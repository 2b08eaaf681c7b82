import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "transitions.py"


def test_a_remediation_of_45_seconds_takes_few_transitions_and_function_calls(dist: Path) -> None:
    done = subprocess.run([sys.executable, SCRIPT, "--dist", dist], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
