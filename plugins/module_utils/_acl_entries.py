# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of a network ACL: how they are written and read, when two lists mean the same, what is wrong with one.

Private to this collection. Source: UpdateNetworkAclEntries. The first rule that fits decides, so order is meaning; the
API replaces the rules of a direction as a whole, so a list is one value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import Codec
from ansible_collections.hybridnet.alicloud.plugins.module_utils._network_rules import description, name
from ansible_collections.hybridnet.alicloud.plugins.module_utils._option_rules import network
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import Problem, shown

WITH_PORTS = ("tcp", "udp")
PROTOCOLS = ("all", *WITH_PORTS, "icmp", "gre")
POLICIES = ("accept", "drop")
EVERY_PORT = "-1/-1"
#: Options of one rule and the members that carry them but for the network, whose name tells the direction.
_MEMBERS = {
    "name": "NetworkAclEntryName",
    "protocol": "Protocol",
    "port": "Port",
    "policy": "Policy",
    "description": "Description",
}

ENTRIES_SPEC: dict[str, Any] = {
    "type": "list",
    "elements": "dict",
    "options": {
        "name": {"type": "str"},
        "protocol": {"type": "str", "choices": list(PROTOCOLS), "default": "all"},
        "port": {"type": "str", "default": EVERY_PORT},
        "cidr_block": {"type": "str", "required": True},
        "policy": {"type": "str", "choices": list(POLICIES), "required": True},
        "description": {"type": "str"},
    },
}


def entries(network_member: str) -> Codec:
    """The spelling of the rules of a direction: *network_member* is SourceCidrIp or DestinationCidrIp."""
    members = {**_MEMBERS, "cidr_block": network_member}

    def to_api(rules: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [{members[option]: rule[option] for option in members if rule.get(option)} for rule in rules]

    def from_api(elements: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
        # The rules of the system come last, belong to every ACL and cannot be changed.
        custom = [element for element in elements if element.get("EntryType", "custom").lower() == "custom"]
        return [{option: element.get(member) or None for option, member in members.items()} for element in custom]

    return Codec(to_api, from_api, _normal)


def _normal(rules: list[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    lower = ("protocol", "policy")
    return [
        tuple(
            str(rule.get(option) or "").lower() if option in lower else str(rule.get(option) or "")
            for option in (*_MEMBERS, "cidr_block")
        )
        for rule in rules
    ]


def check_entries(rules: list[Mapping[str, Any]], path: str) -> Problem | None:
    """The first thing that is wrong with the rules of a direction."""
    checks: dict[str, Callable[[Any, str], Problem | None]] = {
        "name": name,
        "description": description,
        "cidr_block": network,
    }
    for index, rule in enumerate(rules):
        where = f"{path}[{index}]"
        for option, check in checks.items():
            broken = check(rule[option], f"{where}.{option}") if rule.get(option) is not None else None
            if broken:
                return broken
        if not _ports_fit(rule):
            return Problem(
                f"{where}.port",
                shown(rule.get("port")),
                f"is not the port range of a rule for {rule.get('protocol')}",
                "write one such as 80/80 or 1000/2000 for tcp and udp, and leave it out for all others",
            )
    return None


def _ports_fit(rule: Mapping[str, Any]) -> bool:
    port = str(rule.get("port"))
    if rule.get("protocol") not in WITH_PORTS:
        return port == EVERY_PORT
    match = re.fullmatch(r"(\d{1,5})/(\d{1,5})", port, re.ASCII)
    return bool(match) and 1 <= int(match.group(1)) <= int(match.group(2)) <= 65535
