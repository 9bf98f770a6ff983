#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ipsec_connection_info
short_description: Read IPsec connections of Alibaba Cloud
version_added: 1.0.0
description:
  - Returns the IPsec connections of a region that match all given options, in the shape of
    M(hybridnet.alicloud.ipsec_connection).
  - Pre-shared keys are never returned; C(psk_set) tells whether there is one.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes.info_module
author: Hybridnet contributors (@hybridnet)
options:
  vpn_connection_id:
    description: Id of the connection.
    type: str
  name:
    description: Name of the connections. The API has no such filter, so all pages are read.
    type: str
  vpn_gateway_id:
    description: VPN gateway of the connections.
    type: str
  customer_gateway_id:
    description: Customer gateway of single-tunnel connections.
    type: str
  tags:
    description: Tags that the connections carry, each with this value.
    type: dict
seealso:
  - module: hybridnet.alicloud.ipsec_connection
"""

EXAMPLES = r"""
- name: Connections of a gateway
  hybridnet.alicloud.ipsec_connection_info:
    region: cn-hangzhou
    vpn_gateway_id: "{{ vpn_gateway_id }}"
  register: connections

- name: Those that are down
  ansible.builtin.debug:
    msg: "{{ connections.ipsec_connections | rejectattr('status', 'eq', 'ipsec_sa_established') |
      map(attribute='name') }}"
"""

RETURN = r"""
ipsec_connections:
  description: The connections found.
  returned: success
  type: list
  elements: dict
  sample: [{vpn_connection_id: vco-bp1bbi27hojx80nckuvly, name: ipsec-store-001-main, status: ipsec_sa_established}]
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeVpnConnections, DescribeVpnConnection]
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_info_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._ipsec_connection import IPSEC_CONNECTION


def main():
    filters = {
        "vpn_connection_id": {"type": "str"},
        "vpn_gateway_id": {"type": "str"},
        "customer_gateway_id": {"type": "str"},
    }
    run_info_module(IPSEC_CONNECTION, filters, "ipsec_connections")


if __name__ == "__main__":
    main()
