"""Rules of security groups, for plans: read one by one, written as what AuthorizeSecurityGroup* takes."""

from typing import Any

WORLD = ("0.0.0.0/0", "::/0")


def permission(rule: dict[str, Any]) -> dict[str, Any]:
    """Return a rule of DescribeSecurityGroupRules as an entry of IpPermissions; it has one source or destination."""
    entry: dict[str, Any] = {name: rule[name] for name in ("IpProtocol", "FromPort", "ToPort") if name in rule}
    described = {"Description": rule["Description"]} if rule.get("Description") else {}
    referenced = rule.get("ReferencedGroupInfo") or {}
    if rule.get("CidrIpv4"):
        entry["IpRanges"] = [{"CidrIp": rule["CidrIpv4"], **described}]
    elif rule.get("CidrIpv6"):
        entry["Ipv6Ranges"] = [{"CidrIpv6": rule["CidrIpv6"], **described}]
    elif rule.get("PrefixListId"):
        entry["PrefixListIds"] = [{"PrefixListId": rule["PrefixListId"], **described}]
    else:
        kept = ("GroupId", "UserId", "VpcPeeringConnectionId")
        entry["UserIdGroupPairs"] = [{**{name: referenced[name] for name in kept if referenced.get(name)}, **described}]
    return entry


def tagged(rules: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Return the rules in batches of equal tags: an authorize call gives all its rules the same tags."""
    batches: dict[str, list[dict[str, Any]]] = {}
    for rule in rules:
        batches.setdefault(str(sorted((tag["Key"], tag["Value"]) for tag in rule.get("Tags", []))), []).append(rule)
    return [batches[tags] for tags in sorted(batches)]


def authorization(group_id: str, rules: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the parameters that authorize these rules of one batch again, with their tags."""
    tags = rules[0].get("Tags") or []
    specification = [{"ResourceType": "security-group-rule", "Tags": tags}]
    return {
        "GroupId": group_id,
        "IpPermissions": [permission(rule) for rule in rules],
        **({"TagSpecifications": specification} if tags else {}),
    }
