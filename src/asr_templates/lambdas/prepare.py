"""Function Prepare: decides, touching nothing, whether and where a remediation is to run.

Takes {"Execution": ARN, "Input": the execution's input} and returns {"Target": {Account, Region, Resource, Playbook,
Control, SecurityControl, Document}, "Outcome", "Message"}; Outcome is null unless the end is already known.
"""

import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from botocore.exceptions import ClientError, EndpointConnectionError

from .accounts import Members, Unreachable, own_members, unreachable
from .configuration import require_not_exempt
from .controls import Controls, Row, packaged_controls
from .finding import place, require_agreement
from .outcomes import Decided, Outcome
from .runtime import (
    JSON,
    THROTTLING,
    Client,
    Table,
    ThrottledError,
    client,
    error_code,
    error_text,
    log,
    setting,
    table,
)

LOAD = "LOAD_"
"""Environment variables LOAD_<playbook key> say yes or no."""


@dataclass(frozen=True)
class Surroundings:
    """What the decision depends on besides the execution's input."""

    partition: str
    controls: Controls
    enabled_playbooks: Collection[str]
    configuration: Table
    hub: Client
    members: Members


def prepare(run: JSON, surroundings: Surroundings, now: datetime) -> JSON:
    """Return the target, and the outcome where it is already known. The checks are in the order of the outcomes."""
    projection = run["Finding"]
    target = place(projection)
    try:
        require_workable(run)
        row = surroundings.controls.resolve(projection)
        target |= {
            "Playbook": row.playbook,
            "Control": row.control,
            "SecurityControl": row.security_controls[0],
            "Document": row.document,
        }
        require_enabled(row, surroundings.enabled_playbooks)
        require_agreement(projection, surroundings.partition)
        require_new(run, surroundings.hub)
        if run["Mode"] == "Apply":
            automatic = run["Trigger"] == "import"
            require_not_exempt(surroundings.configuration, row, target["Resource"], automatic, now)
        require_active(surroundings.members, target)
    except Decided as decided:
        return {"Target": target, "Outcome": decided.outcome, "Message": decided.message}
    return {"Target": target, "Outcome": None, "Message": ""}


def require_workable(run: JSON) -> None:
    """Check what the functions that started the execution have found out."""
    if run.get("Refused"):
        raise Decided(Outcome.REFUSED, run["Refused"])
    if run.get("Problem"):
        raise Decided(Outcome.INVALID_FINDING, run["Problem"])


def require_enabled(row: Row, enabled_playbooks: Collection[str]) -> None:
    """Check that the admin stack loads the playbook."""
    if row.playbook not in enabled_playbooks:
        raise Decided(
            Outcome.PLAYBOOK_NOT_ENABLED,
            f"the playbook {row.playbook} is not enabled: set Load{row.playbook} of the admin stack to yes",
        )


def require_new(run: JSON, hub: Client) -> None:
    """Check that nobody has dealt with the finding: a custom action's own word, for an import that of Security Hub."""
    projection = run["Finding"]
    if run["Trigger"] == "custom action" and projection.get("Workflow", {}).get("Status") == "SUPPRESSED":
        raise Decided(Outcome.NOT_NEW, "the finding is SUPPRESSED")
    if run["Trigger"] != "import":
        return
    wanted = {name: [{"Value": projection[name], "Comparison": "EQUALS"}] for name in ("Id", "ProductArn")}
    try:
        found = hub.get_findings(Filters=wanted)["Findings"]
    except ClientError as error:
        if error_code(error) in THROTTLING:
            raise ThrottledError(error_text(error)) from error
        raise
    status = found[0].get("Workflow", {}).get("Status") if found else None
    if status != "NEW":
        now = f"is {status} now" if status else "is not in Security Hub any more"
        raise Decided(Outcome.NOT_NEW, f"the finding {now}")


def require_active(members: Members, target: JSON) -> None:
    """Check that the control runbook is in the resource's account and region, and active."""
    account, region, document = target["Account"], target["Region"], target["Document"]
    try:
        ssm = members.client("ssm", account, region)
        status = ssm.describe_document(Name=document)["Document"].get("Status", "Active")
    except Unreachable as reason:
        raise Decided(Outcome.ASSUME_ROLE_FAILURE, str(reason)) from reason
    except (ClientError, EndpointConnectionError) as error:
        raise described_otherwise(error, account, region, document) from error
    if status != "Active":
        raise Decided(
            Outcome.RUNBOOK_NOT_ACTIVE, f"{document} in account {account} and region {region} is {status}, not Active"
        )


def described_otherwise(
    error: ClientError | EndpointConnectionError, account: str, region: str, document: str
) -> Exception:
    """Return what to raise for an error of DescribeDocument."""
    reason = unreachable(error, account, region)
    if reason:
        return Decided(Outcome.ASSUME_ROLE_FAILURE, str(reason))
    if isinstance(error, ClientError) and error_code(error) == "InvalidDocument":
        return Decided(
            Outcome.NO_RUNBOOK,
            f"there is no {document} in account {account} and region {region}: launch the member stack there, "
            "with the control switched on",
        )
    if isinstance(error, ClientError) and error_code(error) in THROTTLING:
        return ThrottledError(error_text(error))
    return error


def enabled_playbooks() -> frozenset[str]:
    """Return the keys of the playbooks that the admin stack loads."""
    answers = {name.removeprefix(LOAD): answer for name, answer in os.environ.items() if name.startswith(LOAD)}
    return frozenset(key for key, answer in answers.items() if answer == "yes")


def handler(event: JSON, context: object) -> JSON:
    """Decide about one execution."""
    surroundings = Surroundings(
        setting("PARTITION"),
        packaged_controls(),
        enabled_playbooks(),
        table("CONFIGURATION_TABLE"),
        client("securityhub"),
        own_members(),
    )
    decision = prepare(event["Input"], surroundings, datetime.now(UTC))
    log("prepared", execution=event["Execution"], outcome=decision["Outcome"])
    return decision
