# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which connections of a host carry the same pair of networks."""

from __future__ import annotations

DOCUMENTATION = r"""
name: shared_selectors
short_description: Connections of a host that carry the same pair of networks
version_added: 1.0.0
author:
  - Hybridnet contributors (@hybridnet)
description:
  - Names the connections whose local and remote networks another connection of the host carries too, as the two tunnels
    of one site do.
  - A kernel keeps one policy for a pair of networks, so the tunnel that was set up last overwrites the other one's and
    what the first one delivers is dropped. ESP in strongSwan has no such limit.
options:
  _input:
    description: Connections as P(hybridnet.alicloud.strongswan#role) takes them.
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Say which tunnels stand in each other's way
  ansible.builtin.debug:
    msg: "{{ strongswan_connections | hybridnet.alicloud.shared_selectors }}"
"""

RETURN = r"""
_value:
  description: Names of the connections, in the order given.
  type: list
  elements: str
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any


def _pairs(connection: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {
        (local, remote)
        for local in connection.get("local_networks") or ()
        for remote in connection.get("remote_networks") or ()
    }


def shared_selectors(connections: Iterable[Mapping[str, Any]]) -> list[str]:
    """See DOCUMENTATION."""
    connections = list(connections)
    carried = Counter(pair for connection in connections for pair in _pairs(connection))
    return [one["name"] for one in connections if any(carried[pair] > 1 for pair in _pairs(one))]


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"shared_selectors": shared_selectors}
