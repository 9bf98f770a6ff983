#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ssl_vpn_server_info
short_description: Read SSL servers of Alibaba Cloud
version_added: 1.0.0
description:
  - Returns the SSL servers of a region that match all given options, in the shape of
    M(hybridnet.alicloud.ssl_vpn_server).
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes.info_module
author: Hybridnet contributors (@hybridnet)
options:
  ssl_vpn_server_id:
    description: Id of the SSL server.
    type: str
  name:
    description: Name of the SSL servers.
    type: str
  vpn_gateway_id:
    description: VPN gateway of the servers.
    type: str
seealso:
  - module: hybridnet.alicloud.ssl_vpn_server
"""

EXAMPLES = r"""
- name: SSL servers of a gateway
  hybridnet.alicloud.ssl_vpn_server_info:
    region: cn-hangzhou
    vpn_gateway_id: "{{ ssl_vpn_gateway_id }}"
"""

RETURN = r"""
ssl_vpn_servers:
  description: The SSL servers found.
  returned: success
  type: list
  elements: dict
  sample: [{ssl_vpn_server_id: vss-bp18q7hzj6largv4v, name: ssl-admins, connections: 2, max_connections: 5}]
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeSslVpnServers]
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_info_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._ssl_vpn_server import SSL_VPN_SERVER


def main():
    filters = {
        "ssl_vpn_server_id": {"type": "str"},
        "vpn_gateway_id": {"type": "str"},
    }
    run_info_module(SSL_VPN_SERVER, filters, "ssl_vpn_servers")


if __name__ == "__main__":
    main()
