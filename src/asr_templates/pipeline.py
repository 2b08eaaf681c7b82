"""The pipeline from the catalog to the files of dist/, in four stages.

1. `load_source` reads the playbooks, runbooks and Lambda code that were asked for.
2. `build_documents` makes the SSM documents, pure.
3. `build_stacks` makes the root and nested templates, pure.
4. `build_files` renders all of it as bytes, pure; `dist.write_dist` alone writes.

Each stage sees only what the one before made. All problems of the input are gathered before anything is written.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from troposphere import Template

from asr_templates.checks import problems as check_catalog
from asr_templates.dist import (
    MANIFEST,
    Files,
    content_addressed,
    document_text,
    json_text,
    manifest,
    template_text,
    zipped,
)
from asr_templates.documents.controls_json import controls_json
from asr_templates.loading import load, package_folder
from asr_templates.model import Control, Document, Problem, Runbook
from asr_templates.names import Names
from asr_templates.page import launch_page
from asr_templates.playbook import Playbook, numerically
from asr_templates.solution import DEFAULT_PREFIX, VERSION
from asr_templates.stacks.admin import admin_root
from asr_templates.stacks.limits import check_limits
from asr_templates.stacks.member import member_root
from asr_templates.stacks.member_roles import member_roles_root
from asr_templates.stacks.nesting import Assets, Stack
from asr_templates.stacks.orchestrator import orchestrator_template
from asr_templates.supported_controls import page_content, supported_controls

CODE = "orchestrator"
LAMBDAS = "asr_templates.lambdas"
TEMPLATE_VERSION = "2010-09-09"


class BuildError(Exception):
    """The input has problems, so nothing is built; `problems` says where and what to do."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class Options:
    """What to build. No keys: all playbooks; no globs: all their controls."""

    keys: Sequence[str] = ()
    globs: Sequence[str] = ()
    playbook_folders: Sequence[Path] = ()
    runbook_folders: Sequence[Path] = ()
    assets: Assets = field(default_factory=Assets)
    prefix: str = DEFAULT_PREFIX
    version: str = VERSION
    pretty: bool = False


@dataclass(frozen=True)
class Source:
    """What is built from: stage 1's result."""

    names: Names
    playbooks: Sequence[Playbook]
    lambdas: Mapping[str, bytes]

    @property
    def runbooks(self) -> dict[str, Runbook]:
        """Name -> runbook that any of the playbooks needs."""
        return {name: runbook for playbook in self.playbooks for name, runbook in playbook.runbooks.items()}

    @property
    def controls(self) -> list[Control]:
        """The controls of all playbooks, each once, in the order of their numbers."""
        unique = {control.id: control for playbook in self.playbooks for control in playbook.controls}
        return [unique[control_id] for control_id in sorted(unique, key=numerically)]


@dataclass(frozen=True)
class Result:
    """Everything that was built; `files` is the content of dist/, with the texts of `templates` in it."""

    source: Source
    documents: Mapping[str, Document]
    stacks: Sequence[Stack]
    templates: Mapping[str, str]
    files: Files


def build(options: Options) -> Result:
    """Return what is to be written; raises LoadError or BuildError with all problems of the input."""
    source = load_source(options)
    documents = build_documents(source)
    code_name, code = build_code(source)
    stacks = build_stacks(source, options.assets, code_name)
    return build_files(options, source, documents, stacks, {f"lambda/{code_name}": code})


def load_source(options: Options) -> Source:
    """Stage 1: read and check the catalog; raises LoadError or BuildError."""
    catalog = load(options.playbook_folders, options.runbook_folders)
    names = Names(options.prefix)
    playbooks = catalog.select(list(dict.fromkeys(options.keys)), options.globs, names)
    if not playbooks:
        hint = "give other playbooks, or other controls"
        raise BuildError([Problem("--control", "none of these controls is in the chosen playbooks", hint)])
    source = Source(names, playbooks, load_lambdas())
    if options.keys or options.globs:
        problems = check_catalog(playbooks, source.runbooks, names)
    else:
        problems = check_catalog(playbooks, catalog.runbooks, names, catalog.controls)
    if problems:
        raise BuildError(problems)
    return source


def load_lambdas() -> dict[str, bytes]:
    """Return the code of the orchestrator's functions: path in the zip -> content."""
    folder = package_folder(LAMBDAS)
    return {
        f"{folder.name}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in sorted(folder.rglob("*.py"))
    }


def build_documents(source: Source) -> dict[str, Document]:
    """Stage 2: return name -> SSM document of all playbooks; raises BuildError where two differ under one name."""
    documents: dict[str, Document] = {}
    problems = []
    for playbook in source.playbooks:
        for name, document in {**playbook.control_documents(), **playbook.remediation_documents()}.items():
            if documents.setdefault(name, document) != document:
                hint = "give the playbook another short name or version"
                problems.append(Problem(f"playbook {playbook.key}", f"document {name} is another playbook's too", hint))
    if problems:
        raise BuildError(problems)
    return dict(sorted(documents.items()))


def build_code(source: Source) -> tuple[str, bytes]:
    """Return the name and content of the zip of the orchestrator's functions, with what they know of the controls."""
    controls = json.dumps(controls_json(source.playbooks), separators=(",", ":")).encode()
    content = zipped({**source.lambdas, "lambdas/controls.json": controls})
    return content_addressed(CODE, content), content


def build_stacks(source: Source, assets: Assets, code: str) -> list[Stack]:
    """Stage 3: return the three root stacks with those nested in them; `code` is the name of the zip file."""
    keys = [playbook.key for playbook in source.playbooks]
    orchestrator = orchestrator_template(source.names, {CODE: code}, keys)
    return [
        admin_root(source.playbooks, orchestrator, assets),
        member_roles_root(source.names, source.controls, source.runbooks, assets),
        member_root(source.names, source.playbooks, source.runbooks, assets),
    ]


def stamp_version(template: Template, version: str) -> Template:
    """Return the template with the format's version and, in its description, the release."""
    template.set_version(TEMPLATE_VERSION)
    template.set_description(f"{template.description} (version {version})")
    return template


def build_files(
    options: Options, source: Source, documents: Mapping[str, Document], stacks: Sequence[Stack], code: Files
) -> Result:
    """Stage 4, the pure part: return all as bytes; raises BuildError where a limit of AWS is exceeded."""
    named = {f"templates/{stack.name}.template": stack.template for stack in stacks}
    named |= {f"templates/nested/{item.name}.template": item.template for stack in stacks for item in stack.nested}
    templates = {
        path: template_text(stamp_version(template, options.version), options.pretty)
        for path, template in named.items()
    }
    if problems := list(check_limits(templates)):
        raise BuildError(problems)
    page = page_content(source.playbooks, documents, stacks, options.assets, options.version)
    texts = {
        **templates,
        **{f"documents/{name}.yaml": document_text(document) for name, document in documents.items()},
        "supported-controls.json": json_text(supported_controls(source.playbooks)),
        "index.html": launch_page(page),
    }
    files = {**{path: text.encode() for path, text in texts.items()}, **code}
    files[MANIFEST] = manifest(options.version, files)
    return Result(source, documents, stacks, templates, files)
