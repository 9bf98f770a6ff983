# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is there, written as the documents that describe it. Pure; the way back of the topology.

Private to this collection. A document holds what differs from the defaults of the documents, and no pre-shared key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._crypto import read_suite, weaknesses
from ansible_collections.hybridnet.alicloud.plugins.module_utils._gateways import Gateway
from ansible_collections.hybridnet.alicloud.plugins.module_utils._naming import OWN_TAGS, customer_gateway_name
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import SYSTEM_TAG_PREFIXES
from ansible_collections.hybridnet.alicloud.plugins.module_utils._sites import Site
from ansible_collections.hybridnet.alicloud.plugins.module_utils._topology import Topology

_GATEWAY_KEYS = ("bandwidth", "network_type", "enable_ssl", "auto_propagate", "description", "resource_group_id")
_IKE_KEYS = ("version", "mode", "encryption", "integrity", "dh_group", "lifetime")
_IPSEC_KEYS = ("encryption", "integrity", "pfs_group", "lifetime")


def documents(topology: Topology, found: Mapping[str, Any]) -> dict[str, Any]:
    """``gateways`` and ``sites`` as :func:`describe` *found* them, in the shape of the documents of *topology*."""
    gateways = {key: _gateway_document(gateway, topology.gateways[key]) for key, gateway in found["gateways"].items()}
    sites = {
        name: _site_document(topology.sites[name], site["customer_gateway"], site["connections"])
        for name, site in found["sites"].items()
        if site.get("customer_gateway") and site["connections"]
    }
    return {"gateways": gateways, "sites": sites}


def _gateway_document(gateway: Mapping[str, Any], described: Gateway) -> dict[str, Any]:
    """``vpn_gateways[key]`` for a *gateway* in option shape that is *described* so far."""
    vswitches = [gateway.get(name) for name in ("vswitch_id", "disaster_recovery_vswitch_id")]
    # One that is named by its id is never made anew.
    identity = "vpn_gateway_id" if "vpn_gateway_id" in described.options else "name"
    found = {
        identity: gateway[identity],
        "vpc": gateway.get("vpc_id"),
        "vswitches": [name for name in vswitches if name],
        **{name: gateway.get(name) for name in _GATEWAY_KEYS},
        "ssl_connections": gateway.get("ssl_connections") if gateway.get("enable_ssl") else None,
        "tags": _user_tags(gateway),
        "env": described.env,
        "purpose": described.purpose,
    }
    return _given(found)


def _site_document(
    described: Site, customer: Mapping[str, Any], connections: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """``vpn_site`` of a site: its *customer* gateway and its *connections* by key of the gateway, in option shape.

    Where connections differ in what a document says once for the site, the first by key counts.
    """
    connection = connections[min(connections)]
    tunnel = (connection.get("tunnels") or [connection])[0]
    ike, address = tunnel["ike"], customer["ip_address"]
    crypto = {
        "ike": {key: ike[key] for key in _IKE_KEYS},
        "ipsec": {key: tunnel["ipsec"][key] for key in _IPSEC_KEYS},
        "dpd": tunnel["dpd"],
        "nat_traversal": tunnel["nat_traversal"],
    }
    own_id, cloud_id = ike.get("remote_id"), ike.get("local_id")
    found = {
        "public_address": address,
        "networks": connection["remote_subnets"],
        "cloud_networks": connection["local_subnets"],
        "gateways": sorted(connections),
        "crypto": crypto,
        "allow_weak_crypto": bool(weaknesses(read_suite(crypto)[0])) or None,
        "local_id": own_id if own_id != address else None,
        "remote_id": cloud_id if cloud_id != tunnel.get("internet_ip") else None,
        "bgp": {"asn": customer["asn"]} if customer.get("asn") else None,
        "customer_gateway_name": None
        if customer["name"] == customer_gateway_name(described.name)
        else customer["name"],
        "tags": _user_tags(customer),
        "env": described.env,
        "purpose": described.purpose,
    }
    return _given(found)


def _user_tags(item: Mapping[str, Any]) -> dict[str, str]:
    """The tags that the user chose: neither ours nor the system's."""
    others = (OWN_TAGS, *SYSTEM_TAG_PREFIXES)
    return {key: value for key, value in (item.get("tags") or {}).items() if not key.startswith(others)}


def _given(found: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if value not in (None, "", [], {})}
