#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: enhanced_vpn_gateway
short_description: Manage an enhanced VPN gateway of Alibaba Cloud
version_added: 1.0.0
description:
  - Creates, changes and deletes an enhanced VPN gateway for site-to-site connections. It always has two endpoints in
    two zones, no bandwidth to choose, no SSL, and is paid by use.
  - Connections, routes and M(hybridnet.alicloud.vpn_sites) treat it like a gateway of
    M(hybridnet.alicloud.vpn_gateway).
  - A gateway is found by O(vpn_gateway_id), else by O(name). Several gateways of one name are an error that lists them.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes
  - hybridnet.alicloud.desired_state
  - hybridnet.alicloud.desired_state.tags
author: Hybridnet contributors (@hybridnet)
options:
  vpn_gateway_id:
    description: Id of an existing gateway. O(name) then renames it.
    type: str
  name:
    description: Name of the gateway, 2 to 100 letters, digits, dots, dashes and underscores, the first one a letter.
    type: str
  vpc_id:
    description: VPC of the gateway. Needed to create it; cannot be changed.
    type: str
  vswitch_id:
    description: vSwitch of the first endpoint. Needed to create the gateway; cannot be changed.
    type: str
  disaster_recovery_vswitch_id:
    description: vSwitch of the second endpoint, in another zone of the same VPC. Needed to create the gateway; cannot
      be changed.
    type: str
  network_type:
    description: Whether the gateway is reached over the internet or a private network. Cannot be changed.
    type: str
    choices: [public, private]
  auto_propagate:
    description: Whether routes learned by BGP enter the system route table of the VPC.
    type: bool
  description:
    description: Description, 1 to 100 characters.
    type: str
  resource_group_id:
    description: Resource group. A change moves the gateway with its connections.
    type: str
seealso:
  - module: hybridnet.alicloud.enhanced_vpn_gateway_info
  - module: hybridnet.alicloud.vpn_gateway
"""

EXAMPLES = r"""
- name: A gateway over two zones
  hybridnet.alicloud.enhanced_vpn_gateway:
    region: cn-hangzhou
    name: vpg-prod-cn-hangzhou-sites
    vpc_id: "{{ vpc_id }}"
    vswitch_id: "{{ vswitch_a_id }}"
    disaster_recovery_vswitch_id: "{{ vswitch_b_id }}"
    tags:
      env: prod

- name: Remove it
  hybridnet.alicloud.enhanced_vpn_gateway:
    region: cn-hangzhou
    name: vpg-prod-cn-hangzhou-sites
    state: absent
"""

RETURN = r"""
enhanced_vpn_gateway:
  description: The gateway; empty after a delete. In check mode the values that are known before it exists.
  returned: success
  type: dict
  sample:
    vpn_gateway_id: vpn-bp1q8bgx4xnkm2ogj6h0f
    name: vpg-prod-cn-hangzhou-sites
    gateway_type: Enhanced.SiteToSite
    status: active
    internet_ip: 203.0.113.10
    disaster_recovery_internet_ip: 203.0.113.11
    tags: {env: prod}
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeVpnGateways, CreateEnhancedVpnGateway, TagResources, DescribeVpnGateway]
api_error:
  description: The API's own error, when there was one.
  returned: on failure of a call
  type: dict
  sample: {action: CreateEnhancedVpnGateway, code: Resource.QuotaFull, message: The quota is full.,
    request_id: 5BE01CD7, status: 400}
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_resource_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._enhanced_vpn_gateway import (
    ENHANCED_VPN_GATEWAY,
)


def main():
    run_resource_module(ENHANCED_VPN_GATEWAY)


if __name__ == "__main__":
    main()
