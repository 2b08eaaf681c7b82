"""Stage 4: the only writer. It renders what was built into files, and puts dist/ in place as a whole or not at all.

The same input gives the same bytes in any folder, time zone and umask: JSON and YAML keep the order in which they were
built; zip files have fixed times, order and modes, and are stored, not deflated, since versions of zlib differ.
"""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import yaml
from troposphere import Template

from asr_templates.libyaml import Dumper
from asr_templates.model import Document, Problem

MANIFEST = "manifest.json"
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
ZIP_MODE = 0o100644
UNIX = 3
HASH_CHARACTERS = 16

Files = dict[str, bytes]
"""Path in dist/ -> content."""


class WriteError(Exception):
    """The output folder cannot be written; `problem` says why and what to do."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


class DocumentDumper(Dumper):
    """Writes YAML for readers: block style, texts of several lines as they are, no anchors."""

    def ignore_aliases(self, data: object) -> bool:
        """Write equal parts out each time."""
        return True


def represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Return the YAML node of a text: literal where it has several lines."""
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


DocumentDumper.add_representer(str, represent_text)


def document_text(document: Document) -> str:
    """Return an SSM document as YAML."""
    return yaml.dump(
        document, Dumper=DocumentDumper, sort_keys=False, default_flow_style=False, allow_unicode=True, width=120
    )


def template_text(template: Template, pretty: bool = False) -> str:
    """Return a template as JSON, compact unless it is to be `pretty`."""
    if pretty:
        return json.dumps(template.to_dict(), indent=2) + "\n"
    return json.dumps(template.to_dict(), separators=(",", ":"))


def json_text(content: object) -> str:
    """Return JSON for people and programs."""
    return json.dumps(content, indent=2) + "\n"


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of the files (path -> content); the same files give the same bytes."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path, content in sorted(files.items()):
            entry = zipfile.ZipInfo(path, ZIP_TIME)
            entry.create_system = UNIX
            entry.external_attr = ZIP_MODE << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


def content_addressed(name: str, content: bytes) -> str:
    """Return the name of a zip file that changes when, and only when, its content does."""
    return f"{name}-{hashlib.sha256(content).hexdigest()[:HASH_CHARACTERS]}.zip"


def manifest(version: str, files: Mapping[str, bytes]) -> bytes:
    """Return manifest.json: the release, and what each file is; it does not list itself."""
    entries = {
        path: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        for path, content in sorted(files.items())
    }
    return json_text({"version": version, "files": entries}).encode()


def load_manifest(folder: Path) -> dict[str, str]:
    """Return path -> sha256 of the dist that is in the folder; empty where there is none."""
    try:
        content = json.loads((folder / MANIFEST).read_text("utf-8"))
        return {path: entry["sha256"] for path, entry in content["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def differences(before: Mapping[str, str], files: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """Return ("new" | "changed" | "gone", path) of each file that differs from the dist before, by path."""
    after = {path: hashlib.sha256(content).hexdigest() for path, content in files.items() if path != MANIFEST}
    found = [(path, "gone") for path in before.keys() - after.keys()]
    found += [(path, "new") for path in after.keys() - before.keys()]
    found += [(path, "changed") for path in before.keys() & after.keys() if before[path] != after[path]]
    return [(kind, path) for path, kind in sorted(found)]


def write_dist(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files in place of what is in the folder: into a new folder beside it, then by renaming.

    A failure leaves the folder as it was. Raises WriteError where that is not possible, and where the folder holds
    something else than a dist of ours: it would be lost.
    """
    folder = folder.absolute()
    if folder.exists() and not folder.is_dir():
        raise WriteError(Problem(str(folder), "is a file", "give a folder as --output"))
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MANIFEST).is_file():
        hint = "give a new folder as --output, or empty this one"
        raise WriteError(Problem(str(folder), f"holds files that no build made (it has no {MANIFEST})", hint))
    new = folder.with_name(f".{folder.name}.new")
    old = folder.with_name(f".{folder.name}.old")
    try:
        for leftover in (new, old):
            if leftover.exists():
                shutil.rmtree(leftover)
        write_files(new, files)
        if folder.exists():
            folder.rename(old)
        try:
            new.rename(folder)
        except OSError:
            with suppress(OSError):
                old.rename(folder)
            raise
    except OSError as error:
        shutil.rmtree(new, ignore_errors=True)
        reason = error.strerror or str(error)
        hint = "make it writable, or give another folder as --output"
        raise WriteError(Problem(str(folder), f"cannot be written: {reason}", hint)) from error
    shutil.rmtree(old, ignore_errors=True)


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files below a folder, which is made with its parents."""
    folder.mkdir(parents=True)
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
