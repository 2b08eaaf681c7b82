"""Automations of control runbooks: how one is started, and what its end means."""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from botocore.exceptions import ClientError

from .outcomes import Outcome
from .runtime import JSON, THROTTLING, Client, error_code

MESSAGE_CHARACTERS = 1_000

Kind: TypeAlias = Literal["running", "succeeded", "failed", "timed out", "stopped"]

KINDS: Mapping[str, Kind] = {
    "Pending": "running",
    "InProgress": "running",
    "Waiting": "running",
    "Cancelling": "running",
    "PendingApproval": "running",
    "Approved": "running",
    "Scheduled": "running",
    "RunbookInProgress": "running",
    "PendingChangeCalendarOverride": "running",
    "ChangeCalendarOverrideApproved": "running",
    "Success": "succeeded",
    "CompletedWithSuccess": "succeeded",
    "Failed": "failed",
    "CompletedWithFailure": "failed",
    "TimedOut": "timed out",
    "Cancelled": "stopped",
    "Rejected": "stopped",
    "ChangeCalendarOverrideRejected": "stopped",
    "Exited": "stopped",
}
"""Every AutomationExecutionStatus of Systems Manager (API reference, AutomationExecution)."""

OUTCOMES: Mapping[str, Outcome] = {
    "Success": Outcome.SUCCESS,
    "NoChange": Outcome.NO_CHANGE,
    "Preview": Outcome.PREVIEW,
    "Undone": Outcome.UNDONE,
    "Refused": Outcome.REFUSED,
}
"""Status in the output of a remediation runbook -> outcome; any other is REMEDIATION_FAILED."""

START_FAILURES: Mapping[str, Outcome] = {
    "AutomationDefinitionNotFoundException": Outcome.NO_RUNBOOK,
    "AutomationDefinitionVersionNotFoundException": Outcome.NO_RUNBOOK,
    "InvalidAutomationExecutionParametersException": Outcome.REMEDIATION_FAILED,
    "IdempotentParameterMismatch": Outcome.ORCHESTRATOR_ERROR,
}
"""Errors of StartAutomationExecution that will not go away -> outcome; others are tried again by the poll."""

AGAIN = THROTTLING | {"AutomationExecutionLimitExceededException", "InternalServerError", "ServiceUnavailable"}

PARSE, REMEDIATION, OUTPUT_STEPS = "ParseInput", "Remediation", ("Verify", "Combine", "Remediation")
SWITCHED_OFF = "switched off"


@dataclass(frozen=True)
class Ended:
    """The end of a run: `output` is that of the remediation runbook, None where there is none."""

    outcome: Outcome
    message: str
    output: JSON | None = None

    def content(self, automation: JSON | None) -> JSON:
        """Return the end as the execution takes it."""
        return {"Outcome": self.outcome, "Message": self.message, "Output": self.output, "Automation": automation}


def start_automation(ssm: Client, content: JSON, role_arn: str, execution: str) -> str:
    """Start the control runbook and return the automation's id; the same execution never starts two.

    `content` is that of a run (schedule.py). Parameters are texts: a StringMap is its JSON (Systems Manager,
    StartAutomationExecution). ClientToken must be a UUID.
    """
    parameters = {
        "Finding": [json.dumps(content["Finding"])],
        "AutomationAssumeRole": [role_arn],
        "Mode": [content["Mode"]],
    }
    if content.get("Record"):
        parameters["Record"] = [content["Record"]]
    answer = ssm.start_automation_execution(
        DocumentName=content["Target"]["Document"],
        Parameters=parameters,
        ClientToken=str(uuid.uuid5(uuid.NAMESPACE_URL, execution)),
    )
    return str(answer["AutomationExecutionId"])


def read_automation(ssm: Client, automation: str) -> JSON:
    """Return an automation as Systems Manager describes it, with its outputs and steps."""
    described: JSON = ssm.get_automation_execution(AutomationExecutionId=automation)["AutomationExecution"]
    return described


def kind(automation: JSON) -> Kind | None:
    """Return what the status of an automation means; None: a status that is not known here."""
    return KINDS.get(automation["AutomationExecutionStatus"])


