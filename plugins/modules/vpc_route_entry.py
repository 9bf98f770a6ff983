#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpc_route_entry
short_description: Manage a route in a route table of a VPC of Alibaba Cloud
version_added: 1.0.0
description:
  - A route sends what goes to a network to a next hop, such as a VPN gateway. It may be in the system route table of a
    VPC or in a custom one.
  - It is found by O(route_entry_id), else by O(destination_cidr_block), which a table holds once.
  - Routes that no user made, such as those of vSwitches, cannot be deleted. Routes that a VPN gateway publishes are
    managed by M(hybridnet.alicloud.vpn_policy_route) and M(hybridnet.alicloud.vpn_route_entry).
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes
  - hybridnet.alicloud.desired_state
  - hybridnet.alicloud.desired_state.dry_run
author: Hybridnet contributors (@hybridnet)
options:
  route_entry_id:
    description: Id of an existing route.
    type: str
  route_table_id:
    description: Route table of the route.
    type: str
    required: true
  destination_cidr_block:
    description: Network that the route leads to. Cannot be changed.
    type: str
  next_hop_type:
    description: What O(next_hop_id) is. Needed to create the route.
    type: str
    choices: [Instance, HaVip, RouterInterface, NetworkInterface, VpnGateway, IPv6Gateway, NatGateway, Attachment,
      VpcPeer,
      Ipv4Gateway, GatewayEndpoint, Ecr]
  next_hop_id:
    description: Where the route leads. Needed to create the route. A change moves the route without removing it.
    type: str
  name:
    description: Name, 1 to 128 characters.
    type: str
  description:
    description: Description, 1 to 256 characters.
    type: str
seealso:
  - module: hybridnet.alicloud.vpc_route_entry_info
  - module: hybridnet.alicloud.route_table
"""

EXAMPLES = r"""
- name: What goes to the stores goes to the VPN gateway
  hybridnet.alicloud.vpc_route_entry:
    region: cn-hangzhou
    route_table_id: "{{ route_table_id }}"
    destination_cidr_block: 192.168.0.0/16
    next_hop_type: VpnGateway
    next_hop_id: "{{ vpn_gateway_id }}"
    name: to-the-stores

- name: Remove the route
  hybridnet.alicloud.vpc_route_entry:
    region: cn-hangzhou
    route_table_id: "{{ route_table_id }}"
    destination_cidr_block: 192.168.0.0/16
    state: absent
"""

RETURN = r"""
vpc_route_entry:
  description: The route; empty after a delete. In check mode the values that are known before it exists.
  returned: success
  type: dict
  sample:
    route_entry_id: rte-bp1mnnr2al0naomnpv4b1
    route_table_id: vtb-bp145q7glnuzdvzu21pom
    destination_cidr_block: 192.168.0.0/16
    next_hop_type: VpnGateway
    next_hop_id: vpn-bp1q8bgx4xnkm2ogj6h0f
    name: to-the-stores
    status: Available
    type: Custom
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeRouteEntryList, CreateRouteEntry]
api_error:
  description: The API's own error, when there was one.
  returned: on failure of a call
  type: dict
  sample: {action: CreateRouteEntry, code: RouterEntryConflict.Duplicated, message: It exists.,
    request_id: 5BE01CD7, status: 400}
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_resource_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vpc_route_entry import VPC_ROUTE_ENTRY


def main():
    run_resource_module(VPC_ROUTE_ENTRY)


if __name__ == "__main__":
    main()
