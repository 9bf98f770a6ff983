#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpc_route_entry_info
short_description: Read the routes of a route table of Alibaba Cloud
version_added: 1.0.0
description:
  - Returns the routes of a route table that match all given options, in the shape of
    M(hybridnet.alicloud.vpc_route_entry), with those that no user made.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes.info_module
author: Hybridnet contributors (@hybridnet)
options:
  route_table_id:
    description: Route table of the routes.
    type: str
    required: true
  route_entry_id:
    description: Id of the route.
    type: str
  destination_cidr_block:
    description: Network that the routes lead to.
    type: str
  next_hop_type:
    description: Type of their next hop.
    type: str
    choices: [Instance, HaVip, RouterInterface, NetworkInterface, VpnGateway, IPv6Gateway, NatGateway, Attachment,
      VpcPeer,
      Ipv4Gateway, GatewayEndpoint, Ecr]
  next_hop_id:
    description: Their next hop.
    type: str
  type:
    description: Where the routes come from.
    type: str
    choices: [Custom, System, BGP, CEN, ECR]
  name:
    description: Name of the routes.
    type: str
seealso:
  - module: hybridnet.alicloud.vpc_route_entry
"""

EXAMPLES = r"""
- name: Routes to the VPN gateway
  hybridnet.alicloud.vpc_route_entry_info:
    region: cn-hangzhou
    route_table_id: "{{ route_table_id }}"
    next_hop_id: "{{ vpn_gateway_id }}"
  register: found

- name: Their networks
  ansible.builtin.debug:
    msg: "{{ found.vpc_route_entries | map(attribute='destination_cidr_block') }}"
"""

RETURN = r"""
vpc_route_entries:
  description: The routes found.
  returned: success
  type: list
  elements: dict
  sample: [{route_entry_id: rte-bp1mnnr2al0naomnpv4b1, destination_cidr_block: 192.168.0.0/16, status: Available}]
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeRouteEntryList]
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_info_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vpc_route_entry import (
    NEXT_HOP_TYPES,
    VPC_ROUTE_ENTRY,
)


def main():
    filters = {
        "route_table_id": {"type": "str", "required": True},
        "route_entry_id": {"type": "str"},
        "destination_cidr_block": {"type": "str"},
        "next_hop_type": {"type": "str", "choices": list(NEXT_HOP_TYPES)},
        "next_hop_id": {"type": "str"},
        "type": {"type": "str", "choices": ["Custom", "System", "BGP", "CEN", "ECR"]},
    }
    run_info_module(VPC_ROUTE_ENTRY, filters, "vpc_route_entries")


if __name__ == "__main__":
    main()
