#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ssl_vpn_client_info
short_description: Read who is connected to the SSL server of an Alibaba Cloud VPN gateway
version_added: 1.0.0
description: Returns the clients that are connected to the SSL server of a VPN gateway.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes.info_module
author: Hybridnet contributors (@hybridnet)
options:
  vpn_gateway_id:
    description: VPN gateway of the SSL server.
    type: str
    required: true
  common_name:
    description: Certificate of the client, or its user name where two-factor authentication is on.
    type: str
seealso:
  - module: hybridnet.alicloud.ssl_vpn_server_info
  - module: hybridnet.alicloud.ssl_vpn_server_log_info
"""

EXAMPLES = r"""
- name: Who is connected
  hybridnet.alicloud.ssl_vpn_client_info:
    region: cn-hangzhou
    vpn_gateway_id: "{{ ssl_vpn_gateway_id }}"
"""

RETURN = r"""
ssl_vpn_clients:
  description: The clients, with their time of connection in milliseconds since 1970 and the bytes that the gateway
    received and sent.
  returned: success
  type: list
  elements: dict
  sample: [{common_name: vsc-bp13k5mp4tg8v3z9b, ip: 198.51.100.7, port: 52210, private_ip: 10.20.0.6, status: online}]
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeSslVpnClients]
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_info_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._ssl_vpn_client import SSL_VPN_CLIENT


def main():
    filters = {"vpn_gateway_id": {"type": "str", "required": True}, "common_name": {"type": "str"}}
    run_info_module(SSL_VPN_CLIENT, filters, "ssl_vpn_clients")


if __name__ == "__main__":
    main()
