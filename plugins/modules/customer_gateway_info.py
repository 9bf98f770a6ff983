#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: customer_gateway_info
short_description: Read customer gateways of Alibaba Cloud
version_added: 1.0.0
description:
  - Returns the customer gateways of a region that match all given options, in the shape of
    M(hybridnet.alicloud.customer_gateway).
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes.info_module
author: Hybridnet contributors (@hybridnet)
options:
  customer_gateway_id:
    description: Id of the customer gateway.
    type: str
  name:
    description: Name of the customer gateways. The API has no such filter, so all pages are read.
    type: str
  tags:
    description: Tags that the customer gateways carry, each with this value.
    type: dict
seealso:
  - module: hybridnet.alicloud.customer_gateway
"""

EXAMPLES = r"""
- name: All customer gateways of a region
  hybridnet.alicloud.customer_gateway_info:
    region: cn-hangzhou

- name: The one of a store
  hybridnet.alicloud.customer_gateway_info:
    region: cn-hangzhou
    name: cgw-store-001
"""

RETURN = r"""
customer_gateways:
  description: The customer gateways found, without their keys.
  returned: success
  type: list
  elements: dict
  sample: [{customer_gateway_id: cgw-bp1pvpl9r9adju6l5w4xm, name: cgw-store-001, ip_address: 198.51.100.10,
    auth_key_set: false}]
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeCustomerGateways]
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_info_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._customer_gateway import CUSTOMER_GATEWAY


def main():
    run_info_module(CUSTOMER_GATEWAY, {"customer_gateway_id": {"type": "str"}}, "customer_gateways")


if __name__ == "__main__":
    main()
