"""`asr docs`: write the pages of the controls anew."""

from collections.abc import Sequence
from pathlib import Path

from asr_templates.commands.options import add_json_option, parser
from asr_templates.commands.report import print_json, print_problems
from asr_templates.documentation import pages
from asr_templates.loading import LoadError, load
from asr_templates.model import Problem


def main(argv: Sequence[str]) -> int:
    """Write docs/controls; pages of controls that do not exist any more go."""
    options = parser("docs", __doc__ or "")
    options.add_argument(
        "--output", type=Path, default=Path("docs/controls"), metavar="DIR", help="default docs/controls"
    )
    add_json_option(options)
    arguments = options.parse_args(argv)
    try:
        written = pages(load())
        write(arguments.output, written)
    except LoadError as error:
        print_problems(error.problems, arguments.json)
        return 1
    except OSError as error:
        print_problems([Problem(str(arguments.output), f"cannot be written: {error.strerror}")], arguments.json)
        return 1
    if arguments.json:
        print_json(sorted(written))
    else:
        print(f"wrote {len(written)} pages to {arguments.output}")
    return 0


def write(folder: Path, written: dict[str, str]) -> None:
    """Write the pages and remove those of former controls."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.md"):
        if path.name not in written:
            path.unlink()
    for name, text in written.items():
        (folder / name).write_text(text, "utf-8")
