#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vco_route_entry
short_description: Manage a route of an Alibaba Cloud IPsec connection for a transit router
version_added: 1.0.0
description:
  - The route tells the transit router which network lies behind an IPsec connection of
    M(hybridnet.alicloud.vpn_attachment). The connection must be attached to a transit router.
  - The route has no id or name. O(vpn_connection_id) and O(route_dest) identify it; the connection is its next hop.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes
  - hybridnet.alicloud.desired_state
  - hybridnet.alicloud.desired_state.dry_run
author: Hybridnet contributors (@hybridnet)
options:
  vpn_connection_id:
    description: IPsec connection of the route.
    type: str
    required: true
  route_dest:
    description: Network at the other end. Not V(0.0.0.0/0), and nothing that overlaps V(100.64.0.0/10).
    type: str
    required: true
  weight:
    description: Weight of the route, which the service keeps but does not use yet. A new route gets V(100).
    type: int
    choices: [0, 100]
  description:
    description: Description of a new route, 1 to 100 characters. It can be neither read nor changed.
    type: str
seealso:
  - module: hybridnet.alicloud.vco_route_entry_info
  - module: hybridnet.alicloud.vpn_attachment
"""

EXAMPLES = r"""
- name: Reach a store over the transit router
  hybridnet.alicloud.vco_route_entry:
    region: cn-hangzhou
    vpn_connection_id: "{{ attached_connection_id }}"
    route_dest: 192.168.1.0/24

- name: Remove the route
  hybridnet.alicloud.vco_route_entry:
    region: cn-hangzhou
    vpn_connection_id: "{{ attached_connection_id }}"
    route_dest: 192.168.1.0/24
    state: absent
"""

RETURN = r"""
vco_route_entry:
  description: The route; empty after a delete. In check mode the values that are known before it exists.
  returned: success
  type: dict
  sample: {vpn_connection_id: vco-bp1bbi27hojx80nckuvly, route_dest: 192.168.1.0/24, weight: 100, state: published}
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeVcoRouteEntries, CreateVcoRouteEntry]
api_error:
  description: The API's own error, when there was one.
  returned: on failure of a call
  type: dict
  sample: {action: CreateVcoRouteEntry, code: Resource.QuotaFull, message: The quota is full., request_id: 5BE01CD7,
    status: 400}
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_resource_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vco_route_entry import VCO_ROUTE_ENTRY


def main():
    run_resource_module(VCO_ROUTE_ENTRY)


if __name__ == "__main__":
    main()
