# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which tunnels to look after, and what to reach through them."""

from __future__ import annotations

DOCUMENTATION = r"""
name: health_tunnels
short_description: Tunnels for the role tunnel_health, from connections
version_added: 1.0.0
author:
  - Hybridnet contributors (@hybridnet)
description:
  - Makes O(hybridnet.alicloud.tunnel_health#role:main:tunnel_health_tunnels) of the connections of a host, without
    their keys and other settings.
options:
  _input:
    description: Connections as P(hybridnet.alicloud.strongswan#role) takes them.
    type: list
    elements: dict
    required: true
  probes:
    description: What is reached through single tunnels, by the name of the connection.
    type: dict
    default: {}
  neighbors:
    description:
      - The neighbours of P(hybridnet.alicloud.bgp#role). Through a tunnel that leads to one its address is reached,
        unless O(probes) says something else, and the session with it is looked at.
    type: list
    elements: dict
    default: []
  probe:
    description: What is reached through all others.
    type: dict
"""

EXAMPLES = r"""
- name: Look after the tunnels of the site
  ansible.builtin.import_role:
    name: hybridnet.alicloud.tunnel_health
  vars:
    tunnel_health_tunnels: >-
      {{ strongswan_connections
         | hybridnet.alicloud.health_tunnels(probe={'target': '172.16.1.10', 'source': '192.168.1.1'}) }}
"""

RETURN = r"""
_value:
  description: The tunnels with C(name), C(role) and, where there is one, C(probe) and C(neighbor).
  type: list
  elements: dict
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError


def health_tunnels(
    connections: Iterable[Mapping[str, Any]],
    probes: Mapping[str, Any] | None = None,
    probe: Mapping[str, Any] | None = None,
    neighbors: Iterable[Mapping[str, Any]] = (),
) -> list[dict[str, Any]]:
    """See DOCUMENTATION; raises AnsibleFilterError for the probe of a connection that does not exist."""
    probes = probes or {}
    tunnels = [{"name": one["name"], "role": one.get("role", "active")} for one in connections]
    unknown = sorted(set(probes) - {tunnel["name"] for tunnel in tunnels})
    if unknown:
        names = ", ".join(tunnel["name"] for tunnel in tunnels) or "no connection"
        raise AnsibleFilterError(f"health_tunnels: probes names {', '.join(unknown)}, but there is only {names}")
    neighbors = list(neighbors)
    inside = {one["name"]: {"target": one["address"], "source": one["source"]} for one in neighbors}
    addresses = {one["name"]: one["address"] for one in neighbors}
    for tunnel in tunnels:
        if tunnel["name"] in addresses:
            tunnel["neighbor"] = addresses[tunnel["name"]]
        own = probes.get(tunnel["name"]) or inside.get(tunnel["name"]) or probe
        if own:
            tunnel["probe"] = dict(own)
    return tunnels


class FilterModule:
    """The filter under its name."""

    def filters(self) -> dict[str, Any]:
        return {"health_tunnels": health_tunnels}
