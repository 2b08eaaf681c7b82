"""Times the build as a whole process, and what one more control costs it."""

import tempfile
from pathlib import Path

from processes import seconds

RUNS = 7
ADDED = 50
ROOT = Path(__file__).parent.parent

MANY = '''"""A playbook of many controls that share one remediation."""
from asr_templates.catalog.ec2 import CONTROLS
from asr_templates.model import Control
from asr_templates.playbook import Playbook

SAMPLE = CONTROLS[0]


class Many(Playbook):
    """Controls EC2.1001 and on."""

    key, short, version, standard = "MANY", "MANY", "1.0.0", "many"
    own_controls = tuple(
        Control(name, SAMPLE.runbook, SAMPLE.resource, {{"MANY": name}}, SAMPLE.note, risk=SAMPLE.risk)
        for name in map("EC2.{{}}".format, range(1001, 1001 + {count}))
    )
'''


def build_seconds(*options: str) -> float:
    """Return the median wall time of a build process."""
    with tempfile.TemporaryDirectory() as folder:
        return seconds(str(ROOT / "build.py"), "--no-lint", "--output", f"{folder}/dist", *options, runs=RUNS)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "many.py").write_text(MANY.format(count=ADDED), "utf-8")
        plain = build_seconds()
        larger = build_seconds("--playbooks", folder)
    imports = seconds("-c", "import asr_templates.pipeline", runs=RUNS)
    print(f"build of all playbooks      {plain:6.2f} s   (at most 3 s; goal: 1.4 s)")
    print(f"of which imports            {imports:6.2f} s")
    print(f"one more control            {(larger - plain) / ADDED * 1000:6.2f} ms")


if __name__ == "__main__":
    main()
