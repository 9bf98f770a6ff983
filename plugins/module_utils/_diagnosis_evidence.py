# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the cloud's objects say about a site, as evidence for ``_diagnosis``.

Private to this collection. Objects are in the shapes of the info modules.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._naming import peer_name

_LOG_LINES = 3
_ROLES = {"master": 1, "slave": 2}


def ends(name: str, site: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The cloud's tunnels of a site: ``name`` at the host, ``address``, ``connection`` and its ``block``."""
    for gateway, connection in (site.get("connections") or {}).items():
        for block in connection.get("tunnels") or [connection]:
            yield {
                "name": peer_name(name, gateway, _ROLES.get(block.get("role"), 1)),
                "gateway": gateway,
                "address": block.get("internet_ip"),
                "connection": connection,
                "block": block,
            }


def cloud_evidence(
    name: str,
    document: Mapping[str, Any],
    site: Mapping[str, Any],
    differences: Iterable[Mapping[str, Any]],
    networks: Mapping[str, Any],
    targets: Iterable[str],
) -> dict[str, Any]:
    """Everything that ``_diagnosis`` wants to know of the cloud.

    differences: of ``vpn_sites`` in check mode. networks: lists ``customer_gateways``, ``routes`` to VPN
    gateways, ``policy_routes``, ``instances``, ``groups`` and the service's ``findings`` about tunnels; ``gateways`` by
    key; ``logs`` by tunnel, the newest line first. targets: addresses in the VPC that the site has to reach.
    """
    tunnels = list(ends(name, site))
    addresses = {item["customer_gateway_id"]: item["ip_address"] for item in networks.get("customer_gateways", ())}
    missing = [
        one["object"]
        for one in differences
        if one["parameter"] == "state" and one["wanted"] == "present" and _belongs(one["object"], name)
    ]
    return {
        "connections": {
            end["name"]: {
                "status": end["block"].get("status"),
                "address": end["address"] or "",
                "reported": list(_reported(end, networks)),
            }
            for end in tunnels
        },
        "missing": missing,
        "peers": {
            end["name"]: {
                "configured": addresses.get(end["block"].get("customer_gateway_id")),
                "wanted": document.get("public_address"),
            }
            for end in tunnels
            if end["block"].get("customer_gateway_id") in addresses
        },
        "routes": list(dict.fromkeys(route for end in tunnels for route in _route_problems(end, networks))),
        "security": _group_problems(tunnels, networks, set(targets)),
    }


def _reported(end: Mapping[str, Any], networks: Mapping[str, Any]) -> Iterator[str]:
    """What the service itself found about a tunnel that is not up (DiagnoseVpnConnections), and the last of its log."""
    connection, tunnel = end["connection"]["vpn_connection_id"], end["block"].get("tunnel_id")
    for finding in networks.get("findings", ()):
        if (
            finding["severity"] == "normal"
            or finding["vpn_connection_id"] != connection
            or (finding.get("tunnel_id") or tunnel) != tunnel
        ):
            continue
        values = [
            f"{side} {finding[key]}"
            for side, key in (("the gateway has", "local_parameter"), ("the peer", "remote_parameter"))
            if finding.get(key)
        ]
        yield ": ".join(filter(None, ("the service finds", finding.get("reason"), ", ".join(values))))
        log = networks.get("logs", {}).get(finding.get("tunnel_id")) or ()
        yield from (f"the gateway's log: {line}" for line in log[:_LOG_LINES])
        return


def _belongs(words: str, name: str) -> bool:
    return name in words and "route" not in words


def _covers(network: str | None, wanted: str) -> bool:
    try:
        return ipaddress.ip_network(wanted).subnet_of(ipaddress.ip_network(network))
    except (ValueError, TypeError):
        return False


def _route_problems(end: Mapping[str, Any], networks: Mapping[str, Any]) -> Iterator[str]:
    gateway = networks.get("gateways", {}).get(end["gateway"])
    if not gateway:
        return
    connection = end["connection"]
    own = [item for item in networks.get("policy_routes", ()) if item["next_hop"] == connection["vpn_connection_id"]]
    leading = [item for item in networks.get("routes", ()) if item.get("next_hop_id") == gateway["vpn_gateway_id"]]
    for network in connection["remote_subnets"]:
        if networks.get("policy_routes") is not None and not any(_covers(item["route_dest"], network) for item in own):
            yield f"VPN gateway {gateway['name']} has no policy route to {network} into {connection['name']}"
        if not any(_covers(item["destination_cidr_block"], network) for item in leading):
            yield f"no route table of {gateway['vpc_id']} leads {network} to VPN gateway {gateway['name']}"


def _group_problems(tunnels: Iterable[Mapping[str, Any]], networks: Mapping[str, Any], targets: set[str]) -> list[str]:
    """Instances that the site has to reach, and whose groups drop its packets or their replies."""
    sources = sorted({network for end in tunnels for network in end["connection"]["remote_subnets"]})
    groups = {group["security_group_id"]: group for group in networks.get("groups", ())}
    found = []
    for instance in networks.get("instances", ()):
        address = instance.get("private_ip")
        own = [groups[key] for key in instance.get("security_group_ids") or () if key in groups]
        if address not in targets or not own:
            continue
        names = ", ".join(group["name"] or group["security_group_id"] for group in own)
        for source in sources:
            if not admits(own, "ingress", source):
                found.append(f"{names} of instance {instance['name']} ({address}) lets no ICMP in from {source}")
            elif not admits(own, "egress", source):
                found.append(f"{names} of instance {instance['name']} ({address}) lets no ICMP out to {source}")
    return found


def admits(groups: Iterable[Mapping[str, Any]], direction: str, network: str, protocol: str = "icmp") -> bool:
    """Whether the union of groups lets a protocol without ports pass; the lowest priority decides, and a drop before an
    accept. Without a rule a normal group lets everything out, and nothing in."""
    groups = list(groups)
    rules = [
        rule
        for group in groups
        for rule in group["rules"]
        if rule["direction"] == direction
        and rule["protocol"] in (protocol, "all")
        and rule.get("cidr")
        and _covers(rule["cidr"], network)
    ]
    for rule in sorted(rules, key=lambda rule: (rule["priority"], rule["policy"] != "drop")):
        return rule["policy"] == "accept"
    return direction == "egress" and not any(group.get("type") == "enterprise" for group in groups)
