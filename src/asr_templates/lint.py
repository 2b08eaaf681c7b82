"""cfn-lint over every template, in parallel, and only over those that have changed.

cfn-lint takes a second to import and some more per template. So it runs in processes of its own (this module, as
`python -m asr_templates.lint`), and what it said about a text is kept in a cache folder under a hash of that text, of
cfn-lint's version and of the options.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from asr_templates.model import Problem

REGIONS = ("us-east-1", "us-gov-west-1", "cn-north-1")
"""One region of each partition: which resources and values exist differs between them."""

WORKERS = 2
"""Each takes a second and 200 MB to start, so more of them pay off for far more templates only."""


class Finding(NamedTuple):
    """What cfn-lint says about a place in a template; `path` is "Resources/Queue/Properties"."""

    path: str
    message: str
    hint: str


def lint(templates: Mapping[str, str], cache: Path | None = None) -> list[Problem]:
    """Return the errors and warnings of cfn-lint, by all rules that are on by default.

    templates: name -> text. cache: a folder, by default `default_cache()`; it is made when needed, and without effect
    where it cannot be written. Raises RuntimeError where cfn-lint itself fails.
    """
    folder = cache or default_cache()
    files = {name: folder / f"{cache_key(text)}.json" for name, text in templates.items()}
    findings = {name: known for name, file in files.items() if (known := read_cache(file)) is not None}
    new = lint_anew({name: text for name, text in templates.items() if name not in findings})
    for name, found in new.items():
        write_cache(files[name], found)
    return [
        Problem(f"{name}: {finding.path}", finding.message, finding.hint)
        for name in sorted(templates)
        for finding in sorted((findings | new)[name])
    ]


def default_cache() -> Path:
    """Return .cache/asr-lint of the tree that the package is used from, else the user's cache folder (XDG)."""
    tree = Path(__file__).resolve().parents[2]
    if (tree / "setup.cfg").is_file() and os.access(tree, os.W_OK):
        return tree / ".cache" / "asr-lint"
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "asr-lint"


def cache_key(text: str) -> str:
    """Return the hash of everything that the findings depend on."""
    parts = [metadata.version("cfn-lint"), REGIONS, text]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def read_cache(file: Path) -> list[Finding] | None:
    """Return the findings that a file holds; None where it is missing or broken."""
    try:
        return [Finding(*map(str, entry)) for entry in json.loads(file.read_text("utf-8"))]
    except (OSError, ValueError, TypeError):
        return None


def write_cache(file: Path, findings: Sequence[Finding]) -> None:
    """Write a file in one step, so that a reader sees all of it or nothing."""
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=file.parent, delete=False, encoding="utf-8") as new:
            json.dump(findings, new)
        os.replace(new.name, file)


def lint_anew(templates: Mapping[str, str]) -> dict[str, list[Finding]]:
    """Return the findings of each template from processes of cfn-lint that run side by side."""
    shares = [share for share in shared(templates, WORKERS) if share]
    findings: dict[str, list[Finding]] = {}
    with ThreadPoolExecutor(WORKERS) as threads:
        for answer in threads.map(lint_share, shares):
            findings |= answer
    return findings


def lint_share(templates: Mapping[str, str]) -> dict[str, list[Finding]]:
    """Return the findings of each template from one process; raises RuntimeError where it fails."""
    command = [sys.executable, "-P", "-m", "asr_templates.lint"]
    done = subprocess.run(
        command, input=json.dumps(dict(templates)), capture_output=True, text=True, encoding="utf-8", check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"cfn-lint failed:\n{done.stderr}")
    return {name: [Finding(*entry) for entry in found] for name, found in json.loads(done.stdout).items()}


def shared(templates: Mapping[str, str], number: int) -> list[dict[str, str]]:
    """Return the templates in parts of about the same size."""
    shares: list[dict[str, str]] = [{} for _ in range(number)]
    sizes = [0] * number
    for name in sorted(templates, key=lambda name: (-len(templates[name]), name)):
        smallest = sizes.index(min(sizes))
        shares[smallest][name] = templates[name]
        sizes[smallest] += len(templates[name])
    return shares


def work() -> None:
    """Lint the templates that standard input holds as JSON; print their findings as JSON."""
    from cfnlint.config import ConfigMixIn
    from cfnlint.decode.decode import decode_str
    from cfnlint.runner import Runner

    # An empty configuration: what the user's own .cfnlintrc switches off is on for us.
    runner = Runner(ConfigMixIn(["--config-file", os.devnull], regions=list(REGIONS)))
    found = {}
    for name, text in json.load(sys.stdin).items():
        template, matches = decode_str(text)
        if not matches:
            matches = list(runner.validate_template(template))
        found[name] = [
            Finding(
                "/".join(map(str, getattr(match, "path", None) or [f"line {match.linenumber}"])),
                f"{match.rule.id} {match.message}",
                match.rule.source_url,
            )
            for match in matches
        ]
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    work()
