"""Rules of security groups, for plans: read one by one, written as what AuthorizeSecurityGroup* takes."""

from asr_templates.embedded.runner import Aws, Change, Gone, Plan, Record, Undo


def group_of(aws: Aws, group_id: str) -> Record:
    """Return a security group; raise Gone where it does not exist."""
    found = aws("ec2").describe_security_groups(Filters=[{"Name": "group-id", "Values": [group_id]}])["SecurityGroups"]
    if not found:
        raise Gone
    return dict(found[0])


def rules_of(aws: Aws, group: Record) -> tuple[list[Record], list[Record]]:
    """Return every inbound and every outbound rule of a security group."""
    wanted = [{"Name": "group-id", "Values": [group["GroupId"]]}]
    pages = aws("ec2").get_paginator("describe_security_group_rules").paginate(Filters=wanted)
    rules = [rule for page in pages for rule in page["SecurityGroupRules"]]
    return [rule for rule in rules if not rule["IsEgress"]], [rule for rule in rules if rule["IsEgress"]]


def revoking(group_id: str, inbound: list[Record]) -> Plan:
    """Yield the changes that revoke inbound rules."""
    for batch in tagged(inbound):
        again = Undo("authorize_security_group_ingress", authorization(group_id, batch))
        yield Change("ec2", "revoke_security_group_ingress", revocation(group_id, batch), undo=again)


def seen(rules: list[Record]) -> list[Record]:
    """Return what a plan says that it saw of rules: all but their ids, for those that are restored get others."""
    return [{**permission(rule), "Tags": rule.get("Tags", [])} for rule in rules]


def permission(rule: Record) -> Record:
    """Return a rule of DescribeSecurityGroupRules as an entry of IpPermissions; it has one source or destination."""
    entry: Record = {name: rule[name] for name in ("IpProtocol", "FromPort", "ToPort") if name in rule}
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


def tagged(rules: list[Record]) -> list[list[Record]]:
    """Return the rules in batches of equal tags: an authorize call gives all its rules the same tags."""
    batches: dict[str, list[Record]] = {}
    for rule in rules:
        batches.setdefault(str(sorted((tag["Key"], tag["Value"]) for tag in rule.get("Tags", []))), []).append(rule)
    return [batches[tags] for tags in sorted(batches)]


def authorization(group_id: str, rules: list[Record]) -> Record:
    """Return the parameters that authorize these rules of one batch again, with their tags."""
    tags = rules[0].get("Tags") or []
    specification = [{"ResourceType": "security-group-rule", "Tags": tags}]
    return {
        "GroupId": group_id,
        "IpPermissions": [permission(rule) for rule in rules],
        **({"TagSpecifications": specification} if tags else {}),
    }


def revocation(group_id: str, rules: list[Record]) -> Record:
    """Return the parameters that revoke these rules."""
    return {"GroupId": group_id, "SecurityGroupRuleIds": [rule["SecurityGroupRuleId"] for rule in rules]}
