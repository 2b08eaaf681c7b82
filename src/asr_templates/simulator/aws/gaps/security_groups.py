"""EC2: rules of security groups.

Sources: EC2 API reference, RevokeSecurityGroupIngress, AuthorizeSecurityGroupIngress and SecurityGroupRule; VPC user
guide, "Default security groups for your VPCs".

A request is done whole or not at all. Rules are the same if protocol, ports and the other side are, whatever their
descriptions. In a default VPC rules that are not there are reported instead of refused.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from moto.core.responses import ActionResult
from moto.ec2.exceptions import (
    InvalidPermissionNotFoundError,
    InvalidSecurityGroupNotFoundError,
    InvalidSecurityGroupRuleIdNotFoundError,
    MissingParameter,
)
from moto.ec2.models.security_groups import SecurityGroup, SecurityGroupBackend, SecurityGroupRule
from moto.ec2.responses.security_groups import SecurityGroups

Method = Callable[..., Any]
RuleKey = tuple[object, ...]
Request = dict[str, Any]

_RULES = {"ingress": "ingress_rules", "egress": "egress_rules"}


@contextmanager
def installed() -> Iterator[None]:
    """Mend moto's security groups."""
    backend, rule = SecurityGroupBackend, SecurityGroupRule
    patches: list[tuple[type, str, object]] = [
        (SecurityGroups, "revoke_security_group_ingress", _revoke("ingress")),
        (SecurityGroups, "revoke_security_group_egress", _revoke("egress")),
        (SecurityGroups, "authorize_security_group_ingress", _authorize("ingress")),
        (SecurityGroups, "authorize_security_group_egress", _authorize("egress")),
        (backend, "create_security_group", _with_own_members(backend.create_security_group)),
        (rule, "__eq__", lambda self, other: _key(self) == _key(other)),
        (rule, "__init__", _with_prefix_description(rule.__init__)),
        (rule, "description", property(_description)),
        (SecurityGroup, "_flattened_rules", _with_prefix_descriptions(SecurityGroup._flattened_rules)),
    ]
    with ExitStack() as stack:
        for owner, name, replacement in patches:
            stack.enter_context(mock.patch.object(owner, name, replacement))
        yield


def _key(rule: SecurityGroupRule) -> RuleKey:
    """What makes a rule the same: protocol, ports and the other side."""
    others = (rule.cidr_ipv4, rule.cidr_ipv6, rule.prefix_list_id, rule.source_group.get("GroupId"))
    return (rule.ip_protocol, rule.from_port, rule.to_port, *others)


def _group(request: SecurityGroups) -> SecurityGroup:
    name = request._get_param("GroupId") or request._get_param("GroupName")
    group = request.ec2_backend.get_security_group_by_name_or_id(name)
    if group is None:
        raise InvalidSecurityGroupNotFoundError(name)
    return group


def _revoke(direction: str) -> Method:
    """RevokeSecurityGroupIngress and -Egress."""
    attribute = _RULES[direction]

    def revoke(self: SecurityGroups) -> ActionResult:
        self.error_on_dryrun()
        group = _group(self)
        rules: list[SecurityGroupRule] = getattr(group, attribute)
        rule_ids = self._get_param("SecurityGroupRuleIds", [])
        if rule_ids:
            known = {rule.id for rule in rules}
            for rule_id in rule_ids:
                if rule_id not in known:
                    raise InvalidSecurityGroupRuleIdNotFoundError(rule_id)
            setattr(group, attribute, [rule for rule in rules if rule.id not in rule_ids])
            return ActionResult({"Return": True})
        wanted = _requested_rules(self, group, direction)
        unknown = [permission for permission, rule in wanted if rule not in rules]
        if unknown and not self.ec2_backend.vpcs[group.vpc_id].is_default:
            raise InvalidPermissionNotFoundError()
        keys = {_key(rule) for _, rule in wanted}
        setattr(group, attribute, [rule for rule in rules if _key(rule) not in keys])
        return ActionResult({"Return": True, "UnknownIpPermissions": unknown})

    return revoke


