"""`asr lint`: run cfn-lint over the templates of a dist/ folder."""

from collections.abc import Sequence
from pathlib import Path

from asr_templates.commands.options import add_json_option, parser
from asr_templates.commands.report import counted, print_problems
from asr_templates.lint import lint
from asr_templates.model import Problem

TEMPLATES = "*.template"


def main(argv: Sequence[str]) -> int:
    """Lint the templates; return 0, or 1 after printing the errors and warnings."""
    options = parser("lint", "Run cfn-lint, errors and warnings, over the rendered templates.")
    options.add_argument("dist", metavar="DIST", type=Path, nargs="?", default=Path("dist"), help="default: dist")
    add_json_option(options)
    arguments = options.parse_args(argv)
    templates = load_templates(arguments.dist)
    if templates:
        found = lint(templates)
    else:
        hint = "build it first: python build.py"
        found = [Problem(str(arguments.dist), "there are no templates in this folder", hint)]
    print_problems(found, arguments.json)
    if not found and not arguments.json:
        print(f"{counted(len(templates), 'template')}: no problems")
    return 1 if found else 0


def load_templates(dist: Path) -> dict[str, str]:
    """Return path in the folder -> text of each template in it; none where there is no such folder."""
    return {
        path.relative_to(dist).as_posix(): path.read_text("utf-8")
        for path in sorted((dist / "templates").rglob(TEMPLATES))
    }
