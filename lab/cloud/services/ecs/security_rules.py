"""Rules of security groups: authorize, revoke and change them in both directions, and read them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from typing import Any

from lab.cloud.clock import iso
from lab.cloud.errors import ApiError, invalid, missing, unsupported
from lab.cloud.model import SecurityGroup, SecurityRule
from lab.cloud.services import rules as common
from lab.cloud.services.context import Context, Params, Reply, require, token_page
from lab.cloud.services.ecs.security_groups import NOT_FOUND, POLICIES

PROTOCOLS = ("TCP", "UDP", "ICMP", "GRE", "ALL")
MAX_RULES = 100
MAX_RULE_PAGE = 1000
# How the far end of a rule is named: parameters by direction, and what a view shows.
PEERS = {"ingress": ("SourceCidrIp", "SourceGroupId"), "egress": ("DestCidrIp", "DestGroupId")}
MODELLED = frozenset({"IpProtocol", "PortRange", "Policy", "Priority", "Description", "NicType", "SecurityGroupRuleId"})


def authorize_security_group(ctx: Context, params: Params) -> Reply:
    """AuthorizeSecurityGroup: up to 100 incoming rules; those that exist already are passed over."""
    return _authorize(ctx, params, "ingress")


def authorize_security_group_egress(ctx: Context, params: Params) -> Reply:
    """AuthorizeSecurityGroupEgress: the same for outgoing rules."""
    return _authorize(ctx, params, "egress")


def revoke_security_group(ctx: Context, params: Params) -> Reply:
    """RevokeSecurityGroup: incoming rules by id or by their values; those that do not exist are passed over."""
    return _revoke(ctx, params, "ingress")


def revoke_security_group_egress(ctx: Context, params: Params) -> Reply:
    """RevokeSecurityGroupEgress: the same for outgoing rules."""
    return _revoke(ctx, params, "egress")


def modify_security_group_rule(ctx: Context, params: Params) -> Reply:
    """ModifySecurityGroupRule: an incoming rule by its id; what is not given stays."""
    return _modify(ctx, params, "ingress")


def modify_security_group_egress_rule(ctx: Context, params: Params) -> Reply:
    """ModifySecurityGroupEgressRule: the same for an outgoing rule."""
    return _modify(ctx, params, "egress")


def describe_security_group_attribute(ctx: Context, params: Params) -> Reply:
    """DescribeSecurityGroupAttribute: the group with its rules, 500 to a page, of one direction or both."""
    group = ctx.read(ctx.region.security_groups, params["SecurityGroupId"], NOT_FOUND, "security group")
    direction = params.get("Direction", "all").lower()
    if direction not in ("all", *PEERS):
        raise invalid("Direction", "it must be ingress, egress or all")
    wanted = [rule for rule in group.rules if direction in ("all", rule.direction)]
    selected, following = token_page(params, wanted, "MaxResults", 500, MAX_RULE_PAGE)
    return {
        **following,
        "RegionId": ctx.region.id,
        "SecurityGroupId": group.id,
        "SecurityGroupName": group.name,
        "Description": group.description,
        "VpcId": group.vpc_id,
        "InnerAccessPolicy": group.inner_access,
        "Permissions": {"Permission": [_view(rule) for rule in selected]},
    }


def _authorize(ctx: Context, params: Params, direction: str) -> Reply:
    group = require(ctx.region.security_groups, params["SecurityGroupId"], NOT_FOUND, "security group")
    wanted = [_rule(ctx, group, element, direction, path) for path, element in _permissions(params)]
    known = {_key(rule) for rule in group.rules}
    added = []
    for rule in wanted:
        if _key(rule) not in known:
            known.add(_key(rule))
            added.append(rule)
    limit = ctx.settings.quotas.rules_per_security_group
    if len(group.rules) + len(added) > limit:
        raise ApiError(403, "AuthorizationLimitExceed", f"The group {group.id} can have {limit} rules.")
    ctx.commit(params)
    group.rules = [*group.rules, *added]
    return {}


def _revoke(ctx: Context, params: Params, direction: str) -> Reply:
    group = require(ctx.region.security_groups, params["SecurityGroupId"], NOT_FOUND, "security group")
    ids = params.get("SecurityGroupRuleId", [])
    if ids:
        own = {rule.id for rule in group.rules if rule.direction == direction}
        unknown = [identifier for identifier in ids if identifier not in own]
        if unknown:
            raise ApiError(404, "InvalidSecurityGroupRule.RuleNotExist", f"The rule {unknown[0]} does not exist.")
        gone = set(ids)
    else:
        wanted = {_key(_rule(ctx, group, element, direction, path)) for path, element in _permissions(params)}
        gone = {rule.id for rule in group.rules if _key(rule) in wanted}
    ctx.commit(params)
    group.rules = [rule for rule in group.rules if rule.id not in gone]
    return {}


def _modify(ctx: Context, params: Params, direction: str) -> Reply:
    group = require(ctx.region.security_groups, params["SecurityGroupId"], NOT_FOUND, "security group")
    identifier = params.get("SecurityGroupRuleId")
    if identifier is None:
        raise missing("SecurityGroupRuleId")
    rule = next((item for item in group.rules if item.id == identifier and item.direction == direction), None)
    if rule is None:
        raise ApiError(404, "InvalidSecurityGroupRuleId.NotFound", f"The rule {identifier} does not exist.")
    present = {
        "IpProtocol": rule.protocol,
        "PortRange": rule.ports,
        "Policy": rule.policy,
        "Priority": str(rule.priority),
        "Description": rule.description,
        PEERS[direction][rule.peer_kind == "group"]: rule.peer,
    }
    given = {name: params[name] for name in (*MODELLED, *PEERS[direction]) if name in params}
    if any(name in given for name in PEERS[direction]):
        present = {name: value for name, value in present.items() if name not in PEERS[direction]}
    new = _rule(ctx, group, {**present, **given}, direction, "")
    if any(_key(item) == _key(new) for item in group.rules if item is not rule):
        raise ApiError(400, "InvalidParam.RuleAlreadyExists", "Another rule of the group says the same.")
    ctx.commit(params)
    new.id, new.created = rule.id, rule.created
    group.rules = [new if item is rule else item for item in group.rules]
    return {}


def _permissions(params: Params) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The rules of a call with where each stands; the older flat parameters are one rule."""
    elements = params.get("Permissions")
    if not elements:
        return [("", params)]
    if len(elements) > MAX_RULES:
        raise invalid("Permissions", f"at most {MAX_RULES} rules can be given")
    for index, element in enumerate(elements, start=1):
        foreign = element.keys() - MODELLED - set(PEERS["ingress"]) - set(PEERS["egress"])
        if foreign:
            raise unsupported(f"Permissions.{index}.{min(foreign)}", "the lab does not model it")
    return [(f"Permissions.{index}.", element) for index, element in enumerate(elements, start=1)]


