# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of the servers for remote users, SSL and IPsec: client addresses, opened networks, port.

Private to this collection. Sources: CreateSslVpnServer and CreateIpsecServer (ClientIpPool, LocalSubnet, Port).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._addressing import AddressError, parse_network
from ansible_collections.hybridnet.alicloud.plugins.module_utils._option_rules import address, network
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import Problem, shown

MOST_NETWORKS = 5
LONGEST_POOL, SHORTEST_POOL = 29, 16
# The gateway listens on these itself, or the API keeps them free.
RESERVED_PORTS = frozenset((22, 53, 68, 80, 123, 443, 500, 2222, 4500, 4510, 4560, 7505, 9000, 9001, 9002, 22222))
# Text, because netaddr may be missing when Ansible imports this only to look at it.
_UNUSABLE = ("127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "255.0.0.0/8")
_UNUSABLE_POOLS = (*_UNUSABLE, "100.64.0.0/10")


def client_pool(value: str, path: str) -> Problem | None:
    """ClientIpPool: the network that clients get their addresses from."""
    broken = network(value, path)
    if broken:
        return broken
    pool = parse_network(value)
    if not SHORTEST_POOL <= pool.prefix <= LONGEST_POOL:
        return Problem(path, shown(value), "is not a network of /16 to /29", "choose a network of that size")
    if any(pool.meets(parse_network(other)) for other in _UNUSABLE_POOLS):
        return Problem(path, shown(value), "is in a range that clients cannot use", "choose a private network")
    return None


def server_networks(value: list[str], path: str) -> Problem | None:
    """LocalSubnet: the networks that clients may reach."""
    if not 1 <= len(value) <= MOST_NETWORKS:
        rule = f"are not 1 to {MOST_NETWORKS} networks"
        return Problem(path, f"{len(value)} networks", rule, "combine neighbouring networks")
    for index, item in enumerate(value):
        where = f"{path}[{index}]"
        broken = network(item, where)
        if broken:
            return broken
        parsed = parse_network(item)
        if parsed.prefix < 8 or any(parsed.meets(parse_network(other)) for other in _UNUSABLE):
            rule = "is larger than a /8 or in a range that cannot be reached"
            return Problem(where, shown(item), rule, "list the networks that clients shall reach")
    return None


def port(value: int, path: str) -> Problem | None:
    """Port of an SSL server."""
    if 1 <= value <= 65535 and value not in RESERVED_PORTS:
        return None
    return Problem(path, shown(value), "is not a port that the gateway leaves free", "use 1194 or another free port")


def dns_servers(value: list[str], path: str) -> Problem | None:
    """DnsServers of an SSL server."""
    found = (address(item, f"{path}[{index}]") for index, item in enumerate(value))
    return next((broken for broken in found if broken), None)


def pool_problems(want: Mapping[str, Any]) -> Iterable[Problem]:
    """Client addresses that are also addresses behind the gateway."""
    try:
        pool = parse_network(want["client_ip_pool"])
        networks = [parse_network(item) for item in want["local_subnets"]]
    except (AddressError, KeyError, TypeError):
        return  # not given, or wrong and told elsewhere
    for item, parsed in zip(want["local_subnets"], networks, strict=True):
        if pool.meets(parsed):
            rule = f"overlaps {item} of local_subnets"
            yield Problem("client_ip_pool", shown(want["client_ip_pool"]), rule, "choose a network of its own")
