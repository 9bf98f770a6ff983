# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of a security group as a set: one spelling of each, what is wrong with one, and the calls between two sets.

Private to this collection. A rule is told apart by everything but its description (AuthorizeSecurityGroup). Rules in
option shape have ``direction``, ``protocol``, ``ports``, ``policy``, ``priority``, ``description`` and either ``cidr``
or ``group_id``; those that exist have ``rule_id``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import Codec
from ansible_collections.hybridnet.alicloud.plugins.module_utils._option_rules import network
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import Problem, shown

Rule = dict[str, Any]

PROTOCOLS = ("tcp", "udp", "icmp", "gre", "all")
POLICIES = ("accept", "drop")
WITH_PORTS = ("tcp", "udp")
ALL_PORTS, NO_PORTS = "1/65535", "-1/-1"
#: Rules in one call (Permissions, SecurityGroupRuleId).
MOST_AT_ONCE = 100
_PORTS = re.compile(r"(\d{1,5})(?:\s*[/-]\s*(\d{1,5}))?")
_PEERS = {"ingress": ("SourceCidrIp", "SourceGroupId"), "egress": ("DestCidrIp", "DestGroupId")}
_SUFFIX = {"ingress": "", "egress": "Egress"}
_LONGEST_DESCRIPTION = 512


def canonical(rules: Iterable[Mapping[str, Any]]) -> list[Rule]:
    """*rules* in one spelling and order, each once. Values that break a rule are kept as they are."""
    found: dict[tuple[Any, ...], Rule] = {}
    for given in rules:
        rule = {
            **given,
            "direction": _word(given, "direction", "ingress"),
            "protocol": _word(given, "protocol", ""),
            "policy": _word(given, "policy", "accept"),
            "priority": 1 if given.get("priority") is None else given["priority"],
            "cidr": _network(given.get("cidr")),
            "group_id": given.get("group_id") or None,
        }
        rule["ports"] = _ports(given.get("ports"), rule["protocol"])
        found.setdefault(key(rule), rule)
    return [found[identity] for identity in sorted(found)]


def key(rule: Mapping[str, Any]) -> tuple[str, ...]:
    """What tells a rule in canonical spelling from others; sorts by direction, then priority."""
    names = ("direction", "priority", "protocol", "ports", "policy", "cidr", "group_id")
    return tuple(f"{rule[name]:>3}" if name == "priority" else str(rule[name] or "") for name in names)


def problems(rules: Iterable[Mapping[str, Any]], path: str) -> Iterator[Problem]:
    """Everything wrong with *rules* as the user wrote them."""
    descriptions: dict[tuple[str, ...], Any] = {}
    for index, given in enumerate(rules):
        where = f"{path}[{index}]"
        rule = canonical([given])[0]
        found = list(_problems(given, rule, where))
        yield from found
        if not found and descriptions.setdefault(key(rule), given.get("description") or "") != (
            given.get("description") or ""
        ):
            value = shown(given.get("description"))
            yield Problem(f"{where}.description", value, "differs from that of the same rule above", "keep one of them")


def _problems(given: Mapping[str, Any], rule: Rule, where: str) -> Iterator[Problem]:
    for name, words in (("direction", tuple(_PEERS)), ("protocol", PROTOCOLS), ("policy", POLICIES)):
        if rule[name] not in words:
            yield Problem(f"{where}.{name}", shown(given.get(name)), f"is not one of {', '.join(words)}", "choose one")
    if rule["protocol"] in WITH_PORTS and not _valid_ports(rule["ports"]):
        fix = "write one such as 22 or 8000/8010"
        yield Problem(f"{where}.ports", shown(given.get("ports")), "is no port or range of ports from 1 to 65535", fix)
    if rule["protocol"] in PROTOCOLS and rule["protocol"] not in WITH_PORTS and rule["ports"] != NO_PORTS:
        yield Problem(f"{where}.ports", shown(given["ports"]), f"is given for {rule['protocol']}", "remove it")
    if not isinstance(rule["priority"], int) or not 1 <= rule["priority"] <= 100:
        yield Problem(f"{where}.priority", shown(rule["priority"]), "is not between 1 and 100", "choose another")
    if len(given.get("description") or "") > _LONGEST_DESCRIPTION:
        rule_text = f"is longer than {_LONGEST_DESCRIPTION} characters"
        yield Problem(f"{where}.description", shown(given["description"]), rule_text, "shorten it")
    if bool(rule["cidr"]) == bool(rule["group_id"]):
        value = "(both)" if rule["cidr"] else "(missing)"
        yield Problem(where, value, "does not name exactly one of cidr and group_id", "give one of them")
    elif rule["cidr"]:
        broken = network(rule["cidr"], f"{where}.cidr")
        if broken:
            yield broken


