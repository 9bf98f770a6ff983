# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter device_connections."""

from __future__ import annotations

DOCUMENTATION = r"""
name: device_connections
author: Hybridnet contributors (@hybridnet)
version_added: "1.0.0"
short_description: Connections of a Linux host, as a device has them
description:
  - Makes O(hybridnet.alicloud.device_config#role:main:device_config_connections) of what
    M(hybridnet.alicloud.vpn_sites) returns as C(peers) and C(bgp) of a site.
  - What only a Linux host needs is left out. With BGP each connection gets the numbers and addresses of its session,
    and the networks that may be announced and believed in place of the tunnel's own, which carries everything.
positional: bgp
options:
  _input:
    description: The connections, as the role P(hybridnet.alicloud.strongswan#role) takes them.
    type: list
    elements: dict
    required: true
  bgp:
    description: Routing of the site - C(asn), C(networks), C(accepted_networks), C(neighbors). Empty without BGP.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Configuration files of the site's device
  ansible.builtin.include_role:
    name: hybridnet.alicloud.device_config
  vars:
    device_config_device: fortios
    device_config_connections: >-
      {{ sites.peers['store-001'] | hybridnet.alicloud.device_connections(sites.bgp['store-001']) }}
"""

RETURN = r"""
_value:
  description: The connections of the device.
  type: list
  elements: dict
"""

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._devices import BGP
from ansible_collections.hybridnet.alicloud.plugins.module_utils._swanctl_connection import HOST_OPTIONS


def device_connections(
    connections: Iterable[Mapping[str, Any]], bgp: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """See DOCUMENTATION."""
    sessions = {neighbor["name"]: neighbor for neighbor in (bgp or {}).get("neighbors", ())}
    found = []
    for connection in connections:
        own = {name: value for name, value in connection.items() if name not in HOST_OPTIONS}
        session = sessions.get(connection["name"])
        if bgp and session:
            own.update(
                routing=BGP,
                local_networks=bgp["networks"],
                remote_networks=bgp["accepted_networks"],
                tunnel_cidr=str(ipaddress.ip_interface(f"{session['address']}/30").network),
                bgp={"local_asn": bgp["asn"], "peer_asn": session["asn"]},
            )
        found.append(own)
    return found


class FilterModule:
    """The filter under its name."""

    def filters(self) -> dict[str, Any]:
        return {"device_connections": device_connections}
