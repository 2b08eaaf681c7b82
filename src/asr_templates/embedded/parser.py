"""Step ParseInput: takes from a finding what the remediation needs and refuses anything else, naming the field."""

import re
from typing import Any

REGION = r"[a-z]{2,4}(?:-[a-z]+)+-\d+"
KINDS = {bool: "(?i:true|false)", int: r"\d{1,9}"}


def parse(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Return the step's outputs; the payload is described in documents/control.py."""
    finding, here, expected = event["Finding"], event["here"], event["expected_control_id"]
    resources = finding.get("Resources")
    resource = resources[0] if isinstance(resources, list) and resources and isinstance(resources[0], dict) else {}

    def part(field: str, value: object, pattern: str) -> re.Match[str]:
        match = re.fullmatch(pattern, value, re.ASCII) if isinstance(value, str) else None
        if not match:
            raise ValueError(f"{field} {value!r} is not what {'/'.join(expected)} expects: {pattern}")
        return match

    partition = re.escape(here["partition"])
    account = part("AwsAccountId", finding.get("AwsAccountId"), r"\d{12}")[0]
    hub = rf"arn:{partition}:securityhub:{REGION}"
    standard = re.escape(event["standard"])
    control = part("Id", finding.get("Id"), rf"{hub}:{account}:{standard}/([\w.-]+)/finding/[\w-]+")[1]
    if control not in expected:
        raise ValueError(f"Id: control {control} is switched off or another's: this document serves {expected}")
    product = part("ProductArn", finding.get("ProductArn"), rf"{hub}::product/aws/securityhub")[0]
    match = part("Resources[0].Id", resource.get("Id"), event["parse_id_pattern"])
    _, prefix, _, arn_region, owner, *_ = (match[0] + ":::::").split(":")
    if match[0].startswith("AWS::::Account:"):
        arn_region, owner = "", match[0][15:]
    elif prefix != here["partition"]:
        raise ValueError(f"Resources[0].Id is in partition {prefix}, this is {here['partition']}")
    if owner not in ("", account):
        raise ValueError(f"Resources[0].Id is of account {owner}, AwsAccountId is {account}")
    region = part("Resources[0].Region", arn_region or resource.get("Region"), REGION)[0]
    if (account, region) != (here["account"], here["region"]):
        raise ValueError(f"Resources[0] is in {account} {region}, this runs in {here['account']} {here['region']}")
    given = {}
    for parameter in (finding.get("Compliance") or {}).get("SecurityControlParameters") or []:
        given[parameter.get("Name")] = parameter.get("Value")
    inputs = dict(event["neutral"])
    for name, default in event["inputs"][control].items():
        values = given.get(name)
        inputs[name] = default
        if values:
            kind = KINDS.get(type(default), "[^{}]*")
            items = values if isinstance(values, list) else [None]
            texts = [part(f"SecurityControlParameters {name}", item, kind)[0] for item in items]
            single = texts[0].lower() == "true" if isinstance(default, bool) else type(default)(texts[0])
            inputs[name] = texts if isinstance(default, list) else single
    identity = match[1] if match.re.groups else match[0]
    return {
        **inputs,
        **({event["parameter"]: identity} if event["parameter"] else {}),
        "ControlId": control,
        "FindingId": finding["Id"],
        "ProductArn": product,
        "RemediationAccount": account,
        "RemediationRegion": region,
        "AffectedObject": {"Type": resource.get("Type", ""), "Id": identity},
    }
