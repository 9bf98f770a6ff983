#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpn_policy_route
short_description: Manage a policy-based route of an Alibaba Cloud VPN gateway
version_added: 1.1.0
description:
  - A policy-based route sends traffic from one network to another through an IPsec connection of a VPN gateway and,
    if published, brings the traffic of the VPC to the gateway.
  - The route has no id or name. O(vpn_gateway_id), O(route_source), O(route_dest) and O(next_hop) identify it.
  - Policy-based routes win over destination-based routes and routes learned by BGP.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes
  - hybridnet.alicloud.desired_state
  - hybridnet.alicloud.desired_state.dry_run
author: Hybridnet contributors (@hybridnet)
options:
  vpn_gateway_id:
    description: VPN gateway of the route.
    type: str
    required: true
  next_hop:
    description: IPsec connection (its id) of the gateway that carries the traffic.
    type: str
    required: true
  route_source:
    description: Network on the cloud side that the traffic comes from.
    type: str
    required: true
  route_dest:
    description: Network at the other end. Not V(0.0.0.0/0), and nothing that overlaps V(100.64.0.0/10).
    type: str
    required: true
  weight:
    description:
      - V(100) for the active and V(0) for the standby route of a destination with two next hops. A new route gets
        V(100).
      - It means nothing on a dual-tunnel gateway. While both routes of a pair exist the API refuses to change a
        weight.
    type: int
    choices: [0, 100]
  priority:
    description: Priority from 1 to 100, the lowest wins. Without it a new route gets the API's own, V(10).
    type: int
  publish_vpc:
    description:
      - Whether the system route table of the VPC holds the route. A new route is published.
      - The API publishes by destination and next hop, so routes that differ in their source alone share this state.
    type: bool
  description:
    description: Description of a new route, 1 to 100 characters. It can be neither read nor changed.
    type: str
seealso:
  - module: hybridnet.alicloud.vpn_policy_route_info
  - module: hybridnet.alicloud.ipsec_connection
"""

EXAMPLES = r"""
- name: Reach a store
  hybridnet.alicloud.vpn_policy_route:
    region: cn-hangzhou
    vpn_gateway_id: "{{ vpn_gateway_id }}"
    next_hop: "{{ vpn_connection_id }}"
    route_source: 172.16.0.0/16
    route_dest: 192.168.1.0/24

- name: Prefer another route to the same network
  hybridnet.alicloud.vpn_policy_route:
    region: cn-hangzhou
    vpn_gateway_id: "{{ vpn_gateway_id }}"
    next_hop: "{{ vpn_connection_id }}"
    route_source: 172.16.0.0/16
    route_dest: 192.168.1.0/24
    priority: 20

- name: Remove the route
  hybridnet.alicloud.vpn_policy_route:
    region: cn-hangzhou
    vpn_gateway_id: "{{ vpn_gateway_id }}"
    next_hop: "{{ vpn_connection_id }}"
    route_source: 172.16.0.0/16
    route_dest: 192.168.1.0/24
    state: absent
"""

RETURN = r"""
vpn_policy_route:
  description: The route; empty after a delete. In check mode the values that are known before it exists.
  returned: success
  type: dict
  sample:
    vpn_gateway_id: vpn-bp1q8bgx4xnkm2ogj6h0f
    next_hop: vco-bp1bbi27hojx80nckuvly
    route_source: 172.16.0.0/16
    route_dest: 192.168.1.0/24
    weight: 100
    priority: 10
    publish_vpc: true
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeVpnPbrRouteEntries, CreateVpnPbrRouteEntry, DescribeVpnGateway]
api_error:
  description: The API's own error, when there was one.
  returned: on failure of a call
  type: dict
  sample: {action: CreateVpnPbrRouteEntry, code: Resource.QuotaFull, message: The quota is full., request_id:
    5BE01CD7, status: 400}
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_resource_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vpn_policy_route import VPN_POLICY_ROUTE


def main():
    run_resource_module(VPN_POLICY_ROUTE)


if __name__ == "__main__":
    main()