def completed(options: Mapping[str, Any], have: Mapping[str, Any], purge: bool) -> dict[str, Any]:
    """*options* whose rules know what exists: ids and descriptions of the same ones and, unless *purge*, the others."""
    if options.get("rules") is None:
        return dict(options)
    existing = {key(rule): rule for rule in have.get("rules") or []}
    rules = []
    for wanted in options["rules"]:
        present = existing.pop(key(wanted), {})
        rule = {**wanted, **({"rule_id": present["rule_id"]} if present else {})}
        # The service takes an empty description for none given, so one cannot be cleared.
        if not rule.get("description"):
            rule["description"] = present.get("description", "")
        rules.append(rule)
    if not purge:
        rules = sorted([*rules, *existing.values()], key=key)
    return {**options, "rules": rules}


def changes(have: Mapping[str, Any], want: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The calls that turn the rules of *have* into those of *want*; new rules come before old ones go."""
    existing = {key(rule): rule for rule in have.get("rules") or []}
    wanted = {key(rule): rule for rule in want["rules"]}
    group = {"SecurityGroupId": have["security_group_id"]}
    for direction, suffix in _SUFFIX.items():
        new = [_permission(rule) for name, rule in wanted.items() if _new(name, rule, existing, direction)]
        for batch in _batches(new):
            yield f"AuthorizeSecurityGroup{suffix}", {**group, "Permissions": batch}
    for name, rule in wanted.items():
        before = existing.get(name)
        if before and (rule.get("description") or "") != (before.get("description") or ""):
            suffix = _SUFFIX[rule["direction"]]
            change = {"SecurityGroupRuleId": before["rule_id"], "Description": rule["description"]}
            yield f"ModifySecurityGroup{suffix}Rule", {**group, **change}
    for direction, suffix in _SUFFIX.items():
        old = [
            rule["rule_id"] for name, rule in existing.items() if rule["direction"] == direction and name not in wanted
        ]
        for batch in _batches(old):
            yield f"RevokeSecurityGroup{suffix}", {**group, "SecurityGroupRuleId": batch}


def _new(name: tuple[str, ...], rule: Rule, existing: Mapping[tuple[str, ...], Rule], direction: str) -> bool:
    return rule["direction"] == direction and name not in existing


def _permission(rule: Rule) -> dict[str, Any]:
    network_name, group_name = _PEERS[rule["direction"]]
    return {
        "IpProtocol": rule["protocol"].upper(),
        "PortRange": rule["ports"],
        "Policy": rule["policy"],
        "Priority": str(rule["priority"]),
        **({network_name: rule["cidr"]} if rule["cidr"] else {group_name: rule["group_id"]}),
        **({"Description": rule["description"]} if rule.get("description") else {}),
    }


def _from_api(permissions: Iterable[Mapping[str, Any]]) -> list[Rule]:
    rules = []
    for item in permissions:
        direction = str(item.get("Direction") or "ingress").lower()
        network_name, group_name = _PEERS[direction]
        rules.append(
            {
                "rule_id": item.get("SecurityGroupRuleId"),
                "direction": direction,
                "protocol": item.get("IpProtocol"),
                "ports": item.get("PortRange"),
                "policy": item.get("Policy"),
                "priority": int(item.get("Priority") or 1),
                "cidr": item.get(network_name),
                "group_id": item.get(group_name),
                "description": item.get("Description") or "",
            }
        )
    return canonical(rules)


def _normal(rules: Iterable[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    return sorted((*key(rule), rule.get("description") or "") for rule in canonical(rules))


#: The rules as one value; Verb.calls writes them.
RULES = Codec(from_api=_from_api, normal=_normal)


def _word(given: Mapping[str, Any], name: str, default: str) -> str:
    return str(given.get(name) or default).strip().lower()


def _network(value: Any) -> str | None:
    if not value:
        return None
    return str(value) if "/" in str(value) else f"{value}/32"


def _ports(value: Any, protocol: str) -> str:
    text = "" if value is None else str(value).strip()
    if protocol not in WITH_PORTS:
        return NO_PORTS if text in ("", "-1", NO_PORTS) else text
    if text in ("", "-1", NO_PORTS):
        return ALL_PORTS
    match = _PORTS.fullmatch(text)
    return f"{int(match[1])}/{int(match[2] or match[1])}" if match else text


def _valid_ports(value: str) -> bool:
    first, _slash, last = value.partition("/")
    return first.isdigit() and last.isdigit() and 1 <= int(first) <= int(last) <= 65535


def _batches(items: list[Any]) -> Iterator[list[Any]]:
    return (items[start : start + MOST_AT_ONCE] for start in range(0, len(items), MOST_AT_ONCE))
