"""Function Ingest: an event of Security Hub -> one execution of the state machine for each of its findings.

A custom action carries the findings that a person chose, an import carries one that Security Hub made or changed.
(Security Hub user guide, "EventBridge event formats".) A finding that cannot be worked on gets an execution too, with
the problem in its input, so that its end is recorded; an event that cannot be read ends in the dead-letter queue.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from .batches import each_message
from .configuration import is_automatic
from .controls import Controls, packaged_controls
from .execution import Mode, Trigger, execution_name, start
from .finding import identity, problem, project
from .outcomes import Decided
from .runtime import JSON, Client, Table, client, log, setting, table

CUSTOM_ACTION = "Security Hub Findings - Custom Action"
IMPORTED = "Security Hub Findings - Imported"
OWN_PRODUCT = "::product/aws/securityhub"
NOT_COMPLIANT = frozenset({"FAILED", "WARNING"})


class UnreadableEventError(ValueError):
    """The event is none that the rules of the admin stack pass on."""


@dataclass(frozen=True)
class Ingest:
    """Starts executions. `modes`: id of a custom action -> what its executions do."""

    states: Client
    state_machine_arn: str
    configuration: Table
    controls: Controls
    account: str
    modes: Mapping[str, Mode]

    def event(self, event: JSON) -> None:
        """Start what an event asks for. Raises UnreadableEventError for one that should not have come."""
        if event.get("source") != "aws.securityhub" or event.get("account") != self.account:
            raise UnreadableEventError(f"an event of {event.get('source')} in account {event.get('account')}")
        findings = event["detail"]["findings"]
        if not isinstance(findings, list):
            raise UnreadableEventError("detail.findings is not a list")
        if event["detail-type"] == CUSTOM_ACTION:
            mode = self._mode(event)
            for finding in findings:
                self._start(mode, "custom action", event["id"], finding)
        elif event["detail-type"] == IMPORTED:
            for finding in findings:
                self._imported(finding, event["id"])
        else:
            raise UnreadableEventError(f"an event of the type {event['detail-type']}")

    def _mode(self, event: JSON) -> Mode:
        action = str(event["resources"][0]).rsplit("/", 1)[-1]
        if action not in self.modes:
            raise UnreadableEventError(f"a custom action that is not ours: {action}")
        return self.modes[action]

    def _imported(self, finding: object, event_id: str) -> None:
        """Start an execution for an imported finding if its control is remediated automatically; else do nothing."""
        if not isinstance(finding, dict) or not is_open(finding):
            return
        try:
            row = self.controls.resolve(project(finding))
        except Decided:
            return
        if is_automatic(self.configuration, row.playbook, row.control):
            self._start("Apply", "import", project(finding).get("UpdatedAt", event_id), finding)

    def _start(self, mode: Mode, trigger: Trigger, cause: str, finding: object) -> None:
        trouble = problem(finding)
        projection = identity(finding) if trouble else project(finding)
        content: JSON = {"Mode": mode, "Trigger": trigger, "Cause": cause, "Finding": projection}
        if trouble:
            content["Problem"] = trouble
        # A finding without an Id is told apart by all of it.
        finding_id = project(finding).get("Id") or json.dumps(finding, sort_keys=True)
        name = execution_name(mode, finding_id, cause)
        is_new = start(self.states, self.state_machine_arn, name, content)
        log("started" if is_new else "already started", execution=name, mode=mode, trigger=trigger)


def is_open(finding: JSON) -> bool:
    """Return whether Security Hub itself found that a control fails, and nobody has looked at it yet.

    The import rules say the same; this is said twice because it starts remediations that nobody has asked for.
    """
    compliance, workflow = finding.get("Compliance"), finding.get("Workflow")
    return (
        str(finding.get("ProductArn", "")).endswith(OWN_PRODUCT)
        and isinstance(compliance, dict)
        and compliance.get("Status") in NOT_COMPLIANT
        and isinstance(workflow, dict)
        and workflow.get("Status") == "NEW"
        and finding.get("RecordState") == "ACTIVE"
    )


def handler(event: JSON, context: object) -> JSON:
    """Work on a batch of the ingest queue."""
    ingest = Ingest(
        client("stepfunctions"),
        setting("STATE_MACHINE_ARN"),
        table("CONFIGURATION_TABLE"),
        packaged_controls(),
        setting("ACCOUNT"),
        {setting("REMEDIATE_ACTION"): "Apply", setting("PREVIEW_ACTION"): "Preview"},
    )
    return each_message(event, ingest.event)
