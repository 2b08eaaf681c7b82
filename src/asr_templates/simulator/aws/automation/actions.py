"""The actions of Automation documents by name, and those that call no API themselves.

Source: Systems Manager user guide, the pages of aws:branch, aws:executeAutomation, aws:sleep and aws:updateVariable.
"""

import datetime
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import botocore.exceptions
from botocore.config import Config

from asr_templates.simulator.aws.automation.api_calls import (
    WAIT_TIMEOUT_SECONDS,
    assert_aws_resource_property,
    execute_aws_api,
    wait_for_aws_resource_property,
)
from asr_templates.simulator.aws.automation.attempts import POLLING, Attempt, CancelledError, Result, StepError
from asr_templates.simulator.aws.automation.executions import Execution, now
from asr_templates.simulator.aws.automation.parameters import as_given
from asr_templates.simulator.aws.automation.references import Value, as_text
from asr_templates.simulator.aws.automation.scripts import execute_script
from asr_templates.simulator.aws.errors import NotSimulated

# An empty text is a legal value of a runtime parameter (AWS's own runbooks pass on empty defaults), though the API's
# model, which boto3 checks, asks for a character at least.
_CHILD_CONFIG = Config(parameter_validation=False)
DEFAULT_EXECUTION_ROLE = "AWS-SystemsManager-AutomationExecutionRole"
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")

_parent: ContextVar[str | None] = ContextVar("parent", default=None)


def parent_id() -> str | None:
    """The execution whose step calls StartAutomationExecution right now."""
    return _parent.get()


def branch(attempt: Attempt, inputs: Mapping[str, Value]) -> Result:
    """Go to the step of the first choice that is true, else to Default, else end if the step is the end."""
    for choice in inputs["Choices"]:
        if _holds(attempt, {key: item for key, item in choice.items() if key != "NextStep"}):
            return Result(next_step=choice["NextStep"])
    if "Default" in inputs:
        return Result(next_step=inputs["Default"])
    if attempt.step.is_end:
        return Result(next_step="")
    raise StepError("no choice is true and there is no Default")


def _holds(attempt: Attempt, rule: Mapping[str, Value]) -> bool:
    if "And" in rule:
        return all(_holds(attempt, part) for part in rule["And"])
    if "Or" in rule:
        return any(_holds(attempt, part) for part in rule["Or"])
    if "Not" in rule:
        return not _holds(attempt, rule["Not"])
    comparison = next(key for key in rule if key != "Variable")
    left, right = attempt.resolve(rule["Variable"]), attempt.resolve(rule[comparison])
    try:
        return _COMPARISONS[comparison](left, right)
    except (TypeError, ValueError):
        raise StepError(f"{comparison} cannot compare {as_text(left)!r} with {as_text(right)!r}") from None


def _contains(left: Value, right: Value) -> bool:
    return right in left if isinstance(left, list) else as_text(right) in as_text(left)


_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "StringEquals": lambda left, right: as_text(left) == as_text(right),
    "EqualsIgnoreCase": lambda left, right: as_text(left).lower() == as_text(right).lower(),
    "StartsWith": lambda left, right: as_text(left).startswith(as_text(right)),
    "EndsWith": lambda left, right: as_text(left).endswith(as_text(right)),
    "Contains": _contains,
    "BooleanEquals": lambda left, right: as_text(left).lower() == as_text(right).lower(),
    "NumericEquals": lambda left, right: float(left) == float(right),
    "NumericGreater": lambda left, right: float(left) > float(right),
    "NumericLesser": lambda left, right: float(left) < float(right),
    "NumericGreaterOrEquals": lambda left, right: float(left) >= float(right),
    "NumericLesserOrEquals": lambda left, right: float(left) <= float(right),
}


def sleep(attempt: Attempt, inputs: Mapping[str, Value]) -> Result:
    """Wait for an ISO 8601 duration or until a timestamp."""
    attempt.wait(_duration(str(inputs["Duration"])) if "Duration" in inputs else _until(str(inputs["Timestamp"])))
    return Result()


def _duration(text: str) -> float:
    match = _DURATION.fullmatch(text)
    if not match or not any(match.groups()):
        raise StepError(f"Duration {text!r} is no ISO 8601 duration of days, hours, minutes and seconds")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def _until(text: str) -> float:
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise StepError(f"Timestamp {text!r} is no ISO 8601 date and time") from None
    if moment.tzinfo is None:
        raise StepError(f"Timestamp {text!r} names no time zone")
    return max(0.0, (moment - now()).total_seconds())


