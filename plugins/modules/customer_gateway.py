#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: customer_gateway
short_description: Manage a customer gateway of Alibaba Cloud
version_added: 1.0.0
description:
  - A customer gateway is the cloud's record of the device at the other end of an IPsec connection - its address and,
    for BGP, its AS number.
  - It is found by O(customer_gateway_id), else by O(name). Several of one name are an error that lists them.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes
  - hybridnet.alicloud.desired_state
  - hybridnet.alicloud.desired_state.tags
author: Hybridnet contributors (@hybridnet)
options:
  customer_gateway_id:
    description: Id of an existing customer gateway. O(name) then renames it.
    type: str
  name:
    description: Name, 1 to 100 characters.
    type: str
  ip_address:
    description: Address of the device as the cloud sees it. Needed to create the object; cannot be changed.
    type: str
  asn:
    description: AS number of the device for BGP, plain or in two parts (V(1.10)). Cannot be changed.
    type: str
  auth_key:
    description: MD5 key of the BGP sessions, 1 to 64 ASCII characters without spaces and question marks.
    type: str
  auth_key_update:
    description: When O(auth_key) is sent - when the one read back differs, in every run, or never.
    type: str
    choices: [on_change, always, never]
    default: on_change
  description:
    description: Description, 1 to 100 characters.
    type: str
  resource_group_id:
    description: Resource group. A change moves the customer gateway.
    type: str
seealso:
  - module: hybridnet.alicloud.customer_gateway_info
  - module: hybridnet.alicloud.ipsec_connection
"""

EXAMPLES = r"""
- name: The router of a store
  hybridnet.alicloud.customer_gateway:
    region: cn-hangzhou
    name: cgw-store-001
    ip_address: 198.51.100.10
    tags:
      site: store-001

- name: The router of a data centre that speaks BGP
  hybridnet.alicloud.customer_gateway:
    region: cn-hangzhou
    name: cgw-dc-1
    ip_address: 198.51.100.200
    asn: 65010
    auth_key: "{{ bgp_key }}"
"""

RETURN = r"""
customer_gateway:
  description: The customer gateway without its key (RV(customer_gateway.auth_key_set) tells whether there is one).
  returned: success
  type: dict
  contains:
    auth_key_set:
      description: Whether a BGP key is set.
      returned: success
      type: bool
  sample:
    customer_gateway_id: cgw-bp1pvpl9r9adju6l5w4xm
    name: cgw-store-001
    ip_address: 198.51.100.10
    auth_key_set: false
    tags: {site: store-001}
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeCustomerGateways, CreateCustomerGateway]
api_error:
  description: The API's own error, when there was one.
  returned: on failure of a call
  type: dict
  sample: {action: CreateCustomerGateway, code: InvalidIpAddress.AlreadyExist, message: It exists., request_id:
    5BE01CD7, status: 400}
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_resource_module, secret_update_spec
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._customer_gateway import CUSTOMER_GATEWAY


def main():
    run_resource_module(CUSTOMER_GATEWAY, secret_update_spec("auth_key"))


if __name__ == "__main__":
    main()
