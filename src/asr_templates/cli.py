"""The command line `asr`: one module of asr_templates.commands per verb."""

import sys
import traceback
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module

from asr_templates.solution import VERSION

VERBS = {
    "build": "render dist/ from the catalog",
    "check": "hold the rules of the whole catalog against it",
    "lint": "run cfn-lint over the rendered templates",
    "list": "list controls and what serves them",
    "links": "print the quick-create links of the three stacks",
    "simulate": "break a resource in an embedded AWS and remediate it from its finding",
    "docs": "write the pages of the controls anew",
    "new-runbook": "write the files of a new remediation",
}
PROBLEMS, USAGE, OUR_BUG = 1, 2, 3


def main(argv: Sequence[str] | None = None) -> int:
    """Run a verb and return its exit code: 0 done, 1 problems in the input, 2 usage, 3 a bug of ours."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in ("-h", "--help"):
        print(usage())
        return 0 if arguments else USAGE
    if arguments[0] == "--version":
        print(f"asr-templates {VERSION}")
        return 0
    verb = arguments[0]
    if verb not in VERBS:
        close = get_close_matches(verb, VERBS, n=1)
        hint = f"did you mean {close[0]}?" if close else f"verbs: {', '.join(VERBS)}"
        print(f"asr: there is no verb {verb}\n    hint: {hint}", file=sys.stderr)
        return USAGE
    try:
        command = import_module(f"asr_templates.commands.{verb.replace('-', '_')}")
        return int(command.main(arguments[1:]))
    except SystemExit as stop:  # argparse: 0 after --help, 2 after wrong options
        return int(stop.code or 0)
    except KeyboardInterrupt:
        print("asr: interrupted", file=sys.stderr)
        return PROBLEMS
    except Exception:
        traceback.print_exc()
        print(f"asr {verb}: this is a bug of asr-templates, please report it with the lines above", file=sys.stderr)
        return OUR_BUG


def usage() -> str:
    """Return what `asr --help` prints."""
    width = max(map(len, VERBS))
    lines = [f"  {verb:<{width}}  {text}" for verb, text in VERBS.items()]
    return "\n".join(["usage: asr VERB [OPTIONS]   (asr VERB --help for its options)", "", *lines])


if __name__ == "__main__":
    sys.exit(main())