def update_variable(attempt: Attempt, inputs: Mapping[str, Value]) -> Result:
    """Give a variable of the document another value; Name is "variable:NAME"."""
    name = str(inputs["Name"]).removeprefix("variable:")
    if name not in attempt.execution.variables:
        if name.partition(".")[0] in attempt.execution.variables:
            raise NotSimulated(attempt.place, f"updating a part of a variable ({name})")
        raise StepError(f"variable {name!r} is not declared by the document")
    attempt.execution.variables[name] = inputs["Value"]
    return Result()


def execute_automation(attempt: Attempt, inputs: Mapping[str, Value]) -> Result:
    """Start another automation with this one's rights and wait for its end; it must end in Success."""
    child = _start_child(attempt, inputs)
    try:
        attempt.wait_for(child.ended)
    finally:
        if not child.is_final:
            attempt.stop(child)
    if attempt.execution.cancelling.is_set():
        raise CancelledError
    if child.status != "Success":
        raise StepError(
            f"Automation execution {child.id} of {child.document.name} ended with status {child.status}. "
            f"{child.failure_message}".rstrip(),
            POLLING,
        )
    output = [text for texts in child.outputs.values() for text in texts]
    return Result(outputs={"ExecutionId": child.id, "Status": child.status, "Output": output})


def _start_child(attempt: Attempt, inputs: Mapping[str, Value]) -> Execution:
    account, region, client = _target(attempt, inputs.get("TargetLocations"))
    given = inputs.get("RuntimeParameters") or {}
    request: dict[str, Value] = {"DocumentName": inputs["DocumentName"]}
    if given:
        request["Parameters"] = {name: as_given(value) for name, value in given.items()}
    if "DocumentVersion" in inputs:
        request["DocumentVersion"] = as_text(inputs["DocumentVersion"])
    with _as_parent(attempt.execution):
        try:
            started = client.start_automation_execution(**request)
        except (botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError) as error:
            raise StepError(str(error)) from error
    return attempt.find(account, region, started["AutomationExecutionId"])


@contextmanager
def _as_parent(execution: Execution) -> Iterator[None]:
    token = _parent.set(execution.id)
    try:
        yield
    finally:
        _parent.reset(token)


def _target(attempt: Attempt, locations: Value) -> tuple[str, str, Any]:
    """Account, region and SSM client of the child. Another account is entered by its execution role."""
    execution = attempt.execution
    if not locations:
        client = execution.session.client("ssm", region_name=execution.region, config=_CHILD_CONFIG)
        return execution.account, execution.region, client
    accounts = [account for location in locations for account in location.get("Accounts") or []]
    regions = [region for location in locations for region in location.get("Regions") or []]
    if len(accounts) != 1 or len(regions) != 1:
        raise NotSimulated(attempt.place, "TargetLocations with other than one account and one region")
    role_name = locations[0].get("ExecutionRoleName", DEFAULT_EXECUTION_ROLE)
    role_arn = f"arn:{execution.partition}:iam::{accounts[0]}:role/{role_name}"
    try:
        assumed = attempt.client("sts").assume_role(RoleArn=role_arn, RoleSessionName=execution.id)["Credentials"]
    except botocore.exceptions.ClientError as error:
        raise StepError(str(error)) from error
    client = execution.session.client(
        "ssm",
        region_name=regions[0],
        config=_CHILD_CONFIG,
        aws_access_key_id=assumed["AccessKeyId"],
        aws_secret_access_key=assumed["SecretAccessKey"],
        aws_session_token=assumed["SessionToken"],
    )
    return accounts[0], regions[0], client


Action = Callable[[Attempt, Mapping[str, Value]], Result]

ACTIONS: Mapping[str, Action] = {
    "aws:assertAwsResourceProperty": assert_aws_resource_property,
    "aws:branch": branch,
    "aws:executeAutomation": execute_automation,
    "aws:executeAwsApi": execute_aws_api,
    "aws:executeScript": execute_script,
    "aws:sleep": sleep,
    "aws:updateVariable": update_variable,
    "aws:waitForAwsResourceProperty": wait_for_aws_resource_property,
}
RESOLVED_BY_ACTION: Mapping[str, tuple[str, ...]] = {"aws:branch": ("Choices",), "aws:executeScript": ("Script",)}
"""Inputs that the interpreter hands over as they are written."""

DEFAULT_TIMEOUT_SECONDS: Mapping[str, int] = {"aws:waitForAwsResourceProperty": WAIT_TIMEOUT_SECONDS}
