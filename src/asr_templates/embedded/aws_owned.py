"""Steps around an AWS-owned runbook: is it able to do its part, and what has it changed?"""

from typing import Any

WORLD = (("IpRanges", "CidrIp", "0.0.0.0/0"), ("Ipv6Ranges", "CidrIpv6", "::/0"))


def four_rules(event: dict[str, Any], context: object) -> dict[str, str]:
    """Return whether AWS-DisablePublicAccessForSecurityGroup can run: it stops unless its four rules exist."""
    look = event["Look"]
    inbound = (look["Before"] or {}).get("Inbound", []) if look["Status"] == "Preview" else []
    exist = all(
        any(
            (rule["IpProtocol"], rule.get("FromPort"), rule.get("ToPort")) == ("tcp", port, port)
            and any(source.get(key) == cidr for source in rule.get(ranges, []))
            for rule in inbound
        )
        for port in (22, 3389)
        for ranges, key, cidr in WORLD
    )
    return {"Exist": "yes" if exist else "no"}


def combine(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Return one output for both: what the AWS-owned runbook took away comes first, and can be undone like the rest."""
    rest, before = event["Rest"], event["Look"]["Before"]
    left = (rest["Before"] or before)["Inbound"]
    removed = [rule for rule in before["Inbound"] if rule not in left]
    batches: dict[str, list[dict[str, Any]]] = {}
    for rule in removed:  # an authorize call gives all its rules the same tags
        batches.setdefault(str(rule["Tags"]), []).append(rule)
    changes = [revoked(event["GroupId"], batch) for batch in batches.values()] + rest["Changes"]
    if not removed:
        return dict(rest)
    status = "Success" if rest["Status"] == "NoChange" else rest["Status"]
    message = f"made {len(changes)} changes" if status == "Success" else rest["Message"]
    return {**rest, "Status": status, "Message": message, "Before": before, "Changes": changes}


def revoked(group_id: str, rules: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the record of rules that were revoked, with their way back."""
    permissions = [{name: rule[name] for name in rule if name != "Tags"} for rule in rules]
    parameters = {"GroupId": group_id, "IpPermissions": permissions}
    tags = [{"ResourceType": "security-group-rule", "Tags": rules[0]["Tags"]}] if rules[0]["Tags"] else []
    back = {**parameters, "TagSpecifications": tags} if tags else parameters
    undo = {"operation": "authorize_security_group_ingress", "parameters": back}
    return {"service": "ec2", "operation": "revoke_security_group_ingress", "parameters": parameters, "undo": undo}
