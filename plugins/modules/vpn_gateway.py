#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpn_gateway
short_description: Manage a VPN gateway of Alibaba Cloud
version_added: 1.0.0
description:
  - Creates, changes and deletes a VPN gateway. Every connection of the gateway, each tunnel of which ends at one of its
    public addresses, needs it.
  - A gateway with O(disaster_recovery_vswitch_id) has two endpoints in two zones and makes dual-tunnel connections.
  - A gateway is found by O(vpn_gateway_id), else by O(name). Several gateways of one name are an error that lists them.
  - A VPN gateway is billed from its creation.
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
    description: vSwitch of the first endpoint. Cannot be changed.
    type: str
  disaster_recovery_vswitch_id:
    description: vSwitch of the second endpoint, in another zone of the same VPC. Cannot be changed.
    type: str
  bandwidth:
    description:
      - Bandwidth in Mbit/s. Needed to create the gateway; the API cannot change it.
      - V(5) and V(20) exist on the China site only. A private gateway has V(200) or V(1000).
    type: int
    choices: [5, 10, 20, 50, 100, 200, 500, 1000]
  network_type:
    description: Whether the gateway is reached over the internet or a private network. Cannot be changed.
    type: str
    choices: [public, private]
  vpn_type:
    description: V(NationalStandard) is a gateway for the ShangMi (SM) algorithms, in China only. Cannot be changed.
    type: str
    choices: [Normal, NationalStandard]
  charge_type:
    description: How the gateway is billed. Without it the API decides. A prepaid gateway cannot be deleted inside its
      term.
    type: str
    choices: [prepay, postpay]
  period:
    description: Months to pay for with O(charge_type=prepay).
    type: int
  auto_pay:
    description: Whether a prepaid order is paid at once. Without it the order waits to be paid in the console.
    type: bool
  enable_ipsec:
    description: Whether the gateway makes IPsec connections. Cannot be changed.
    type: bool
  enable_ssl:
    description: Whether the gateway serves SSL clients. Cannot be changed.
    type: bool
  ssl_connections:
    description: Most SSL clients at a time. Only with O(enable_ssl=true). Cannot be changed.
    type: int
    choices: [5, 10, 20, 50, 100, 200, 500, 1000]
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
  - module: hybridnet.alicloud.vpn_gateway_info
  - module: hybridnet.alicloud.ipsec_connection
"""

EXAMPLES = r"""
- name: A dual-tunnel gateway over two zones
  hybridnet.alicloud.vpn_gateway:
    region: cn-hangzhou
    name: vpg-prod-cn-hangzhou-shared
    vpc_id: "{{ vpc_id }}"
    vswitch_id: "{{ vswitch_a_id }}"
    disaster_recovery_vswitch_id: "{{ vswitch_b_id }}"
    bandwidth: 100
    description: Stores and warehouses
    tags:
      env: prod
      owner: netops

- name: Let routes learned by BGP enter the VPC
  hybridnet.alicloud.vpn_gateway:
    region: cn-hangzhou
    name: vpg-prod-cn-hangzhou-shared
    auto_propagate: true

- name: Remove the gateway
  hybridnet.alicloud.vpn_gateway:
    region: cn-hangzhou
    name: vpg-prod-cn-hangzhou-shared
    state: absent
"""

RETURN = r"""
vpn_gateway:
  description: The gateway; empty after a delete. In check mode the values that are known before it exists.
  returned: success
  type: dict
  sample:
    vpn_gateway_id: vpn-bp1q8bgx4xnkm2ogj6h0f
    name: vpg-prod-cn-hangzhou-shared
    status: active
    vpc_id: vpc-bp1m7v25emi1h5mtc8v6x
    vswitch_id: vsw-bp1i3v1xnmcs4kmnb8hki
    disaster_recovery_vswitch_id: vsw-bp1l5k0e1obdpl6m4mt2c
    internet_ip: 203.0.113.10
    disaster_recovery_internet_ip: 203.0.113.11
    bandwidth: 100
    tags: {env: prod, owner: netops}
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeVpnGateways, DescribeVpnGateway]
api_error:
  description: The API's own error, when there was one.
  returned: on failure of a call
  type: dict
  sample: {action: CreateVpnGateway, code: Resource.QuotaFull, message: The quota is full., request_id: 5BE01CD7,
    status: 400}
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_resource_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vpn_gateway import VPN_GATEWAY


def main():
    run_resource_module(VPN_GATEWAY)


if __name__ == "__main__":
    main()
