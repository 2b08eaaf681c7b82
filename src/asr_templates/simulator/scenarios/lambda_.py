"""Broken resources of AWS Lambda."""

import io
import json
import uuid
import zipfile
from typing import Any

from asr_templates.simulator.scenarios import Place, Scenario

CALL = "lambda:InvokeFunction"
BUCKETS = "s3.amazonaws.com"


def public_function(place: Place) -> str:
    """A function that everyone may call, by its alias and by its URL too, besides callers that must stay."""
    iam, functions = place.client("iam"), place.client("lambda")
    name = f"orders_export-{uuid.uuid4().hex[:8]}"
    trusting = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [trusting]})
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("orders.py", "def handler(event, context):\n    return event\n")
    function = functions.create_function(
        FunctionName=name, Runtime="python3.13", Handler="orders.handler", Role=role, Code={"ZipFile": code.getvalue()}
    )
    functions.publish_version(FunctionName=name)
    functions.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    rule = place.arn("events", "rule/nightly")
    for sid, permission in {
        "everyone": {"Action": CALL, "Principal": "*"},
        "everyone-live": {"Action": CALL, "Principal": "*", "Qualifier": "live"},
        "url": {"Action": "lambda:InvokeFunctionUrl", "Principal": "*", "FunctionUrlAuthType": "NONE"},
        "any-bucket": {"Action": CALL, "Principal": BUCKETS, "SourceArn": f"arn:{place.partition}:s3:::orders"},
        "organization": {"Action": CALL, "Principal": "*", "PrincipalOrgID": "o-1a2b3c4d5e"},
        "rule": {"Action": CALL, "Principal": "events.amazonaws.com", "SourceArn": rule},
        "rule-live": {"Action": CALL, "Principal": "events.amazonaws.com", "SourceArn": rule, "Qualifier": "live"},
    }.items():
        functions.add_permission(FunctionName=name, StatementId=sid, **permission)
    return str(function["FunctionArn"])


def function_name(resource_id: str) -> str:
    """Return the name of a function's ARN."""
    return resource_id.rpartition(":")[2]


def policies(place: Place, resource_id: str) -> dict[str, dict[str, Any]]:
    """Return the statements of the function and of its alias, by their ids."""
    functions = place.client("lambda")
    found: dict[str, dict[str, Any]] = {}
    for qualifier in ({}, {"Qualifier": "1"}, {"Qualifier": "live"}):
        try:
            policy = json.loads(functions.get_policy(FunctionName=function_name(resource_id), **qualifier)["Policy"])
        except functions.exceptions.ResourceNotFoundException:
            continue
        found |= {f"{statement['Sid']} {statement['Resource']}": statement for statement in policy["Statement"]}
    return found


def described(place: Place, resource_id: str) -> dict[str, Any]:
    """Return the function's configuration with its policies."""
    configuration = place.client("lambda").get_function_configuration(FunctionName=function_name(resource_id))
    configuration.pop("ResponseMetadata")
    return {**configuration, "Policies": policies(place, resource_id)}


def is_private(place: Place, resource_id: str) -> bool:
    """Only callers that are named are left, and buckets of the own account."""
    found = {statement["Sid"]: statement for statement in policies(place, resource_id).values()}
    bucket = found.get("any-bucket-ASR", {}).get("Condition", {}).get("StringEquals")
    return set(found) == {"any-bucket-ASR", "organization", "rule", "rule-live"} and bucket == {
        "AWS:SourceAccount": place.account
    }


def open_again(place: Place, resource_id: str) -> None:
    """Someone lets everyone call the function again."""
    place.client("lambda").add_permission(
        FunctionName=function_name(resource_id), StatementId="everyone", Action=CALL, Principal="*"
    )


SCENARIOS = {"Lambda.1": Scenario(public_function, is_private, described, open_again)}
