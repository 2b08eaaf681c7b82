"""Findings: what is kept of one, and whether its parts agree with each other.

A projection is a subset of the ASFF finding in ASFF's names and nesting. It has no titles, tags or details: owners of
resources choose those, and a projection becomes a parameter of an automation.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from .outcomes import Decided, Outcome
from .runtime import JSON

PROJECTION_BYTES = 4_096
IDENTITY_CHARACTERS = 512  # of each part that is kept of a finding that is too large

TEXTS = ("Id", "ProductArn", "AwsAccountId", "Region", "GeneratorId", "UpdatedAt")
IDENTITY_TEXTS = ("Id", "ProductArn", "AwsAccountId")
RESOURCE_TEXTS = ("Type", "Id", "Region", "Partition")

REGION = r"[a-z]{2,4}(?:-[a-z]+)+-\d+"
ACCOUNT_ITSELF = re.compile(r"AWS::::Account:(?P<account>\d{12})")
PRODUCT = re.compile(rf"arn:[^:]+:securityhub:(?P<region>{REGION}):[0-9]*:product/.+", re.ASCII)
ARN = re.compile(r"arn:(?P<partition>[^:]*):[^:]*:(?P<region>[^:]*):(?P<account>[^:]*):.+", re.DOTALL)


def project(finding: object) -> JSON:
    """Return the projection of a finding; what is missing or not of its type is left out, nothing raises."""
    if not isinstance(finding, dict):
        return {}
    resources = finding.get("Resources")
    first = texts(resources[0], RESOURCE_TEXTS) if isinstance(resources, list) and resources else {}
    parts = {
        "Workflow": texts(finding.get("Workflow"), ("Status",)),
        "Compliance": compliance(finding.get("Compliance")),
        "Resources": [first] if first else [],
    }
    return texts(finding, TEXTS) | {name: part for name, part in parts.items() if part}


def texts(value: object, names: Sequence[str]) -> JSON:
    """Return the named entries of an object that are texts."""
    if not isinstance(value, dict):
        return {}
    return {name: value[name] for name in names if isinstance(value.get(name), str)}


def compliance(value: object) -> JSON:
    """Return the control's id, its parameters and the standards of a finding's Compliance."""
    if not isinstance(value, dict):
        return {}
    parameters = [
        {"Name": parameter["Name"], "Value": parameter["Value"]}
        for parameter in objects(value.get("SecurityControlParameters"))
        if isinstance(parameter.get("Name"), str) and is_list_of_texts(parameter.get("Value"))
    ]
    standards = [texts(standard, ("StandardsId",)) for standard in objects(value.get("AssociatedStandards"))]
    lists = {"SecurityControlParameters": parameters, "AssociatedStandards": [each for each in standards if each]}
    return texts(value, ("SecurityControlId",)) | {name: items for name, items in lists.items() if items}


def objects(value: object) -> list[JSON]:
    """Return the objects in a list; of anything else none."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def is_list_of_texts(value: object) -> bool:
    """Return whether `value` is a list of nothing but texts."""
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def problem(finding: object) -> str:
    """Say why a finding cannot be worked on at all; empty if it can."""
    if not isinstance(finding, dict):
        return f"the finding is not an object but {type(finding).__name__}"
    projection = project(finding)
    if not projection.get("Id"):
        return "Id is missing or not a text"
    size = len(json.dumps(projection).encode())
    if size > PROJECTION_BYTES:
        return f"what is needed of the finding has {size:,} bytes, at most {PROJECTION_BYTES:,} are accepted"
    for field, text in fields(projection):
        if "{{" in text:
            return f"{field} contains two opening braces, which Systems Manager would take for a variable"
    return ""


def identity(finding: object) -> JSON:
    """Return the little that is kept of a finding that is not worked on: enough to find it again."""
    projection = project(finding)
    own = {name: text[:IDENTITY_CHARACTERS] for name, text in texts(projection, IDENTITY_TEXTS).items()}
    resource = {name: text[:IDENTITY_CHARACTERS] for name, text in first_resource(projection).items()}
    return own | ({"Resources": [resource]} if resource else {})


def fields(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path and text of each text in a projection: ("Resources[0].Id", "arn:...")."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from fields(item, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from fields(item, f"{path}[{position}]")


def first_resource(projection: JSON) -> Mapping[str, str]:
    """Return Resources[0] of a projection; empty where there is none."""
    resources = projection.get("Resources") or [{}]
    resource: Mapping[str, str] = resources[0]
    return resource


def resource_id(projection: JSON) -> str:
    """Return Resources[0].Id of a projection; empty where there is none."""
    return first_resource(projection).get("Id", "")


def resource_region(projection: JSON) -> str:
    """Return the region of the resource: that in its ARN, else Resources[0].Region; empty where neither is there."""
    arn = ARN.fullmatch(resource_id(projection))
    return (arn["region"] if arn else "") or first_resource(projection).get("Region", "")


def place(projection: JSON) -> JSON:
    """Return where a finding says that its resource is: Account, Region, Resource; empty texts where it does not."""
    return {
        "Account": projection.get("AwsAccountId", ""),
        "Region": resource_region(projection),
        "Resource": resource_id(projection),
    }


def hub_region(projection: JSON) -> str:
    """Return the region where the finding lives, that of its ProductArn; empty where it says none."""
    match = PRODUCT.fullmatch(projection.get("ProductArn", ""))
    return match["region"] if match else ""


def require_agreement(projection: JSON, partition: str) -> None:
    """Check that Id, ProductArn, AwsAccountId and Resources[0].Id name one account in our partition.

    The control runbook checks all this again, and more, before it touches anything. Raises Decided INVALID_FINDING.
    """
    account = matched("AwsAccountId", projection.get("AwsAccountId"), r"\d{12}", "an account of 12 digits")
    hub = rf"arn:{re.escape(partition)}:securityhub:{REGION}"
    control = r"(?:security-control|subscription/[^/]+/v/[^/]+)/[\w.-]+"
    what = f"a finding of Security Hub in account {account} and partition {partition}"
    matched("Id", projection.get("Id"), rf"{hub}:{account}:{control}/finding/[\w-]+", what)
    product = "Security Hub's own product in this partition"
    matched("ProductArn", projection.get("ProductArn"), rf"{hub}::product/aws/securityhub", product)
    require_own_resource(projection, account, partition)
    matched("Resources[0].Region", resource_region(projection), REGION, "a region")


def require_own_resource(projection: JSON, account: str, partition: str) -> None:
    """Check that the resource is of the account and partition; ids that name none are left to the control's pattern."""
    identifier = matched("Resources[0].Id", resource_id(projection), r"\S(?:.*\S)?", "the id of a resource")
    itself, arn = ACCOUNT_ITSELF.fullmatch(identifier), ARN.fullmatch(identifier)
    owner = itself["account"] if itself else arn["account"] if arn else ""
    if owner not in ("", account):
        raise Decided(Outcome.INVALID_FINDING, f"Resources[0].Id is of account {owner}, but AwsAccountId is {account}")
    if arn and arn["partition"] != partition:
        raise Decided(
            Outcome.INVALID_FINDING, f"Resources[0].Id is in partition {arn['partition']}, this is {partition}"
        )


def matched(field: str, value: object, pattern: str, expected: str) -> str:
    """Return a field's text. Raises Decided INVALID_FINDING where it is not what is expected, naming the field."""
    if isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII):
        return value
    shown = f"is {value[:IDENTITY_CHARACTERS]!r}" if value and isinstance(value, str) else "is missing"
    raise Decided(Outcome.INVALID_FINDING, f"{field} {shown}, expected {expected}")
