"""Which control a finding is about, and which document remediates it: generated rows in controls.json.

    {"playbooks": {<key>: {"standard": ..., "version": ..., "controls": {<control id in the standard>:
        {"security_controls": [...], "document": ..., "pattern": ...}}}}}

The finding's Id says it in both shapes (consolidated and per standard); GeneratorId only helps to name the control of a
finding whose Id is unusable. (Security Hub user guide, "ASFF changes from consolidation".)
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .outcomes import Decided, Outcome
from .runtime import JSON

CONSOLIDATED = "security-control"
HUB = r"arn:[^:]+:securityhub:[^:]*:[^:]*"
FORMS = (
    ("Id", re.compile(rf"{HUB}:(?P<standard>{CONSOLIDATED})/(?P<control>[^/]+)/finding/.*", re.DOTALL)),
    (
        "Id",
        re.compile(
            rf"{HUB}:subscription/(?P<standard>[^/]+)/v/(?P<version>[^/]+)/(?P<control>[^/]+)/finding/.*", re.DOTALL
        ),
    ),
    ("GeneratorId", re.compile(rf"(?P<standard>{CONSOLIDATED})/(?P<control>[^/]+)")),
    # Of CIS 1.2.0 the GeneratorId is an ARN: arn:aws:securityhub:::ruleset/<standard>/v/1.2.0/rule/4.3
    (
        "GeneratorId",
        re.compile(
            r"(?:arn:[^:]+:securityhub:::ruleset/)?(?P<standard>[^/:]+)/v/(?P<version>[^/]+)/(?:rule/)?(?P<control>[^/]+)"
        ),
    ),
)


@dataclass(frozen=True)
class Row:
    """A control in a standard.

    playbook: the playbook's key. control: the control's id in the standard. security_controls: the security controls
    behind it, most often one. document: the control runbook. pattern: matches a whole Resources[0].Id.
    """

    playbook: str
    control: str
    security_controls: tuple[str, ...]
    document: str
    pattern: str

    def captured(self, resource_id: str) -> str:
        """Return the id that the control's pattern takes out of Resources[0].Id; empty where it does not match."""
        match = re.fullmatch(self.pattern, resource_id, re.ASCII)
        if match is None:
            return ""
        return str(match[1] if match.re.groups else match[0])


class Controls:
    """The rows of all playbooks."""

    def __init__(self, content: JSON) -> None:
        self._playbooks: dict[str, JSON] = content["playbooks"]

    def resolve(self, projection: JSON) -> Row:
        """Return the row of a finding. Raises Decided NO_RUNBOOK with the nearest reason where there is none."""
        for field, form in FORMS:
            match = form.fullmatch(projection.get(field, ""))
            if match:
                parts = match.groupdict()
                return self._row(parts["standard"], parts.get("version"), parts["control"], projection)
        raise Decided(Outcome.NO_RUNBOOK, "neither Id nor GeneratorId of the finding names a Security Hub control")

    def _row(self, standard: str, version: str | None, control: str, projection: JSON) -> Row:
        title = standard if version is None else f"{standard} {version}"
        found = [
            (key, playbook)
            for key, playbook in self._playbooks.items()
            if playbook["standard"] == standard and version in (None, playbook["version"])
        ]
        if not found:
            raise Decided(Outcome.NO_RUNBOOK, f"no playbook is installed for the standard {title} ({control})")
        key, playbook = found[0]
        row = playbook["controls"].get(control)
        if row is None:
            raise Decided(Outcome.NO_RUNBOOK, f"the playbook {key} ({title}) has no runbook for {control}")
        named = projection.get("Compliance", {}).get("SecurityControlId")
        behind = [named] if named in row["security_controls"] else row["security_controls"]
        return Row(key, control, tuple(behind), row["document"], row["pattern"])


@cache
def packaged_controls() -> Controls:
    """Return the rows of the controls.json beside this module."""
    return Controls(json.loads(Path(__file__).with_name("controls.json").read_text("utf-8")))
