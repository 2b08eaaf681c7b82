"""How an execution ends: exactly one outcome each, and what follows from it."""

from enum import StrEnum


class Outcome(StrEnum):
    """The fifteen ends of an execution."""

    SUCCESS = "SUCCESS"
    NO_CHANGE = "NO_CHANGE"
    PREVIEW = "PREVIEW"
    UNDONE = "UNDONE"
    REFUSED = "REFUSED"
    EXEMPT = "EXEMPT"
    NOT_NEW = "NOT_NEW"
    NO_RUNBOOK = "NO_RUNBOOK"
    RUNBOOK_NOT_ACTIVE = "RUNBOOK_NOT_ACTIVE"
    PLAYBOOK_NOT_ENABLED = "PLAYBOOK_NOT_ENABLED"
    ASSUME_ROLE_FAILURE = "ASSUME_ROLE_FAILURE"
    REMEDIATION_FAILED = "REMEDIATION_FAILED"
    TIMED_OUT = "TIMED_OUT"
    INVALID_FINDING = "INVALID_FINDING"
    ORCHESTRATOR_ERROR = "ORCHESTRATOR_ERROR"


NOTED = frozenset(
    {
        Outcome.REMEDIATION_FAILED,
        Outcome.TIMED_OUT,
        Outcome.ASSUME_ROLE_FAILURE,
        Outcome.NO_RUNBOOK,
        Outcome.RUNBOOK_NOT_ACTIVE,
        Outcome.PLAYBOOK_NOT_ENABLED,
    }
)
"""Outcomes that the orchestrator notes on the finding: a person can act on them and no control runbook wrote them."""


class Decided(Exception):  # noqa: N818 - not an error: the end of an execution is known
    """The execution's end is known before anything is started."""

    def __init__(self, outcome: Outcome, message: str) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.message = message
