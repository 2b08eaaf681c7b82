"""Times the build of a catalog ten times as large: every control, runbook and playbook nine times more, renamed.

A process of its own each time; what Python takes to start and to import is measured apart and left out. The limits of
CloudFormation are not checked: no account could have so much.
"""

import tempfile
from pathlib import Path

from processes import seconds

RUNS = 3
COPIES = "BCDEFGHIJ"
ROOT = Path(__file__).parent.parent
RUNBOOKS = ROOT / "runbook_yaml"

PLAYBOOKS = '''"""The playbooks of one copy of the catalog."""
from dataclasses import replace

from asr_templates.catalog import CONTROLS
from asr_templates.loading import load

COPY = "{copy}"


def renamed(control):
    return replace(
        control,
        id=control.id.replace(".", f".{{ord(COPY)}}0"),
        runbook=control.runbook + COPY,
        ids={{key + COPY: control_id for key, control_id in {{"SC": control.id, **control.ids}}.items()}},
        family=f"{{control.family}} {{COPY}}" if control.family else None,
    )


ROWS = tuple(map(renamed, CONTROLS))
for playbook in load().playbooks.values():
    key = playbook.key + COPY
    globals()[key] = type(
        key,
        (playbook,),
        dict(
            key=key,
            short=playbook.short + COPY,
            standard=playbook.standard + COPY.lower(),
            own_controls=tuple(row for row in ROWS if row.ids.get(key)),
            control_id=lambda playbook, row: row.ids.get(playbook.key),
            __module__=__name__,
        ),
    )
'''

BUILD = """
import gc, sys
from asr_templates import cli, pipeline
gc.disable()
pipeline.check_limits = lambda templates: ()
sys.exit(cli.main(sys.argv[1:]))
"""


def copied(folder: Path) -> list[str]:
    """Write the copies of the catalog into a folder; return the options that build it, too."""
    playbooks, runbooks = folder / "playbooks", folder / "runbooks"
    playbooks.mkdir()
    runbooks.mkdir()
    for copy in COPIES:
        (playbooks / f"copy_{copy.lower()}.py").write_text(PLAYBOOKS.format(copy=copy), "utf-8")
        for path in sorted(RUNBOOKS.glob("*.yaml")):
            name = path.stem
            text = path.read_text("utf-8").replace(f"Script: {name}.py", f"Script: {name}{copy}.py")
            (runbooks / f"{name}{copy}.yaml").write_text(text, "utf-8")
            (runbooks / f"{name}{copy}.py").write_text(path.with_suffix(".py").read_text("utf-8"), "utf-8")
    return ["--playbooks", str(playbooks), "--runbooks", str(runbooks)]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        options = copied(Path(folder))
        build = ("-c", BUILD, "build", "--no-lint", "--output", f"{folder}/dist")
        imports = seconds("-c", "import asr_templates.commands.build", runs=RUNS)
        once = seconds(*build, runs=RUNS) - imports
        ten_times = seconds(*build, *options, runs=RUNS) - imports
    print(f"the catalog             {once:6.2f} s")
    print(f"ten times as large      {ten_times:6.2f} s")
    print(f"                        {ten_times / once:6.2f} times   (goal: at most 12)")


if __name__ == "__main__":
    main()
