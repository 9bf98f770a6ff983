#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ipsec_server_info
short_description: Read IPsec servers of Alibaba Cloud
version_added: 1.0.0
description:
  - Returns the IPsec servers of a region that match all given options, in the shape of
    M(hybridnet.alicloud.ipsec_server).
  - Pre-shared keys are never returned.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes.info_module
author: Hybridnet contributors (@hybridnet)
options:
  ipsec_server_id:
    description: Id of the IPsec server.
    type: str
  name:
    description: Name of the IPsec servers.
    type: str
  vpn_gateway_id:
    description: VPN gateway of the servers.
    type: str
seealso:
  - module: hybridnet.alicloud.ipsec_server
"""

EXAMPLES = r"""
- name: IPsec servers of the region
  hybridnet.alicloud.ipsec_server_info:
    region: cn-hangzhou
"""

RETURN = r"""
ipsec_servers:
  description: The IPsec servers found.
  returned: success
  type: list
  elements: dict
  sample: [{ipsec_server_id: iss-bp1bo3xuvcxo7ixllab1, name: ike-phones, online_client_count: 12}]
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [ListIpsecServers]
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_info_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._ipsec_server import IPSEC_SERVER


def main():
    filters = {
        "ipsec_server_id": {"type": "str"},
        "vpn_gateway_id": {"type": "str"},
    }
    run_info_module(IPSEC_SERVER, filters, "ipsec_servers")


if __name__ == "__main__":
    main()
