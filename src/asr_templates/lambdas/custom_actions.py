"""Custom resource: an entry of Security Hub's menu, for which CloudFormation has no type.

Properties: Id (at most 20 letters and digits), Name (fewer than 20 characters), Description. The physical id is the
action's ARN, which Ref returns. CloudFormation gets an answer in every case (user guide, "Custom resource response
objects"); otherwise the stack would hang for an hour.
"""

import json
import urllib.request

from botocore.exceptions import ClientError

from .runtime import JSON, Client, client, error_code, error_text, log

NOT_MADE = "not-made"
"""Physical id of an action that could not be made: there is nothing to delete."""
REASON_CHARACTERS = 1_000
ATTEMPTS = 3
SECONDS = 5

HUB_IS_OFF = "turn on Security Hub CSPM in this region first"
OFF = frozenset({"InvalidAccessException"})
GONE = OFF | {"ResourceNotFoundException"}


class Refused(Exception):  # noqa: N818 - a reason, read as a sentence
    """The action cannot be made; the text says why and what to do."""


def provide(hub: Client, request: JSON) -> str:
    """Do what CloudFormation asks for; return the physical id. Raises Refused or ClientError."""
    arn = request.get("PhysicalResourceId", NOT_MADE)
    properties = request["ResourceProperties"]
    if request["RequestType"] == "Delete":
        delete(hub, arn)
        return str(arn)
    if request["RequestType"] == "Update" and str(arn).endswith(f"/{properties['Id']}"):
        hub.update_action_target(ActionTargetArn=arn, Name=properties["Name"], Description=properties["Description"])
        return str(arn)
    return create(hub, properties, action_arn(request["ServiceToken"], properties["Id"]))


def action_arn(function_arn: str, identifier: str) -> str:
    """Return the ARN of a custom action, in the function's own partition, region and account."""
    _, partition, _, region, account, *_ = function_arn.split(":")
    return f"arn:{partition}:securityhub:{region}:{account}:action/custom/{identifier}"


def create(hub: Client, properties: JSON, arn: str) -> str:
    """Make an action, or take over one of ours that an earlier stack has left; return its ARN."""
    wanted = {name: properties[name] for name in ("Name", "Description", "Id")}
    try:
        return str(hub.create_action_target(**wanted)["ActionTargetArn"])
    except ClientError as error:
        if error_code(error) in OFF:
            raise Refused(HUB_IS_OFF) from error
        if error_code(error) != "ResourceConflictException":
            raise
    found = hub.describe_action_targets(ActionTargetArns=[arn])["ActionTargets"]
    if not found or found[0]["Name"] != wanted["Name"]:
        raise Refused(
            f"there is a custom action {wanted['Id']} already that is not of this solution: "
            "delete it, or build with another --prefix"
        )
    hub.update_action_target(ActionTargetArn=arn, Name=wanted["Name"], Description=wanted["Description"])
    return arn


def delete(hub: Client, arn: str) -> None:
    """Delete an action that we made; one that is gone, with the hub or without it, is deleted."""
    if arn == NOT_MADE:
        return
    try:
        hub.delete_action_target(ActionTargetArn=arn)
    except ClientError as error:
        if error_code(error) not in GONE:
            raise


def answer_to(request: JSON, hub: Client) -> JSON:
    """Do what is asked for and return the answer to CloudFormation; nothing raises."""
    answer = {name: request[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    physical_id = request.get("PhysicalResourceId", NOT_MADE)
    try:
        return {**answer, "Status": "SUCCESS", "PhysicalResourceId": provide(hub, request)}
    except Refused as error:
        reason = str(error)
    except ClientError as error:
        reason = error_text(error)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
    return {**answer, "Status": "FAILED", "PhysicalResourceId": physical_id, "Reason": reason[:REASON_CHARACTERS]}


def send(url: str, answer: JSON) -> None:
    """Put an answer where CloudFormation waits for it. The URL is a secret and must not reach a log."""
    body = json.dumps(answer).encode()
    request = urllib.request.Request(url, body, {"Content-Type": ""}, method="PUT")
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with urllib.request.urlopen(request, timeout=SECONDS):
                return
        except OSError as error:  # its text may hold the URL
            log("answer not taken", attempt=attempt, error=type(error).__name__)
    raise RuntimeError("CloudFormation did not take the answer")


def handler(event: JSON, context: object) -> None:
    """Answer one request of CloudFormation."""
    answer = answer_to(event, client("securityhub"))
    log("answered", request=event["RequestType"], status=answer["Status"], reason=answer.get("Reason"))
    send(event["ResponseURL"], answer)
