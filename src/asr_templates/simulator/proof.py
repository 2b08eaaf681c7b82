"""Proves a control from finding to fixed resource: what must hold for every remediation, stated once.

Broken, previewed, remediated, fixed, again, undone, drifted, and refused without any one of the permissions it used.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from asr_templates.aws_reference.operations import iam_actions
from asr_templates.model import Control
from asr_templates.names import Names
from asr_templates.playbook import Playbook
from asr_templates.simulator.cloud import Cloud
from asr_templates.simulator.findings import Finding, finding
from asr_templates.simulator.runs import Run
from asr_templates.simulator.scenarios import Place, Scenario, scenarios
from asr_templates.solution import DEFAULT_NAMESPACE


class ProofFailedError(AssertionError):
    """What was to be proven does not hold."""


def must(equal: object, found: object, sentence: str) -> None:
    """Raise ProofFailedError unless the two are equal."""
    if equal != found:
        raise ProofFailedError(f"{sentence}: expected {equal!r}, found {found!r}")


@dataclass(frozen=True)
class Proof:
    """One control of one standard, proven in one place; `variant`: broken in another way than in its first scenario."""

    cloud: Cloud
    playbook: Playbook
    control: Control
    account: str
    region: str
    variant: Scenario | None = None

    @property
    def place(self) -> Place:
        """Return the account and region with clients of full rights."""
        return Place(self.cloud, self.account, self.region)

    @property
    def scenario(self) -> Scenario:
        """Return how the control's resource is broken."""
        return self.variant or scenarios()[self.control.id]

    @property
    def role(self) -> str:
        """Return the name of the remediation's role."""
        return Names().remediation_role(self.control.runbook, DEFAULT_NAMESPACE)

    def finding_of(self, resource: str) -> Finding:
        """Return the finding of a resource that the scenario has broken."""
        parameters = self.scenario.parameters
        return finding(self.playbook, self.control, self.account, self.region, resource, parameters)

    def everything(self) -> Run:
        """Prove all of it; return the first remediation."""
        resource = self.scenario.broken(self.place)
        given = self.finding_of(resource)
        before = self.scenario.described(self.place, resource)
        preview = self.preview_touches_nothing(given, resource, before)
        run = self.remediation_fixes(given, resource)
        must(operations(preview), operations(run), "what is previewed is what is done")
        self.second_run_changes_nothing(given)
        if self.irreversible(run):
            self.undo_is_refused_with_its_reason(run, resource)
        else:
            self.undo_restores(run, resource, before)
            self.undo_after_drift_is_refused(given, resource)
        self.every_permission_was_needed(run)
        return run

    def preview_touches_nothing(self, given: Finding, resource: str, before: Any) -> Run:
        """A preview lists the changes, makes none and leaves the finding open."""
        run = self.cloud.remediate(given, mode="Preview")
        must("PREVIEW", run.status, f"preview of {self.control.id} ({run.message})")
        must(True, bool(run.changes), "a preview lists the changes")
        must(before, self.scenario.described(self.place, resource), "a preview touches nothing")
        must("NEW", run.workflow_status, "a preview leaves the finding open")
        return run

    def remediation_fixes(self, given: Finding, resource: str) -> Run:
        """The resource is fixed, the finding has the row's status, somebody was told, nothing was denied."""
        run = self.cloud.remediate(given)
        must("SUCCESS", run.status, f"remediation of {self.control.id} ({run.message})")
        must(True, self.scenario.fixed(self.place, resource), "the resource is fixed")
        must(self.control.workflow, run.workflow_status, "the finding's workflow status")
        must(["SUCCESS"], [message["Outcome"] for message in run.notifications], "one notification")
        must([], [call for call in run.calls if not call.allowed], "the roles' policies were sufficient")
        return run

    def second_run_changes_nothing(self, given: Finding) -> None:
        """A second remediation finds nothing to do."""
        run = self.cloud.remediate(given)
        must(("NO_CHANGE", []), (run.status, run.changes), "a second remediation")

    def undo_restores(self, run: Run, resource: str, before: Any) -> None:
        """Undo restores the former state and opens the finding again."""
        undone = self.cloud.undo(run)
        must("UNDONE", undone.status, f"undo of {self.control.id} ({undone.message})")
        must(before, self.scenario.described(self.place, resource), "undo restores the former state")
        must("NEW", undone.workflow_status, "undo opens the finding again")

    def irreversible(self, run: Run) -> list[str]:
        """Return why changes of a run have no way back; nothing: it can be undone."""
        return [change["undo"] for change in run.changes if isinstance(change["undo"], str)]

    def undo_is_refused_with_its_reason(self, run: Run, resource: str) -> None:
        """A change without a way back is not undone, and the operator is told why."""
        refused = self.cloud.undo(run)
        must("REFUSED", refused.status, f"undo of {self.control.id} ({refused.message})")
        must(True, self.irreversible(run)[0] in refused.message, f"{refused.message!r} gives the reason")
        must(True, self.scenario.fixed(self.place, resource), "a refused undo touches nothing")

    def undo_after_drift_is_refused(self, given: Finding, resource: str) -> None:
        """Undo does not touch what someone has changed since."""
        run = self.cloud.remediate(given)
        must("SUCCESS", run.status, f"remediation after undo ({run.message})")
        self.scenario.drifted(self.place, resource)
        drifted = self.scenario.described(self.place, resource)
        refused = self.cloud.undo(run)
        must("REFUSED", refused.status, f"undo after drift ({refused.message})")
        must(drifted, self.scenario.described(self.place, resource), "a refused undo touches nothing")

    def every_permission_was_needed(self, run: Run) -> None:
        """Without any one of the change actions that the run called, the remediation fails and names it."""
        for action in sorted(changed_actions(run)):
            resource = self.scenario.broken(self.place)
            given = self.finding_of(resource)
            with self.without(action):
                failed = self.cloud.remediate(given)
            must("REMEDIATION_FAILED", failed.status, f"remediation without {action} ({failed.message})")
            must(True, action.lower() in failed.message.lower(), f"{failed.message!r} names {action}")
            must("NEW", failed.workflow_status, "the finding of a failed remediation stays open")
            must(True, len(failed.changes) < len(run.changes), "only the changes made so far are recorded")

    @contextmanager
    def without(self, action: str) -> Iterator[None]:
        """Take one action from the remediation's role for a while."""
        iam = self.place.client("iam")
        names = iam.list_role_policies(RoleName=self.role)["PolicyNames"]
        stored = {name: iam.get_role_policy(RoleName=self.role, PolicyName=name)["PolicyDocument"] for name in names}
        documents = {name: document_of(document) for name, document in stored.items()}
        for name, document in documents.items():
            iam.put_role_policy(RoleName=self.role, PolicyName=name, PolicyDocument=json.dumps(less(document, action)))
        try:
            yield
        finally:
            for name, document in documents.items():
                iam.put_role_policy(RoleName=self.role, PolicyName=name, PolicyDocument=json.dumps(document))


def operations(run: Run) -> list[str]:
    """Return what a run changed (or would change), in order."""
    return [f"{change['service']}:{change['operation']}" for change in run.changes]


def changed_actions(run: Run) -> set[str]:
    """Return the IAM actions of a run's changes."""
    found = [iam_actions(change["service"], change["operation"], change["parameters"]) for change in run.changes]
    return {action for actions in found for action in actions}


def document_of(document: Mapping[str, Any] | str) -> Mapping[str, Any]:
    """Return a policy document, which IAM may give as URL-encoded JSON."""
    return json.loads(unquote(document)) if isinstance(document, str) else document


def less(document: Mapping[str, Any], action: str) -> dict[str, Any]:
    """Return a policy document without an action; one that is left with none allows nothing."""
    statements = []
    for statement in document["Statement"]:
        actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        kept = [each for each in actions if each.lower() != action.lower()]
        statements.append({**statement, "Action": kept or ["none:None"]})
    return {**document, "Statement": statements}
