"""Builds dist/: `python build.py --help` lists the options. It is `asr build`.

The pipeline has four stages; each sees only what the one before made, and is read in src/asr_templates/pipeline.py:

1. read      catalog/, playbooks/, runbook_yaml/ and the Lambda code; all problems of the input end the build
2. documents rows and runbooks become SSM documents: plain dicts, pure
3. stacks    documents become troposphere templates, one module per stack: pure
4. write     templates, documents, Lambda code and launch page become bytes, then dist/ is put in place as a whole

Only stage 1 reads and only the end of stage 4 writes, so the same tree and options give the same bytes, and a build
that fails leaves the dist/ before as it was.
"""

import gc
import sys
from collections.abc import Sequence

INSTALL = "python3 -m venv .venv && .venv/bin/pip install -e . && .venv/bin/python build.py"


def main(argv: Sequence[str]) -> int:
    """Run `asr build`; where the package or something it needs is not installed, say what installs it."""
    try:
        import asr_templates.commands.build  # noqa: F401
        from asr_templates import cli
    except ModuleNotFoundError as missing:
        if str(missing.name).startswith("asr_templates."):
            raise
        print(f"build.py: {missing.name} is not installed here; this installs and builds:", file=sys.stderr)
        print(f"    {INSTALL}", file=sys.stderr)
        return 1
    return cli.main(["build", *argv])


if __name__ == "__main__":
    gc.disable()  # what a build makes lives until its end: looking for garbage would take a third of its time
    status = main(sys.argv[1:])
    gc.freeze()
    sys.exit(status)