def classify(automation: JSON, child: Callable[[str], JSON]) -> Ended:
    """Return what the end of a control runbook's automation means. `child` reads another automation by its id."""
    what = kind(automation)
    if what == "succeeded":
        return succeeded(parsed(outputs(automation, REMEDIATION)))
    failed_step, reason = failure(automation)
    if what == "failed" and failed_step == PARSE:
        outcome = Outcome.NO_RUNBOOK if SWITCHED_OFF in reason else Outcome.INVALID_FINDING
        return Ended(outcome, reason)
    output = remediation_output(automation, child)
    if what == "timed out" or (output and output.get("TimedOut") is True):
        return Ended(Outcome.TIMED_OUT, failed_message(reason, output), output)
    if what == "stopped":
        status = automation["AutomationExecutionStatus"]
        return Ended(Outcome.REMEDIATION_FAILED, f"the automation was stopped: {status}. {reason}".strip(), output)
    return Ended(Outcome.REMEDIATION_FAILED, failed_message(reason, output), output)


def succeeded(output: JSON | None) -> Ended:
    """Return the end of a control runbook that succeeded: what the remediation itself says."""
    outcome = OUTCOMES.get(str(output.get("Status"))) if output else None
    if output is None or outcome is None:
        said = "no output that can be read" if output is None else f"the unknown status {output.get('Status')!r}"
        return Ended(Outcome.REMEDIATION_FAILED, f"the remediation runbook left {said}", output)
    return Ended(outcome, str(output.get("Message", "")), output)


def failed_message(reason: str, output: JSON | None) -> str:
    """Return why a remediation failed: its own words, unless it was a later step that failed."""
    if output is None:
        return reason or "the automation says no reason"
    own = str(output.get("Message", ""))
    if output.get("Status") in OUTCOMES:
        return f"{reason} (the remediation itself: {output['Status']}, {own})"
    return own or reason


def failure(automation: JSON) -> tuple[str, str]:
    """Return the name of the step that failed and its reason; the automation's own where no step says one."""
    for step in automation.get("StepExecutions", []):
        if step.get("StepStatus") in ("Failed", "TimedOut", "Cancelled"):
            text = step.get("FailureMessage") or automation.get("FailureMessage") or ""
            return step["StepName"], f"{step['StepName']}: {text}"[:MESSAGE_CHARACTERS]
    return "", str(automation.get("FailureMessage", ""))[:MESSAGE_CHARACTERS]


def remediation_output(automation: JSON, child: Callable[[str], JSON]) -> JSON | None:
    """Return the output of the remediation runbook, from the automation or else from its child; None if it has none."""
    output = parsed(outputs(automation, REMEDIATION))
    if output is not None:
        return output
    steps = [step for step in automation.get("StepExecutions", []) if step["StepName"] == REMEDIATION]
    identifiers = steps[0].get("Outputs", {}).get("ExecutionId") if steps else None
    return child_output(child, identifiers[0]) if identifiers else None


def child_output(child: Callable[[str], JSON], identifier: str) -> JSON | None:
    """Return the output of a child automation by its id, whether it succeeded or not; None if it has none."""
    try:
        described = child(identifier)
    except ClientError as error:
        if error_code(error) in AGAIN:
            raise
        return None
    found = (output for step in OUTPUT_STEPS if (output := parsed(outputs(described, step))) is not None)
    return next(found, None)


def outputs(automation: JSON, step: str) -> object:
    """Return the output named `<step>.Output` of an automation, else that of the step itself."""
    whole = automation.get("Outputs", {}).get(f"{step}.Output")
    if whole:
        return whole
    for described in automation.get("StepExecutions", []):
        if described["StepName"] == step:
            return described.get("Outputs", {}).get("Output")
    return None


def parsed(value: object) -> JSON | None:
    """Return an output as an object: given as one, as its JSON text, or as one of a list; else None.

    Steps of a document that did not run leave a text without JSON in the list.
    """
    if isinstance(value, list):
        return next((output for item in value if (output := parsed(item)) is not None), None)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return None
        return parsed(value) if isinstance(value, list | dict) else None
    return value if isinstance(value, dict) else None
