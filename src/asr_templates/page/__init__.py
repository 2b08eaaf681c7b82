"""The launch page, dist/index.html: one file that works from a folder, without network."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import resources

from jinja2 import Environment, StrictUndefined, Template

from asr_templates.launch import PARTITIONS, STACK_NAMES, regions, stack_name
from asr_templates.stacks.nesting import ROOTS, Assets
from asr_templates.stacks.parameters import UNOWNED_BUCKET

STEP_PRICE = 0.002
"""US dollars per step of an automation (Systems Manager pricing, 2026); scripts also cost 0.00003 dollars a second."""

WHERE = {
    ROOTS[0]: "Once, in the administrator's account, in the region that aggregates the findings.",
    ROOTS[1]: "Once per account, the administrator's too, in any one region.",
    ROOTS[2]: "In each account and region whose findings are to be remediated.",
}


@dataclass(frozen=True)
class PageControl:
    """A row of the page's table: a security control with its ids in the playbooks ({playbook key: id})."""

    id: str
    ids: Mapping[str, str]
    remediation: str
    resource_type: str
    scope: str
    risk: str
    undo: str


@dataclass(frozen=True)
class PageContent:
    """What the page shows. parameters: root template -> the names of its parameters."""

    prefix: str
    version: str
    assets: Assets
    playbooks: Mapping[str, str]
    parameters: Mapping[str, Sequence[str]]
    controls: Sequence[PageControl]
    steps: tuple[int, int]


def launch_page(content: PageContent) -> str:
    """Return the page as HTML with its style, script and data inside."""
    least, most = content.steps
    return page_template("index.html.j2").render(
        content=content,
        bucket="" if content.assets.bucket == UNOWNED_BUCKET else content.assets.bucket,
        roots=[{"file": root, "name": stack_name(content.prefix, root), "where": WHERE[root]} for root in STACK_NAMES],
        style=page_file("page.css"),
        script=page_file("page.js"),
        data=embedded_json(page_data(content)),
        cost=(round(least * STEP_PRICE * 1000), round(most * STEP_PRICE * 1000)),
    )


def page_data(content: PageContent) -> dict[str, object]:
    """Return what the page's script needs to make links."""
    return {
        "roots": [
            {"file": root, "name": stack_name(content.prefix, root), "parameters": list(content.parameters[root])}
            for root in ROOTS
        ],
        "partitions": {
            partition.name: {**asdict(partition), "regions": regions()[partition.name]} for partition in PARTITIONS
        },
        "playbooks": list(content.playbooks),
    }


def embedded_json(data: object) -> str:
    """Return JSON that may stand in a script element of HTML: no `<` can end the element."""
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")


def page_file(name: str) -> str:
    """Return a file of this package."""
    return resources.files(__name__).joinpath(name).read_text("utf-8")


def page_template(name: str) -> Template:
    """Return a Jinja template of this package: what it shows is escaped, an unknown name is an error."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(page_file(name))
