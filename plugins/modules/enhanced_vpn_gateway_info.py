#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: enhanced_vpn_gateway_info
short_description: Read enhanced VPN gateways of Alibaba Cloud
version_added: 1.0.0
description: Returns the enhanced VPN gateways of a region that match all given options, in the shape of
  M(hybridnet.alicloud.enhanced_vpn_gateway).
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes.info_module
author: Hybridnet contributors (@hybridnet)
options:
  vpn_gateway_id:
    description: Id of the gateway.
    type: str
  name:
    description: Name of the gateways.
    type: str
  vpc_id:
    description: VPC of the gateways.
    type: str
  resource_group_id:
    description: Resource group of the gateways.
    type: str
  tags:
    description: Tags that the gateways have, all of them.
    type: dict
seealso:
  - module: hybridnet.alicloud.enhanced_vpn_gateway
"""

EXAMPLES = r"""
- name: Gateways of production
  hybridnet.alicloud.enhanced_vpn_gateway_info:
    region: cn-hangzhou
    tags:
      env: prod
"""

RETURN = r"""
enhanced_vpn_gateways:
  description: The gateways found.
  returned: success
  type: list
  elements: dict
  sample: [{vpn_gateway_id: vpn-bp1q8bgx4xnkm2ogj6h0f, name: vpg-prod-cn-hangzhou-sites, status: active}]
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeVpnGateways]
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_info_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._enhanced_vpn_gateway import (
    ENHANCED_VPN_GATEWAY,
)


def main():
    filters = {name: {"type": "str"} for name in ("vpn_gateway_id", "vpc_id", "resource_group_id")}
    run_info_module(ENHANCED_VPN_GATEWAY, filters, "enhanced_vpn_gateways")


if __name__ == "__main__":
    main()
