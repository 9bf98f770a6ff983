# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter firewall_flows."""

from __future__ import annotations

DOCUMENTATION = r"""
name: firewall_flows
short_description: What the firewall of a VPN gateway has to let pass for its connections
version_added: 1.0.0
author:
  - Hybridnet contributors (@hybridnet)
description:
  - Reads from the connections of a host who its peers are, which networks are joined, and how large a TCP segment
    between them may be. Connections that join the same networks, as the two tunnels of one site do, are taken together.
  - What is joined are C(local_networks), and C(routes) or, without them, C(remote_networks). The network 0.0.0.0/0 of a
    tunnel that is an interface says nothing about that, so it is left out.
  - Keys and other settings of the connections are neither needed nor returned.
options:
  _input:
    description: Connections as P(hybridnet.alicloud.strongswan#role) takes them.
    type: list
    elements: dict
    required: true
  outer:
    description: The MTU of the way between the gateways.
    type: int
    default: 1500
  largest:
    description: The largest packet in a tunnel, should more fit in. Alibaba Cloud recommends 1400.
    type: int
    default: 1400
  local:
    description: Networks on this side of connections that name none but 0.0.0.0/0.
    type: list
    elements: str
    default: []
  remote:
    description: Networks behind the peers of connections that name none but 0.0.0.0/0, such as those learned by BGP.
    type: list
    elements: str
    default: []
seealso:
  - plugin: hybridnet.alicloud.tunnel_mtu
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show what has to pass
  ansible.builtin.debug:
    msg: "{{ strongswan_connections | hybridnet.alicloud.firewall_flows(outer=1492) }}"
"""

RETURN = r"""
_value:
  description:
    - C(peers), the addresses of the other ends, and C(named_peers), those that were given by name.
    - C(flows), for each pair of sides the C(names) of its connections, C(local_networks), C(remote_networks) and
      C(mss), the largest TCP segment in octets.
    - C(pairs), each two networks that are joined, C(local) and C(remote).
  type: dict
  sample:
    peers: [203.0.113.11]
    named_peers: []
    flows:
      - names: [head-office]
        local_networks: [192.168.1.0/24]
        remote_networks: [172.16.0.0/16]
        mss: 1360
    pairs:
      - {local: 192.168.1.0/24, remote: 172.16.0.0/16}
"""

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.hybridnet.alicloud.plugins.filter.tunnel_mtu import tunnel_mtu
from ansible_collections.hybridnet.alicloud.plugins.module_utils._addressing import (
    AddressError,
    parse_network,
    tunnel_mss,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._scalars import boolean
from ansible_collections.hybridnet.alicloud.plugins.module_utils._swanctl_connection import UNKNOWN

_EVERYTHING = "0.0.0.0/0"
# As in the options of strongswan_connections.
_DEFAULT_IPSEC = {"encryption": "aes256", "integrity": "sha256"}


_OTHERWISE = {
    "local_networks": "gateway_firewall_local_networks",
    "remote_networks": "gateway_firewall_remote_networks",
}


def _networks(connection: Mapping[str, Any], key: str, otherwise: Iterable[str]) -> tuple[str, ...]:
    """The networks of a side, none of them within another; raises AnsibleFilterError."""
    given = (key == "remote_networks" and connection.get("routes")) or connection.get(key) or ()
    named = [cidr for cidr in given if cidr != _EVERYTHING]
    if _EVERYTHING in given and not named:
        named = list(otherwise)
        if not named:
            raise AnsibleFilterError(
                f"firewall_flows: {connection.get('name', '')}.{key}: '{_EVERYTHING}' is everything: no address would "
                "be translated any more, and the site would lose the internet; list what is joined in "
                + _OTHERWISE[key]
            )
    found = []
    for cidr in named:
        if cidr == UNKNOWN:
            continue
        try:
            network = parse_network(cidr)
        except AddressError as error:
            raise AnsibleFilterError(
                f"firewall_flows: {error.at(connection.get('name', '') + '.' + key, cidr)}"
            ) from None
        found.append(ipaddress.IPv4Network(str(network)))
    return tuple(str(network) for network in ipaddress.collapse_addresses(found))


def _segment(connection: Mapping[str, Any], outer: Any, largest: int) -> int:
    # A NAT on the way shows only when the tunnel is set up, so room is left for it wherever there may be one.
    udp = boolean(connection.get("nat_traversal", True)) or boolean(connection.get("force_encapsulation", False))
    options = {**_DEFAULT_IPSEC, **(connection.get("ipsec") or {})}
    return tunnel_mss(min(int(largest), tunnel_mtu(options, outer, udp)["mtu"]))


def firewall_flows(
    connections: Iterable[Mapping[str, Any]],
    outer: Any = 1500,
    largest: Any = 1400,
    local: Iterable[str] = (),
    remote: Iterable[str] = (),
) -> dict[str, Any]:
    """See DOCUMENTATION; raises AnsibleFilterError that names connection, option and value."""
    addresses, names, flows = set(), set(), {}
    for connection in connections:
        peer = str(connection["remote_address"])
        if peer != UNKNOWN:
            try:
                addresses.add(ipaddress.IPv4Address(peer))
            except ValueError:
                names.add(peer)
        here = _networks(connection, "local_networks", local)
        there = _networks(connection, "remote_networks", remote)
        if not here or not there:
            continue
        flow = flows.setdefault((here, there), {"names": [], "mss": 65535})
        flow["names"].append(connection["name"])
        flow["mss"] = min(flow["mss"], _segment(connection, outer, largest))
    pairs = {(one, other) for here, there in flows for one in here for other in there}
    return {
        "peers": [str(address) for address in sorted(addresses)],
        "named_peers": sorted(names),
        "flows": [
            {"local_networks": list(here), "remote_networks": list(there), **flow}
            for (here, there), flow in sorted(flows.items())
        ],
        "pairs": [{"local": one, "remote": other} for one, other in sorted(pairs)],
    }


class FilterModule:
    """The filter under its name."""

    def filters(self) -> dict[str, Any]:
        return {"firewall_flows": firewall_flows}
