#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpn_gateway_info
short_description: Read VPN gateways of Alibaba Cloud
version_added: 1.0.0
description: Returns the VPN gateways of a region that match all given options, in the shape of
  M(hybridnet.alicloud.vpn_gateway).
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes.info_module
author: Hybridnet contributors (@hybridnet)
options:
  vpn_gateway_id:
    description: Id of the gateway.
    type: str
  name:
    description: Name of the gateways. The API has no such filter, so all pages are read.
    type: str
  vpc_id:
    description: VPC of the gateways.
    type: str
  resource_group_id:
    description: Resource group of the gateways.
    type: str
  tags:
    description: Tags that the gateways carry, each with this value.
    type: dict
seealso:
  - module: hybridnet.alicloud.vpn_gateway
"""

EXAMPLES = r"""
- name: Gateways of one VPC
  hybridnet.alicloud.vpn_gateway_info:
    region: cn-hangzhou
    vpc_id: "{{ vpc_id }}"
  register: gateways

- name: Their public addresses
  ansible.builtin.debug:
    msg: "{{ gateways.vpn_gateways | map(attribute='internet_ip') }}"
"""

RETURN = r"""
vpn_gateways:
  description: The gateways found.
  returned: success
  type: list
  elements: dict
  sample: [{vpn_gateway_id: vpn-bp1q8bgx4xnkm2ogj6h0f, name: vpg-prod-cn-hangzhou-shared, status: active}]
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeVpnGateways]
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_info_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vpn_gateway import VPN_GATEWAY


def main():
    filters = {"vpn_gateway_id": {"type": "str"}, "vpc_id": {"type": "str"}, "resource_group_id": {"type": "str"}}
    run_info_module(VPN_GATEWAY, filters, "vpn_gateways")


if __name__ == "__main__":
    main()
