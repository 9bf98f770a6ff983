# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter device_connections."""

from __future__ import annotations

DOCUMENTATION = r"""
name: device_connections
author: Hybridnet contributors (@hybridnet)
version_added: "1.0.0"
short_description: The connections of a site as those of a hardware gateway
description:
  - Takes what M(hybridnet.alicloud.vpn_sites_info) says of a site's host, and leaves out what only hosts have.
  - With BGP every connection gets the AS numbers, its network inside the tunnel, and the networks that are told.
positional: bgp
options:
  _input:
    description: RV(hybridnet.alicloud.vpn_sites_info#module:peers) of the site.
    type: list
    elements: dict
    required: true
  bgp:
    description: RV(hybridnet.alicloud.vpn_sites_info#module:bgp) of the site, if it has any.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Write the files of a device
  hybridnet.alicloud.device_config:
    device: fortios
    name: store-001
    folder: ./devices
    connections: "{{ found.peers['store-001'] | hybridnet.alicloud.device_connections }}"
"""

RETURN = r"""
_value:
  description: The connections, as P(hybridnet.alicloud.device_config#role) takes them.
  type: list
  elements: dict
"""

from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._device_model import device_connections


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"device_connections": device_connections}
