#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpn_policy_route_info
short_description: Read policy-based routes of an Alibaba Cloud VPN gateway
version_added: 1.1.0
description: Returns the policy-based routes of a VPN gateway that match all given options, in the shape of
  M(hybridnet.alicloud.vpn_policy_route).
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes.info_module
author: Hybridnet contributors (@hybridnet)
options:
  vpn_gateway_id:
    description: VPN gateway of the routes.
    type: str
    required: true
  route_source:
    description: Source of the routes.
    type: str
  next_hop:
    description: IPsec connection that the routes lead to.
    type: str
  route_dest:
    description: Destination of the routes.
    type: str
seealso:
  - module: hybridnet.alicloud.vpn_policy_route
"""

EXAMPLES = r"""
- name: Routes into one connection
  hybridnet.alicloud.vpn_policy_route_info:
    region: cn-hangzhou
    vpn_gateway_id: "{{ vpn_gateway_id }}"
    next_hop: "{{ vpn_connection_id }}"
"""

RETURN = r"""
vpn_policy_routes:
  description: The routes found.
  returned: success
  type: list
  elements: dict
  sample: [{next_hop: vco-bp1bbi27hojx80nckuvly, route_dest: 192.168.1.0/24, weight: 100, publish_vpc: true}]
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeVpnPbrRouteEntries]
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_info_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vpn_policy_route import VPN_POLICY_ROUTE


def main():
    filters = {
        "vpn_gateway_id": {"type": "str", "required": True},
        "route_source": {"type": "str"},
        "next_hop": {"type": "str"},
        "route_dest": {"type": "str"},
    }
    run_info_module(VPN_POLICY_ROUTE, filters, "vpn_policy_routes")


if __name__ == "__main__":
    main()
