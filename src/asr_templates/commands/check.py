"""`asr check`: hold every rule of asr_templates.checks against the catalog, and print all that is wrong."""

from collections.abc import Sequence

from asr_templates.checks import problems
from asr_templates.commands.options import add_catalog_options, add_json_option, load_catalog, parser
from asr_templates.commands.report import counted, print_problems
from asr_templates.loading import LoadError
from asr_templates.names import Names


def main(argv: Sequence[str]) -> int:
    """Check our catalog with the user's folders; return 0, or 1 after printing the problems."""
    options = parser("check", "Check rows, runbooks, plans, permissions and documents.")
    add_catalog_options(options)
    add_json_option(options)
    arguments = options.parse_args(argv)
    try:
        catalog = load_catalog(arguments)
    except LoadError as error:
        print_problems(error.problems, arguments.json)
        return 1
    names = Names()
    playbooks = catalog.select([], [], names)
    found = problems(playbooks, catalog.runbooks, names, catalog.controls)
    print_problems(found, arguments.json)
    if found:
        return 1
    if not arguments.json:
        controls = {row.id for playbook in playbooks for row in playbook.controls}
        parts = [(len(playbooks), "playbook"), (len(controls), "control"), (len(catalog.runbooks), "runbook")]
        print(f"{', '.join(counted(number, noun) for number, noun in parts)}: no problems")
    return 0