def _rule(ctx: Context, group: SecurityGroup, given: Mapping[str, Any], direction: str, path: str) -> SecurityRule:
    for name in ("IpProtocol", "PortRange"):
        if name not in given:
            raise missing(f"{path}{name}")
    protocol = given["IpProtocol"].upper()
    if protocol not in PROTOCOLS:
        raise ApiError(400, "InvalidIpProtocol.ValueNotSupported", f"IpProtocol must be one of {', '.join(PROTOCOLS)}.")
    policy = given.get("Policy", "accept").lower()
    if policy not in POLICIES:
        raise ApiError(400, "InvalidPolicy.Malformed", "Policy must be accept or drop.")
    if given.get("NicType", "intranet") != "intranet":
        raise ApiError(400, "InvalidNicType.ValueNotSupported", "NicType must be intranet in a VPC.")
    priority = given.get("Priority", "1")
    if not priority.isdigit() or not 1 <= int(priority) <= 100:
        raise ApiError(400, "InvalidPriority.ValueNotSupported", "Priority must be from 1 to 100.")
    description = given.get("Description", "")
    if len(description) > 512:
        raise ApiError(400, "InvalidSecurityGroupDiscription.Malformed", "Description can have up to 512 characters.")
    kind, peer = _peer(ctx, group, given, direction, path)
    return SecurityRule(
        ctx.ids.resource("sgr"),
        ctx.now,
        direction,
        protocol,
        _ports(given["PortRange"], protocol),
        POLICIES[policy],
        int(priority),
        kind,
        peer,
        description,
    )


def _peer(ctx: Context, group: SecurityGroup, given: Mapping[str, Any], direction: str, path: str) -> tuple[str, str]:
    network_name, group_name = PEERS[direction]
    foreign = set(given) & set(PEERS["egress" if direction == "ingress" else "ingress"])
    if foreign:
        raise unsupported(f"{path}{min(foreign)}", "rules that match on both ends are not modelled")
    if (network_name in given) == (group_name in given):
        raise missing(f"{path}{network_name}")
    if network_name in given:
        text = given[network_name]
        network = common.network(text if "/" in text else f"{text}/32")
        if network is None:
            raise ApiError(400, f"Invalid{network_name}.Malformed", f"{path}{network_name} is not an IPv4 network.")
        return "cidr", str(ipaddress.IPv4Network(network))
    identifier = given[group_name]
    if group.type == "enterprise":
        raise ApiError(403, "InvalidSecurityGroup.NotSupported", "A rule of an enterprise group cannot name a group.")
    if identifier not in ctx.region.security_groups:
        raise ApiError(404, f"Invalid{group_name}.NotFound", f"The security group {identifier} does not exist.")
    if ctx.region.security_groups[identifier].vpc_id != group.vpc_id:
        raise ApiError(403, "InvalidNetworkType.Conflict", "The two security groups are in different VPCs.")
    return "group", identifier


def _ports(value: str, protocol: str) -> str:
    if protocol not in ("TCP", "UDP"):
        if value != "-1/-1":
            raise ApiError(400, "InvalidPortRange.Malformed", f"PortRange must be -1/-1 for {protocol}.")
        return value
    match = re.fullmatch(r"(\d{1,5})/(\d{1,5})", value)
    if not match or not 1 <= int(match[1]) <= int(match[2]) <= 65535:
        raise ApiError(400, "InvalidPortRange.Malformed", "PortRange must be two ports from 1 to 65535, such as 22/22.")
    return f"{int(match[1])}/{int(match[2])}"


def _key(rule: SecurityRule) -> tuple[Any, ...]:
    """What tells rules apart: everything but their description."""
    return (rule.direction, rule.protocol, rule.ports, rule.policy, rule.priority, rule.peer_kind, rule.peer)


def _view(rule: SecurityRule) -> Reply:
    view: Reply = {
        "SecurityGroupRuleId": rule.id,
        "Direction": rule.direction,
        "IpProtocol": rule.protocol,
        "PortRange": rule.ports,
        "Policy": rule.policy,
        "Priority": str(rule.priority),
        "NicType": "intranet",
        "Description": rule.description,
        "CreateTime": iso(rule.created),
        **{name: "" for names in PEERS.values() for name in names},
    }
    view[PEERS[rule.direction][rule.peer_kind == "group"]] = rule.peer
    return view