def _requested_rules(request: SecurityGroups, group: SecurityGroup, direction: str) -> list[tuple[Request, Any]]:
    """Each rule that the request names, with the permission that it would be reported as."""
    found: list[tuple[Request, Any]] = []
    backend = request.ec2_backend
    for arguments in request._process_rules_from_querystring():
        protocol, low, high = (arguments[name] for name in ("ip_protocol", "from_port", "to_port"))
        if protocol is None:
            continue
        shown = {"IpProtocol": protocol, "FromPort": low, "ToPort": high}
        for rule in backend._iterate_security_rules(
            protocol,
            group.group_id,
            low,
            high,
            arguments["ip_ranges"],
            backend._add_source_group(arguments["source_groups"], group.vpc_id),
            arguments["prefix_list_ids"],
            is_egress=direction == "egress",
        ):
            found.append(({**shown, **_other_side(rule)}, rule))
    if not found:
        raise MissingParameter("The request must contain ipPermissions or securityGroupRuleIds")
    return found


def _other_side(rule: SecurityGroupRule) -> Request:
    if rule.cidr_ipv4:
        return {"IpRanges": [{"CidrIp": rule.cidr_ipv4}]}
    if rule.cidr_ipv6:
        return {"Ipv6Ranges": [{"CidrIpv6": rule.cidr_ipv6}]}
    if rule.prefix_list_id:
        return {"PrefixListIds": [{"PrefixListId": rule.prefix_list_id}]}
    return {"UserIdGroupPairs": [{"GroupId": rule.source_group.get("GroupId")}]}


def _authorize(direction: str) -> Method:
    """AuthorizeSecurityGroupIngress and -Egress; moto keeps the first permissions when a later one is refused."""
    attribute = _RULES[direction]

    def authorize(self: SecurityGroups) -> ActionResult:
        self.error_on_dryrun()
        group = _group(self)
        before = list(getattr(group, attribute))
        add = getattr(self.ec2_backend, f"authorize_security_group_{direction}")
        added: list[SecurityGroupRule] = []
        try:
            for arguments in self._process_rules_from_querystring():
                added += add(**arguments)[0]
        except Exception:
            setattr(group, attribute, before)
            raise
        return ActionResult({"Return": True, "SecurityGroupRules": added})

    return authorize


def _with_own_members(create: Method) -> Method:
    """A VPC's default group lets its own members in; moto's has no inbound rule."""

    def create_security_group(self: SecurityGroupBackend, *args: Any, **kwargs: Any) -> SecurityGroup:
        group = create(self, *args, **kwargs)
        if group.is_default:
            members = [{"GroupId": group.group_id}]
            self.authorize_security_group_ingress(group.group_id, "-1", None, None, [], source_groups=members)
        return group

    return create_security_group


def _with_prefix_description(initialise: Method) -> Method:
    """moto forgets the description of a rule for a prefix list."""
    signature = inspect.signature(initialise)

    def initialised(self: SecurityGroupRule, *args: Any, **kwargs: Any) -> None:
        initialise(self, *args, **kwargs)
        given = signature.bind(self, *args, **kwargs).arguments.get("prefix_list_id")
        self.prefix_description = given.get("Description") if given else None

    return initialised


def _description(rule: SecurityGroupRule) -> str | None:
    texts = (rule.ip_range.get("Description"), rule.source_group.get("Description"), rule.prefix_description)
    return next((text for text in texts if text), None)


def _with_prefix_descriptions(flatten: Method) -> Method:
    """The same in DescribeSecurityGroups."""

    def _flattened_rules(self: SecurityGroup, rules: list[SecurityGroupRule]) -> Any:
        views = flatten(self, rules)
        texts = {(*_key(rule)[:3], rule.prefix_list_id): rule.description for rule in rules if rule.prefix_list_id}
        for view in views:
            for entry in view.prefix_list_ids:
                text = texts[view.ip_protocol, view.from_port, view.to_port, entry["PrefixListId"]]
                if text:
                    entry["Description"] = text
        return views

    return _flattened_rules
